"""Measure `mailer read` on ten thousand answers in a real Dovecot, against imap-tools only fetching them.

It prints the ratio of reading (fetch, understand, match, record) to fetching, that of a second reading to the first,
and the peak memory before and after; with it, the processor time of all processes that read.
"""

from __future__ import annotations

import os
import pwd
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imap_tools import MailBoxUnencrypted

from mailer import campaign as campaigns
from mailer import compose
from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation
from mailer.jobs import roll
from mailer.jobs.collect import collect
from mailer.model.account import Account, Security
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.invitation import Invitation, Kind
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Why
from mailer.store import Store
from mailer.store.sql import open_store
from mailer.wire.imap import ImapAdapter
from tests.clients.dovecot import Dovecot, why_not

CHILDREN = resource.RUSAGE_CHILDREN
OWNER = "cjulien@mairie-lille.example"
NOW = datetime(2025, 3, 14, 9, tzinfo=UTC)
CAMPAIGN = Path("config/campaigns/restitution-hellemmes.toml")
ANSWERS: tuple[Callable[[ReceivedInvitation, datetime], bytes], ...] = (
    lambda letter, at: clients.thunderbird(letter, at, "ACCEPTED"),
    lambda letter, at: clients.exchange(letter, at, "DECLINED"),
    lambda letter, at: clients.google(letter, at, "ACCEPTED", guests=1),
    lambda letter, at: clients.written(letter, at, "Bonjour,\r\n\r\nNous serons trois.\r\n\r\nCordialement"),
    lambda letter, at: clients.written(letter, at, "Je ne pourrai pas venir, désolée."),
    lambda letter, at: clients.absence(letter, at, "Je suis absente jusqu'au 7 avril."),
    clients.bounce,
)


def main(count: int = 10_000) -> None:
    """Print the figures for so many answers."""
    reason = why_not()
    if reason:
        print(f"reading: skipped, {reason}")
        return
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp") as folder:
        base = Path(folder)
        base.chmod(0o755)
        campaign = campaigns.read("c", str(CAMPAIGN), CAMPAIGN.read_bytes())
        store = open_store(f"sqlite:///{base}/ledger.sqlite")
        invitations, text = _invite(store, campaign, count)
        dovecot = Dovecot(base / "dovecot", "secret")
        try:
            _deliver(base / "dovecot" / "mail" / OWNER, invitations, text)
            _measure(dovecot.port, store, campaign, count)
        finally:
            dovecot.stop()
            store.close()


def _measure(port: int, store: Store, campaign: Campaign, count: int) -> None:
    account = Account("127.0.0.1", port, Security.NONE, OWNER, "secret")

    def merely_fetch() -> None:
        with MailBoxUnencrypted("127.0.0.1", port).login(OWNER, "secret") as box:
            fetched = sum(1 for message in box.fetch(mark_seen=False) if message.obj is not None)
        assert fetched == count

    def read() -> None:
        with ImapAdapter(account).open() as reader:
            collect(reader, store, {"c": campaign}, now=lambda: NOW + timedelta(days=9))

    fetch = _timed(merely_fetch)
    before, used = _peak(), _processor_time()
    first = _timed(read)
    after, used = _peak(), _processor_time() - used
    second = _timed(read)
    print(f"reading {count}: ours/fetching {first / fetch:.2f}, second/first {second / first:.4f}")
    print(f"reading {count}: {1e3 * first / count:.2f} ms a mail, peak memory {before:.0f} -> {after:.0f} MB")
    print(
        f"reading {count}: {1e3 * used / count:.2f} ms of processor time a mail, {_peak(CHILDREN):.0f} MB beside"
    )


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _peak(whose: int = resource.RUSAGE_SELF) -> float:
    return resource.getrusage(whose).ru_maxrss / 1024


def _processor_time() -> float:
    """Return the seconds used by this process and by those of its own that have ended."""
    taken = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in taken)


def _invite(store: Store, campaign: Campaign, count: int) -> tuple[list[Invitation], str]:
    """Send everybody the sample's letter; return the invitations and the text of one, which the answers quote."""
    secret = store.secret()
    people = [Contact(f"invite{n}@example.org", "Mme", "Marie", f"Dupont{n}") for n in range(count)]
    everybody = [campaigns.invitee(secret, "c", (p,)) for p in people]
    store.append([entry for one in everybody for entry in roll.placed("c", one, Why.LISTED, NOW)])
    invitations = [
        campaigns.invitation(secret, campaign, invitee, Kind.INVITATION, 0) for invitee in everybody
    ]
    templates = Path(campaign.templates)
    sources = {
        str(one.relative_to(templates)): one.read_bytes() for one in templates.rglob("*") if one.is_file()
    }
    composer = compose.prepare(campaign, sources)
    press = compose.Press(composer, NOW)
    letters = [(one.invitee.ref, one.key, press.prepare(one).to_json()) for one in invitations]
    version = press.version()
    store.keep_version("c", version.digest, version.to_bytes())
    store.keep_letters("c", version.digest, letters)
    store.append([_sent(one, version.digest) for one in invitations])
    return invitations, composer.letter(invitations[0]).text


def _sent(one: Invitation, version: str) -> Entry:
    persons = tuple(member.ref for member in one.invitee.members)
    reply = Reply(Stage.DOT, 250, "2.0.0 ok")
    fact = Delivery(one.key, one.key.sequence, State.SENT, one.message_id, reply, persons, version=version)
    return Entry("c", one.invitee.ref, NOW, Channel.OUTBOX, fact)


def _deliver(maildir: Path, invitations: list[Invitation], text: str) -> None:
    """Write one answer to each invitation into the Maildir."""
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(invitations):
        letter = _letter(one, text)
        content = ANSWERS[number % len(ANSWERS)](letter, NOW + timedelta(minutes=number % 1000))
        (maildir / "new" / f"{1_700_000_000 + number}.M{number}.bench").write_bytes(content)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody")
        for path in (maildir, *maildir.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _letter(one: Invitation, text: str) -> ReceivedInvitation:
    person = one.invitee.people[0]
    return ReceivedInvitation(
        recipient=one.invitee.email,
        name=person.name,
        subject="Invitation",
        message_id=one.message_id,
        text=text,
        uid=one.uid,
        sequence=0,
        summary="Réunion",
        starts=datetime(2025, 3, 31, 12, tzinfo=UTC),
        ends=datetime(2025, 3, 31, 14, tzinfo=UTC),
        organizer=OWNER,
        attendee=one.invitee.email,
        links=(),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
