"""What tests share: a mail world on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailer.demo.post_office import PASSWORD, PostOffice, post_office
from mailer.model.account import Account, Security

OWNER = "cjulien@mairie-lille.example"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A real SMTP server that delivers into a real IMAP server, for one mailbox."""
    with post_office(OWNER) as running:
        yield running


@pytest.fixture
def imap_account(office: PostOffice) -> Account:
    """The mailbox of the post office."""
    return Account("127.0.0.1", office.imap_port, Security.NONE, OWNER, PASSWORD)


@pytest.fixture
def smtp_account(office: PostOffice) -> Account:
    """The way out."""
    return Account("127.0.0.1", office.smtp_port, Security.NONE)
