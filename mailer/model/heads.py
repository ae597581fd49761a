"""How many people one person can bring."""

MOST_HEADS = 20
"""More than this is taken for a mistake until somebody says that it is meant."""
