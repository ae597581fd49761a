"""What tests share: a mail world on loopback."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from mailer.demo.post_office import PASSWORD, PostOffice, post_office
from mailer.model.account import Account, Security
from tests import compiled_templates, soak
from tests.servers import postgres
from tests.servers.absent import absent
from tests.workspaces import OWNER

# A property is tried on the same examples in every run, so that a failure is somebody's change; a soak tries others.
# No example is bounded in time: the machine may be busy.
settings.register_profile(
    "mailer",
    deadline=None,
    derandomize=not soak.SCALE,
    max_examples=soak.examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mailer")

compiled_templates.remember()

# A shell that starts the suite in the background ignores SIGINT, and so would every program the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test looks for the servers of an address anywhere but on this machine; those that do say where.
os.environ["MAILER_FIND__ONLINE"] = "false"

__all__ = ["OWNER"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a soak every property is soaked."""
    if soak.SCALE:
        for item in items:
            if is_hypothesis_test(getattr(item, "obj", None)):
                item.add_marker("soak")


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


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server, by the URL of its first database; skipped where there is none."""
    if not postgres.installed():
        absent("PostgreSQL is not installed")
    with postgres.cluster() as url:
        yield url
