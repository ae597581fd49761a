"""Addresses of one mailbox, by the rules of its provider."""

from __future__ import annotations

import pytest

from mailer.model.same_mailbox import mailbox_form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("marie.dupont@gmail.com", "MarieDupont@googlemail.com"),
        ("marie.dupont+mairie@gmail.com", "mariedupont@gmail.com"),
        ("lulu59@wanadoo.fr", "lulu59@orange.fr"),
        ("paul@me.com", "paul@icloud.com"),
        ("paul+liste@example.net", "paul@example.net"),
        ("jean@hôtel.example", "jean@xn--htel-vqa.example"),
        ("ana.b@pm.me", "anab@proton.me"),
    ],
)
def test_one_mailbox(one: str, other: str) -> None:
    """Full stops at Gmail, other names of a domain, plus-tags, domains in letters of their language."""
    assert mailbox_form(one) == mailbox_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("marie.dupont@orange.fr", "mariedupont@orange.fr"),
        ("paul@hotmail.fr", "paul@outlook.fr"),
        ("paul@free.fr", "paul@orange.fr"),
        ("paul-liste@example.net", "paul@example.net"),
        ("+33612345678@example.net", "@example.net"),
    ],
)
def test_two_mailboxes(one: str, other: str) -> None:
    """A full stop elsewhere, another provider, another sign."""
    assert mailbox_form(one) != mailbox_form(other)


def test_a_tag_is_kept_where_nothing_else_is_known() -> None:
    """On a server of one's own, anybody can be anybody with a tag."""
    assert mailbox_form("paul+x@example.net", tag=True) != mailbox_form("paul@example.net", tag=True)
    assert mailbox_form("p.aul@gmail.com", tag=True) == mailbox_form("paul@googlemail.com", tag=True)
