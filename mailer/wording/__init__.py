"""The sentences people read, on the command line and at the desk, and the words that codes and values become in them."""
