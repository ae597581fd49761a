"""Passwords on their way to PostgreSQL, and in what is said of the URL of the store (attacks 84 and 86)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.errors import StoreError
from mailer.store import engine as engines
from mailer.store.sql import open_store
from tests.servers import postgres
from tests.servers.certificates import of_the_house, server_context
from tests.servers.greedy_database import greedy

SECRET = "Zq7-planted-word"

VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSERVICE", "PGPASSWORD", "PGSSLROOTCERT", "PGPORT")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def refused(url: str) -> StoreError:
    """Open a store that cannot be opened."""
    with pytest.raises(StoreError) as caught:
        open_store(url)
    return caught.value


ELSEWHERE = [
    "postgresql://m:{secret}@0.0.0.0:{port}/m",
    "postgresql://m:{secret}@0:{port}/m?sslmode=prefer",
    "postgresql://m:{secret}@0.0.0.0:{port}/m?sslmode=allow",
    "postgresql://m:{secret}@0.0.0.0:{port}/m?sslmode=disable",
    "postgresql://m:{secret}@/m?host=0.0.0.0&port={port}",
    "postgresql://m:{secret}@localhost:{port}/m?hostaddr=0.0.0.0",
    "postgresql://m:{secret}@/m?host=localhost:1&host=0.0.0.0:{port}",
    "postgresql://m:{secret}@localhost,0.0.0.0:{port}/m",
    "postgresql://m:{secret}@not-known.invalid:{port}/m",
    "postgresql://m@0.0.0.0:{port}/m?password={secret}",
    "postgresql://m:{secret}@/m?conninfo=host%3D0.0.0.0%20port%3D{port}",
    "postgresql+psycopg://m:{secret}@0.0.0.0:{port}/m",
    "postgresql://m:{secret}@/m?service=of-the-house&port={port}",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_84_no_password_in_clear_to_another_host(url: str) -> None:
    """A host that is no loopback address needs sslmode=require or better, wherever in the URL it is named."""
    with greedy() as (port, heard):
        error = refused(url.format(secret=SECRET, port=port))

    assert error.code == "store-in-clear"
    assert heard == []
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("name", "value"), [("PGHOST", "0.0.0.0"), ("PGHOSTADDR", "0.0.0.0"), ("PGSERVICE", "of-the-house")]
)
def test_84_what_the_variables_of_libpq_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host in a variable is judged like one in the URL, also where the password comes from one."""
    with greedy() as (port, heard):
        monkeypatch.setenv(name, value)
        monkeypatch.setenv("PGPASSWORD", SECRET)
        assert refused(f"postgresql://m@:{port}/m").code == "store-in-clear"
    assert heard == []


def test_84_the_server_would_have_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests does get the password of whoever may give it: on loopback, where that stays so."""
    with greedy() as (port, heard):
        error = refused(f"postgresql://m:{SECRET}@localhost:{port}/m")
        assert error.code != "store-in-clear"
        assert any(SECRET.encode() in said for said in heard)
        assert "is wrong" in str(error.values["reason"]), "what it says of the password is shown"
        assert SECRET not in str(error), "without the password that it repeats"

        monkeypatch.setenv("PGPASSWORD", SECRET)
        assert SECRET not in str(refused(f"postgresql://m@127.0.0.1:{port}/m"))


def test_84_a_name_keeps_the_addresses_it_was_judged_by() -> None:
    """What is connected to is what was looked at, in the order of the host's addresses."""
    given = engines._safely({"host": "localhost", "port": 54, "user": "m"})
    numbers = given["hostaddr"].split(",")

    assert set(numbers) <= {"127.0.0.1", "::1"}
    assert given["host"] == ",".join(["localhost"] * len(numbers))
    assert given["port"] == ",".join(["54"] * len(numbers))
    assert engines._safely({"host": "/run/postgresql"}) == {}
    assert engines._safely({}) == {}
    assert engines._safely({"host": "db.example", "sslmode": "require"}) == {}


@pytest.mark.servers
def test_84_loopback_and_unix_sockets_need_no_encryption(cluster: str) -> None:
    """A database on this machine is opened as before: by number, by name and by its socket."""
    port = cluster.rpartition(":")[2].partition("/")[0]
    folder = postgres.folder_of(cluster)
    for url in (
        f"postgresql://mailer@localhost:{port}/",
        f"postgresql://mailer@127.0.0.1:{port}/",
        f"postgresql://mailer@/{{}}?host={folder}&port={port}",
    ):
        name = postgres.database(cluster).rpartition("/")[2]
        open_store(url.format(name) if "{}" in url else url + name).close()


@pytest.mark.servers
def test_84_with_tls_any_host_is_opened(cluster: str, tmp_path: Path) -> None:
    """0.0.0.0 stands for another machine: verify-full opens it for the name in its certificate, and only for the house's authority."""
    _tls, authority = of_the_house(tmp_path)
    name = postgres.database(cluster).rpartition("/")[2]
    port = cluster.rpartition(":")[2].partition("/")[0]
    postgres.speak_tls(cluster, tmp_path / "localhost.pem", tmp_path / "localhost.key")
    address = f"postgresql://mailer@localhost:{port}/{name}?hostaddr=0.0.0.0&sslmode=verify-full&sslrootcert="
    open_store(f"{address}{authority}").close()
    open_store(f"postgresql://mailer@0.0.0.0:{port}/{name}?sslmode=require").close()

    (tmp_path / "other").mkdir()
    _other, stranger = server_context(tmp_path / "other")
    assert refused(f"{address}{stranger}").code == "store-unreachable"
    assert refused(f"postgresql://mailer@0.0.0.0:{port}/{name}").code == "store-in-clear"


ODD = [
    "postgresql//m:{}@db",
    "postgres://m:{}@db/m",
    "m:{}@db",
    "mysql://m:{}@db/m",
    "postgresql://m:a@{}@db/m",
    "postgresql://m:a@b:{}@db/m",
    "postgresql://m:a@b/{}@db/m",
    "postgresql://m:a@b:{}/m",
    "sqlite://m:{}@db/",
    "sqlite:///x?synchronous={}",
    "postgresql://m@127.0.0.1:1/m?conninfo={}",
    "postgresql://m@127.0.0.1:1/m?{}=1",
    "postgresql://m@127.0.0.1:1/m?password={}",
    "postgresql://m:{}@127.0.0.1:1/m?sslpassword={}&options={}",
    "{}",
]


@pytest.mark.parametrize("url", ODD)
def test_86_no_message_repeats_the_url(url: str) -> None:
    """Whatever is wrong with a URL, and wherever the password is in it, the message has none of it."""
    error = refused(url.replace("{}", "Zq7plantedword"))

    assert error.code.startswith("store-")
    assert "planted" not in str(error)
    assert "planted" not in str(error.__cause__ or "") or error.code == "store-refused"
