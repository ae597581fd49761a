"""The gettext catalogues of ``mailer/locale``, for any language at any time.

``gettext.gettext`` follows the one language of the process, which is that of the person at the screen; what is written
for somebody else is translated with `translator`.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

SOURCE = "en"
"""The language in which the sentences stand in the code; it has no catalogue."""

_LOCALE = files("mailer") / "locale"

LANGUAGES = (*sorted(folder.name for folder in _LOCALE.iterdir() if folder.is_dir()), SOURCE)
"""Every language that sentences are translated into, and letters can be written in."""


@cache
def translator(language: str) -> NullTranslations:
    """Return the catalogue of a language, with ``gettext``, ``ngettext`` and ``pgettext`` as methods."""
    if language == SOURCE:
        return NullTranslations()
    with (_LOCALE / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return GNUTranslations(file)


def language_names() -> dict[str, str]:
    """Return the name of every language in English; the catalogues translate it."""
    from babel import Locale  # 60 ms that most commands need not spend

    return {language: Locale.parse(language).english_name or language for language in LANGUAGES}
