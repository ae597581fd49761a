"""The command that prints a token."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from mailer.errors import SignInError
from mailer.signin import run_token_command


def python(code: str) -> str:
    """Return a command line that runs some Python."""
    return shlex.join([sys.executable, "-c", code])


def test_what_it_prints_is_the_token(tmp_path: Path) -> None:
    """It runs in the workspace, and the end of the line is no part of the token."""
    (tmp_path / "token").write_text("abc.def~1\n", "utf-8")

    assert run_token_command(python("print(open('token').read())"), tmp_path, "imap") == "abc.def~1"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (
            python("import sys; print('secret'); print('secret', file=sys.stderr); sys.exit(3)"),
            "token-command-failed",
        ),
        (python("print(input())"), "token-command-failed"),
        ("no-such-program-anywhere --token", "token-command-failed"),
        ("unclosed 'quote", "token-command-failed"),
        (python("pass"), "token-command-empty"),
        (python("print('Password: secret')"), "token-command-empty"),
    ],
    ids=["fails", "asks", "missing", "unclosed", "silent", "talks"],
)
def test_a_command_that_does_not_work(tmp_path: Path, command: str, code: str) -> None:
    """It is an error that names the table, and shows nothing that was printed."""
    with pytest.raises(SignInError) as caught:
        run_token_command(command, tmp_path, "imap")

    assert (caught.value.code, caught.value.values["name"]) == (code, "imap")
    assert "secret" not in str(caught.value)
