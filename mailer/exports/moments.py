"""Write moments in tables for people."""

from __future__ import annotations

from datetime import datetime


def moment(at: datetime) -> str:
    """Return day, month, year, hour and minute, as French spreadsheets read them: ``13/03/2025 09:41``."""
    return f"{at.day:02}/{at.month:02}/{at.year:04} {at.hour:02}:{at.minute:02}"
