"""Marking sentences that are looked up in the catalogue when they are shown, not where they stand."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a sentence for the catalogue."""
    return text
