"""Test that forgetting a person leaves no byte of them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import campaign as campaigns
from mailer.errors import ConfigError
from mailer.jobs import protect
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.people import Invitee
from mailer.store import Read
from mailer.store.sql import open_store
from tests.registered import enrol
from tests.soak import examples

NOW = datetime(2025, 3, 14, tzinfo=UTC)
OTHER = Contact("other@example.net", last_name="Autre")
LOCAL = st.from_regex(r"[a-z][a-z0-9.+-]{6,14}[a-z0-9]", fullmatch=True).filter(lambda text: ".." not in text)
WORDS = st.text("abcdeéèàç œ'-", max_size=12)


def invitee(secret: bytes, contact: Contact) -> Invitee:
    """Somebody on the roll."""
    return campaigns.invitee(secret, "c", (contact,))


@settings(max_examples=examples(15))
@given(LOCAL, WORDS, WORDS)
def test_no_byte_is_left(local: str, said: str, note: str) -> None:
    """Whatever they wrote and whoever names them: ledger, lists and exports hold their address no more."""
    address = f"{local}@example.org"
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        for name in ("contacts", "exports"):
            (workspace / name).mkdir()
        listed = workspace / "contacts" / "liste.csv"
        listed.write_text(
            f"Nom;Courriel\r\nDupont;{address}\r\nAutre;other@example.net\r\n", "utf-8", newline=""
        )
        (workspace / "exports" / "presences.csv").write_text(f"Dupont;{address.upper()}", "utf-8")
        store = open_store(f"sqlite:///{workspace}/ledger.sqlite")
        marie = invitee(store.secret(), Contact(address, last_name="Dupont"))
        paul = invitee(store.secret(), OTHER)
        enrol(store, "c", [marie, paul], NOW)
        finding = Finding(
            "free_text",
            MailKind.REPLY,
            Answer(PartStat.ACCEPTED),
            evidence=f"{said} {address}",
            addresses=(address,),
            text=f"{said} <{address.title()}>",
        )
        for uid, who in enumerate((marie, paul), 1):
            entry = Entry("c", who.ref, NOW, Channel.TEXT, Heard(finding, NOW, Trust.SENDER), note=note)
            store.record(
                [
                    (
                        Read("INBOX", 1, uid, who.ref, "<x@y>", address, address),
                        [entry],
                    )
                ]
            )
        person = protect.find(workspace, store, address)
        left = protect.forget(store, person, NOW)

        assert left == []
        assert store.verify("c") is None
        assert store.suppressed([address]) == {address}
        store.close()
        for path in workspace.rglob("*"):
            if path.is_file():
                assert address.encode() not in path.read_bytes().lower(), path
        assert "other@example.net" in listed.read_text("utf-8")


@settings(max_examples=examples(15))
@given(
    LOCAL,
    st.sampled_from(
        [
            "x{0}@example.org",
            "x.{0}@example.org",
            "{0}@example.org.example",
            "{0}@example.orga",
            "{0}-x@example.org",
        ]
    ),
)
def test_a_neighbour_of_like_letters_stays(local: str, form: str) -> None:
    """Of a list and of a table that staff changed, the line of the forgotten person goes, and every other octet stays."""
    address, neighbour = f"{local}@example.org", form.format(local)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        files = [workspace / "contacts" / "liste.csv", workspace / "exports" / "presences.csv"]
        gone, stays = f"Dupont;{address};non\r\n", f"Autre;{neighbour};oui, en tandem\r\n"
        for file in files:
            file.parent.mkdir()
            file.write_text(f"Nom;Courriel;Réponse\r\n{gone}{stays}", "utf-8", newline="")
        store = open_store(f"sqlite:///{workspace}/ledger.sqlite")
        protect.forget(store, protect.find(workspace, store, address), NOW)
        store.close()

        for file in files:
            assert file.read_bytes().decode() == f"Nom;Courriel;Réponse\r\n{stays}"


def test_a_name_is_searched_only_to_show_who_is_meant(tmp_path: Path) -> None:
    """A name erases nobody; it gives the addresses of the people who have it."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    enrol(
        store,
        "c",
        [invitee(store.secret(), Contact("ana@example.org", first_name="Ana", last_name="Petit"))],
        NOW,
    )
    with pytest.raises(ConfigError) as caught:
        protect.find(tmp_path, store, "Ana Petit")
    with pytest.raises(ConfigError, match="invitee-unknown"):
        protect.find(tmp_path, store, "Zoé Blanc")
    store.close()

    assert (caught.value.code, caught.value.values["found"]) == (
        "forget-needs-address",
        "Ana Petit <ana@example.org>",
    )
