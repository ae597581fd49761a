"""Faults that are induced: each changes a world before the commands are run in it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable

import psutil

from mailer.model.account import Security
from tests.planted import marks
from tests.planted.world import World, between
from tests.servers.certificates import server_context
from tests.servers.fault_smtp import Break, Fault, FaultServer
from tests.servers.greedy_database import greedy
from tests.servers.login_imap import LoginImap

Inducing = Callable[[World], None]
FAULTS: dict[str, Inducing] = {}

HERE = 'host = "127.0.0.1"\n'
LOCALHOST = 'host = "localhost"\n'


def fault(induce: Inducing) -> Inducing:
    """Add a fault to the list, by its name."""
    FAULTS[induce.__name__] = induce
    return induce


def by_name(name: str) -> Callable[[Inducing], Inducing]:
    """Add a fault under another name."""

    def add(induce: Inducing) -> Inducing:
        FAULTS[name] = induce
        return induce

    return add


@fault
def none_at_all(_world: World) -> None:
    """All is well."""


# -- mail servers ----------------------------------------------------------------------------------------------------


def serving_smtp(world: World, server: FaultServer) -> None:
    """Put another SMTP server into the place of the one that works."""
    world.running.enter_context(server.in_a_thread())
    world.smtp = server
    world.settle()


def smtp_that(name: str, *faults: Fault, refusal: str = "") -> None:
    """Add a fault of an SMTP server."""

    @by_name(name)
    def induce(world: World) -> None:
        login = ("camille", "another" if refusal else marks.PASSWORD)
        serving_smtp(world, FaultServer(list(faults), login=login, refusal=refusal or "535 no"))


ECHO = f"{marks.PASSWORD} is what I was given"
smtp_that("smtp_refuses_the_login_with_the_password", refusal=f"535 5.7.8 {ECHO}")
smtp_that("smtp_refuses_the_login_in_base64", refusal="535 5.7.8 AGNhbWlsbGUAWnE3cGxhbnRlZFBhc3N3b3JkS3g=")
smtp_that("smtp_closes_at_the_login", Fault("auth", Break.DROP))
smtp_that("smtp_speaks_garbage_after_the_login", Fault("auth", f"\x00{ECHO}"))
smtp_that("smtp_turns_away", Fault("greeting", "554 5.7.1 no"))
smtp_that("smtp_is_no_mail_server", Fault("greeting", Break.GARBAGE))
smtp_that("smtp_refuses_recipients_with_the_password", Fault("rcpt", f"550 5.1.1 {ECHO}"))
smtp_that("smtp_defers_with_the_password", Fault("mail", f"451 4.3.0 {ECHO}"))
smtp_that("smtp_says_so_of_what_it_took", Fault("dot", f"250 2.0.0 queued as {marks.PASSWORD}"))
smtp_that("smtp_closes_in_the_middle", Fault("content", Break.DROP))
smtp_that("smtp_closes_after_the_dot", Fault("dot", Break.DROP))
smtp_that("smtp_is_busy", Fault("mail", f"421 4.3.2 {ECHO}"))
smtp_that("smtp_repeats_the_password_line_by_line", Fault("data", f"554-5.6.0 {ECHO}\n554 5.6.0 {ECHO}"))


@fault
def smtp_unreachable(world: World) -> None:
    """SMTP unreachable."""
    text = (world.path / "config" / "mailer.toml").read_text("utf-8")
    (world.path / "config" / "mailer.toml").write_text(
        text.replace(f"port = {world.smtp.port}", "port = 1"), "utf-8"
    )


@fault
def imap_unreachable(world: World) -> None:
    """IMAP unreachable."""
    world.settle(imap_port=1)


@fault
def smtp_certificate_of_nobody(world: World) -> None:
    """SMTP certificate of nobody."""
    tls, _authority = server_context(world.path.parent)
    (world.path.parent / "localhost.key").chmod(0o600)
    serving_smtp(world, FaultServer(security=Security.TLS, tls=tls, login=("camille", marks.PASSWORD)))
    world.settle(smtp=f'{LOCALHOST}security = "tls"\n')


@fault
def smtp_without_tls(world: World) -> None:
    """SMTP without TLS."""
    world.settle(smtp=f'{LOCALHOST}security = "tls"\n', imap=f'{LOCALHOST}security = "tls"\n')


@fault
def without_starttls(world: World) -> None:
    """Without STARTTLS."""
    world.settle(smtp=f'{LOCALHOST}security = "starttls"\n', imap=f'{LOCALHOST}security = "starttls"\n')


@fault
def in_clear_elsewhere(world: World) -> None:
    """In clear elsewhere."""
    elsewhere = 'host = "0.0.0.0"\nsecurity = "none"\n'
    world.now = ""
    world.settle(smtp=elsewhere, imap=elsewhere)


def imap_that(name: str, server: LoginImap) -> None:
    """Add a fault of an IMAP server."""

    @by_name(name)
    def induce(world: World) -> None:
        world.running.enter_context(server.running())
        world.settle(imap_port=server.port)


imap_that("imap_refuses_the_login_with_the_password", LoginImap(refusal=f"[AUTHENTICATIONFAILED] {ECHO}"))
imap_that(
    "imap_repeats_the_login",
    LoginImap(refusal=f'LOGIN "x" "{marks.PASSWORD}" is wrong', capabilities="IMAP4rev1"),
)
imap_that("imap_takes_no_password", LoginImap(capabilities="IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2"))
imap_that("imap_calls_us_logged_in", LoginImap(begins="PREAUTH", password=marks.PASSWORD))
imap_that(
    "imap_is_not_connected", LoginImap(username="x", password=marks.PASSWORD, refusal="", connected=False)
)
imap_that("imap_greets_with_nonsense", LoginImap(begins="BYE", greeting=ECHO))


def imap_changed(name: str, change: Callable[[bytes], bytes | None]) -> None:
    """Add a fault by somebody between the program and the IMAP server."""

    @by_name(name)
    def induce(world: World) -> None:
        world.settle(imap_port=world.running.enter_context(between(world.office.imap_port, change)))


TEXT, WORD = marks.TEXT.encode(), marks.PASSWORD.encode()
imap_changed("imap_closes_before_the_mail", lambda said: None if TEXT in said else said)
imap_changed(
    "imap_breaks_the_answer_with_the_mail",
    lambda said: said.replace(b"UID", b"X" + TEXT) if TEXT in said else said,
)
imap_changed(
    "imap_says_bad_with_the_mail",
    lambda said: b"* BAD " + TEXT + b" " + WORD + b"\r\n" if TEXT in said else said,
)
imap_changed(
    "imap_refuses_with_the_password",
    lambda said: (
        said.replace(b"OK ", b"NO " + WORD + b" ") if b"EXAMINE" in said or b"SEARCH" in said else said
    ),
)


@fault
def a_password_with_an_accent(world: World) -> None:
    """LOGIN takes ASCII alone; the server refuses it, and repeats it."""
    for name in ("imap_password", "smtp_password"):
        world.secret(name, f"é{marks.PASSWORD}")


@fault
def a_token_that_is_refused(world: World) -> None:
    """A token that is refused."""
    server = LoginImap(token="another", refusal=f"no {marks.TOKEN}")
    world.running.enter_context(server.running())
    for name in ("smtp_token", "imap_token"):
        world.secret(name, marks.TOKEN)
    serving_smtp(world, FaultServer(login=("camille", "another"), refusal=f"535 {marks.TOKEN}"))
    world.settle(imap_port=server.port)


@fault
def a_token_command_that_fails(world: World) -> None:
    """A token command that fails."""
    for name, end in (("one", "exit 3"), ("two", "echo; echo more")):
        world.secret(name, f"echo {marks.TOKEN}; echo {marks.TOKEN} >&2; {end}")
    command = 'token_command = "sh config/secrets/{}"\nhost = "127.0.0.1"\nsecurity = "none"\n'
    world.settle(smtp=command.format("one"), imap=command.format("two"))


# -- settings --------------------------------------------------------------------------------------------------------


def settings_with(name: str, lines: str) -> None:
    """Add a fault of the settings: lines at their end."""

    @by_name(name)
    def induce(world: World) -> None:
        world.settle(rest=lines)
        (world.path / "config" / "mailer.toml").chmod(0o600)


settings_with("a_quotation_mark_forgotten", f'[smtp2]\npassword="{marks.PASSWORD}\n')
settings_with("no_quotation_mark", f"[oauth]\nclient_id = {marks.CLIENT}\n")
settings_with("a_misspelt_key", f'pasword = "{marks.PASSWORD}"\n')
settings_with("a_password_in_the_settings", f'[dkim]\nkey = "{marks.PASSWORD}"\n')
settings_with("a_text_for_a_table", f'[store]\nurl = ["postgresql://m:{marks.PASSWORD}@db"]\n')
settings_with("a_url_that_is_none", f'[store]\nurl = "postgresql//m:{marks.PASSWORD}@db"\n')
settings_with("a_url_with_an_at_sign", f'[store]\nurl = "postgresql://m:a@{marks.PASSWORD}@db/m"\n')
settings_with("postgresql_down", f'[store]\nurl = "postgresql://m:{marks.PASSWORD}@127.0.0.1:1/m"\n')
settings_with("postgresql_in_clear", f'[store]\nurl = "postgresql://m:{marks.PASSWORD}@db.invalid/m"\n')


@fault
def postgresql_that_hears_the_password(world: World) -> None:
    """PostgreSQL that hears the password."""
    port, _heard = world.running.enter_context(greedy())
    world.settle(rest=f'[store]\nurl = "postgresql://m:{marks.PASSWORD}@localhost:{port}/m"\n')
    (world.path / "config" / "mailer.toml").chmod(0o600)


@fault
def a_variable_that_is_wrong(world: World) -> None:
    """A variable that is wrong."""
    world.environment["MAILER_OAUTH"] = f'"{marks.CLIENT}"'


@fault
def a_secret_in_latin_1(world: World) -> None:
    """A secret in Latin-1."""
    world.secret("imap_password", f"é{marks.PASSWORD}".encode("latin-1"))


@fault
def a_secret_of_two_lines(world: World) -> None:
    """A secret of two lines."""
    world.secret("smtp_password", f"{marks.PASSWORD}\nA1 {marks.PASSWORD}")


@fault
def a_secret_that_is_a_folder(world: World) -> None:
    """A secret that is a folder."""
    (world.path / "config" / "secrets" / "imap_password").unlink()
    (world.path / "config" / "secrets" / "imap_password").mkdir()


# -- the folder, the ledger, the machine -----------------------------------------------------------------------------


@fault
def the_campaign_is_broken(world: World) -> None:
    """The campaign is broken."""
    world.campaign.write_text(world.campaign.read_text("utf-8").replace('"', "", 1), "utf-8")


@fault
def a_template_is_broken(world: World) -> None:
    """A template is broken."""
    for file in (world.path / "templates").rglob("*.j2"):
        file.write_text(file.read_text("utf-8") + "{% if invitee.nobody.at.all %}", "utf-8")
    for file in (world.path / "templates").rglob("*.txt"):
        file.write_text(file.read_text("utf-8") + "{{ nobody.at.all }}", "utf-8")


@fault
def a_list_is_broken(world: World) -> None:
    """A list is broken."""
    (world.path / "contacts" / "invites.csv").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 4)


@fault
def the_list_is_gone(world: World) -> None:
    """The list is gone."""
    (world.path / "contacts" / "invites.csv").unlink()


@fault
def the_ledger_is_no_ledger(world: World) -> None:
    """The ledger is no ledger."""
    world.ledger.write_bytes(b"nothing of a database\n" * 500)


@fault
def the_ledger_is_damaged(world: World) -> None:
    """The ledger is damaged."""
    octets = bytearray(world.ledger.read_bytes())
    for at in range(40_000, len(octets), 9_000):
        octets[at : at + 64] = bytes(64)
    world.ledger.write_bytes(octets)


@fault
def an_entry_is_damaged(world: World) -> None:
    """An entry is damaged."""
    with contextlib.closing(sqlite3.connect(world.ledger)) as connection, connection:
        changed = connection.execute("UPDATE entries SET fact = '{' || fact WHERE number = 5")
        assert changed.rowcount == 1


@fault
def the_words_of_entries_are_damaged(world: World) -> None:
    """The words of entries are damaged."""
    with contextlib.closing(sqlite3.connect(world.ledger)) as connection, connection:
        connection.execute("UPDATE entries SET words = '{' || words WHERE words IS NOT NULL AND number % 2")


@fault
def the_ledger_is_gone(world: World) -> None:
    """The ledger is gone."""
    for file in world.ledger.parent.glob("mailer.sqlite*"):
        file.unlink()


@fault
def a_file_in_place_of_the_data(world: World) -> None:
    """A file in place of the data."""
    the_ledger_is_gone(world)
    for file in sorted(world.ledger.parent.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    world.ledger.parent.rmdir()
    world.ledger.parent.write_text("no folder")


@fault
def the_disk_is_full(world: World) -> None:
    """A file may not grow beyond the ledger as it is."""
    world.environment["MAILER_TEST_FIRST"] = f"RLIMIT_FSIZE {world.ledger.stat().st_size}"


@fault
def no_more_files(world: World) -> None:
    """No more files."""
    world.environment["MAILER_TEST_FIRST"] = "RLIMIT_NOFILE 12"


@fault
def no_more_memory(world: World) -> None:
    """No more memory."""
    world.environment["MAILER_TEST_FIRST"] = f"RLIMIT_DATA {150 * 1024 * 1024}"


@fault
def workers_are_killed(world: World) -> None:
    """Whatever the program starts is killed as soon as it is there."""

    def kill(processes: marks.Processes) -> None:
        end = time.monotonic() + 12
        while time.monotonic() < end:
            for child in processes.children():
                with contextlib.suppress(psutil.Error):
                    child.kill()
            time.sleep(0.2)

    world.meanwhile = kill


@fault
def a_terminal_of_ascii(world: World) -> None:
    """A terminal of ASCII."""
    world.environment |= {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}


@fault
def no_home(world: World) -> None:
    """No home."""
    world.environment |= {"HOME": "/nowhere", "TMPDIR": "/nowhere"}


@fault
def a_mail_of_nothing_but_depth(world: World) -> None:
    """A mail that is deeper than any, with words at its end; and one that is no mail."""
    part = b"Content-Type: message/rfc822\r\n\r\n"
    world.office.post(
        "x@example.net",
        b"From: x@example.net\r\nDate: Mon, 24 Mar 2025 08:00:00 +0100\r\n" + part * 60 + TEXT,
    )
    (world.path / "mail.eml").write_bytes(b"\xff\xfe\x00" + TEXT + b"\x00" * 100)


@fault
def settings_are_gone(world: World) -> None:
    """Settings are gone."""
    (world.path / "config" / "mailer.toml").unlink()


def all_of(*names: str) -> Inducing:
    """Return several faults at once."""

    def induce(world: World) -> None:
        for name in names:
            FAULTS[name](world)

    return induce


FAULTS["a_broken_template_and_a_full_disk"] = all_of("a_template_is_broken", "the_disk_is_full")
FAULTS["no_server_at_all"] = all_of("smtp_closes_at_the_login", "an_entry_is_damaged")
