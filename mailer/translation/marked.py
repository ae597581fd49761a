"""Mark a sentence for translation without translating it yet (gettext's ``N_``)."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Return a sentence unchanged. The call itself is the mark by which ``make locale`` finds it; it is translated when it is shown."""
    return text
