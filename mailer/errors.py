"""The exceptions that stop a job, all of them.

::

    MailerError
    └── UserError             the person at the desk can put it right; exit status 2
        ├── ConfigError       a file of the workspace, or a setting, is wrong
        ├── ContactsError     a contact list cannot be used
        ├── TemplateError     a template cannot be filled in
        ├── WireError         a mail server cannot be reached, or refuses us
        │   └── SignInError   nobody is signed in to the mailbox by OAuth 2, or the sign-in cannot be renewed
        └── StoreError        the ledger cannot be opened or written

What happens in every campaign is returned, not raised: a refused recipient is an `Outcome`, a bad row of a
list a `Problem`, a reply that cannot be understood a `Finding`.
"""

from __future__ import annotations

import re
from collections.abc import Callable


class MailerError(Exception):
    """The base class of every exception of this program."""


class UserError(MailerError):
    """An error that the user can put right.

    `code` names the error; `mailer.wording.words` has the sentence for it in the user's language. `file` is
    the name the user knows the file by, `line` counts from 1, `read` is what was read there, and `values` are
    the other values the sentence needs.
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
    """An error in a file of the workspace, or in a setting."""

    @classmethod
    def of_toml(
        cls, file: str, text: str, error: ValueError, shown: Callable[[str], str] | None = None
    ) -> ConfigError:
        """Make the error for a TOML file with a syntax error, with its line number.

        Python 3.11's tomllib gives the place only inside the message, and none for an unexpected end of the file. `shown` is for a
        file that may hold secrets: it returns what may be shown of a line, and of the message only the kind of fault is kept.
        """
        lines = text.splitlines()
        at = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(at[1]) if at else len(lines)
        read = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        if shown is None:
            return cls("toml-syntax", file=file, line=line, read=read, reason=str(error))
        column = int(at[2]) if at else len(lines[-1]) + 1 if lines else 1
        code = "toml-syntax" if (read := shown(read)) else "toml-syntax-hidden"
        return cls(code, file=file, line=line, read=read, reason=_kind(error), column=column)


def _kind(error: ValueError) -> str:
    """Return a message of tomllib without the names and characters that it repeats: "Cannot declare ('a', 'b') twice"."""
    said = re.sub(r" \(at .*", "", str(error), flags=re.DOTALL)
    if said.startswith(("Expected", "Unescaped")):  # what these quote is TOML's own
        return said
    return re.sub(r"(?<=[A-Za-z ])[^A-Za-z ].*", "…", said, flags=re.DOTALL)


class ContactsError(UserError):
    """A contact list that cannot be used."""


class TemplateError(UserError):
    """A template that cannot be rendered."""


class WireError(UserError):
    """A mail server that cannot be reached, or that refuses us."""


class SignInError(WireError):
    """An access token that cannot be had: nobody signed in, or the provider renews the sign-in no more."""

    def __init__(
        self, code: str, *, reason: str = "", name: str = "", username: str = "", host: str = ""
    ) -> None:
        super().__init__(code, reply=0, reason=reason, name=name, username=username, host=host)

    @property
    def passes(self) -> bool:
        """Return whether waiting may be enough."""
        return self.code in ("sign-in-unreachable", "sign-in-busy")


class StoreError(UserError):
    """A ledger that cannot be opened or written."""
