"""Carry out one task each (send, read, record, export): load through adapters, decide in pure packages, record the result."""
