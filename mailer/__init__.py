"""Invitations by mail that carry a calendar invitation, and the attendance ledger made of the answers."""

__version__ = "0.1.0"
