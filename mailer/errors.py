"""Everything that can stop a job.

::

    MailerError
    └── UserError             the person at the desk can put it right; exit status 2
        ├── ConfigError       a file of the workspace, or a setting, is wrong
        ├── ContactsError     a contact list cannot be used
        ├── TemplateError     a template cannot be filled in
        ├── WireError         a mail server cannot be reached, or turns us away
        └── StoreError        the ledger cannot be opened or written

What the trade expects is not here: a refused recipient is an `Outcome`, a bad row a `Problem`, an odd
reply a `Finding`.
"""

from __future__ import annotations

import re


class MailerError(Exception):
    """The root of the tree."""


class UserError(MailerError):
    """Something the person at the desk can put right.

    Rooms say *what* with a `code`; the sentence in the person's language is found by that code in
    `mailer.wording.words`. `file` is the name the person knows it by, `line` counts from 1, `read` is what
    was read there, and `values` are what the sentence needs besides.
    """

    def __init__(
        self,
        code: str,
        *,
        file: str = "",
        line: int = 0,
        read: str = "",
        **values: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.line = line
        self.read = read
        self.values = values

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return " ".join(filter(None, (place, self.code, repr(self.read) if self.read else "", details)))


class ConfigError(UserError):
    """A file of the workspace, or a setting, is wrong."""

    @classmethod
    def of_toml(cls, file: str, text: str, error: ValueError) -> ConfigError:
        """Say where a TOML file cannot be understood; tomllib tells the line only in its message."""
        lines = text.splitlines()
        at = re.search(r"line (\d+)", str(error))
        line = int(at[1]) if at else len(lines)
        read = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        return cls("toml-syntax", file=file, line=line, read=read, reason=str(error))


class ContactsError(UserError):
    """A contact list cannot be used."""


class TemplateError(UserError):
    """A template cannot be filled in."""


class WireError(UserError):
    """A mail server cannot be reached, or turns us away."""


class StoreError(UserError):
    """The ledger cannot be opened or written."""
