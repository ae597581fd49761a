"""Files that are dropped into the desk, by any name and of any kind: a sentence or a page, never a fault of the program."""

from __future__ import annotations

import errno
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mailer.desk.listening import LOOPBACK
from tests.contacts.conftest import write_xlsx
from tests.contacts.test_hostile_workbooks import FAR, cell, row
from tests.contacts.test_hostile_workbooks import LIST as LIST_IN_SHEET
from tests.desk.conftest import PATIENCE, SLUG, Served

LIST = "Civilité;Nom;Prénom;Organisme;Courriel\r\nMme;Neuve;Nora;;nora.neuve@example.org\r\n".encode()
NAMES = {
    "300 letters": "n" * 300 + ".csv",
    "300 letters without an ending": "n" * 300,
    "300 accents": "é" * 300 + ".csv",
    "300 signs of three octets": "字" * 300 + ".csv",
    "300 signs of four octets": "𠀀" * 300 + ".csv",
    "3,000 letters": "n" * 3000 + ".csv",
    "an ending of 300 letters": "liste." + "c" * 300,
    "up": "../../config/mailer.toml",
    "up on Windows": "..\\..\\config\\mailer.toml",
    "the root": "/etc/passwd",
    "hidden": ".gitignore",
    "a script": "<script>alert(1)</script>.csv",
    "dots": "..",
    "a device": "nul.csv",
    "NUL": "liste%00.csv",
}


def drop(served: Served, path: str, field: str, name: str, content: bytes) -> tuple[int, str]:
    """Drop a file into a form of the desk; return the status and the page."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{served.csrf}\r\n',
        f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n',
    ]
    body = "".join(parts).encode() + content + b"\r\n--b--\r\n"
    connection = HTTPConnection(LOOPBACK, served.port, timeout=PATIENCE)
    headers = {
        "host": f"{served.at.name}:{served.port}",
        "origin": served.origin,
        "cookie": served.cookie,
        "content-type": "multipart/form-data; boundary=b",
    }
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def files(path: Path) -> dict[Path, bytes]:
    """Return every file of a folder."""
    return {one: one.read_bytes() for one in path.rglob("*") if one.is_file()}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_list_of_any_name(inside: Served, name: str) -> None:
    """Attack 72: it is shown, taken over as a file of contacts/ by a name that is possible, and nothing else is written."""
    before = files(inside.path)
    status, text = drop(inside, f"/c/{SLUG}/lists", "list", name, LIST)
    assert status == 200, text
    assert "nora.neuve@example.org" in text
    assert "<script>" not in text
    form = {key: text.partition(f'name="{key}" value="')[2].partition('"')[0] for key in ("key", "stamp")}

    assert inside.ask(f"/c/{SLUG}/lists/take", form | {"instead": ""}).status == 303
    new = [one for one in files(inside.path) if one not in before]
    assert [one.parent.name for one in new] == ["contacts"]
    assert len(new[0].name.encode()) <= 255
    assert {one for one, content in before.items() if one.read_bytes() != content} == {
        inside.path / "config" / "campaigns" / f"{SLUG}.toml"
    }


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(("page", "field"), [("table", "file"), ("poll", "file")])
def test_a_table_or_poll_of_any_name(invited: Served, page: str, field: str, name: str) -> None:
    """Attack 72: a corrected table and the results of a poll are looked at whatever they are called; no page fails."""
    before = files(invited.path / "contacts")
    status, text = drop(invited, f"/c/{SLUG}/exports/{page}", field, name, LIST)

    assert status in (200, 303, 422)
    assert "<script>" not in text
    assert files(invited.path / "contacts") == before


def test_a_name_that_the_disk_does_not_take(inside: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems take shorter names than others: a sentence names it, and nothing is changed."""
    exists = Path.exists

    def refuses(path: Path, **given: bool) -> bool:
        if path.parent.name == "contacts" and len(path.name) > 60:
            raise OSError(errno.ENAMETOOLONG, "File name too long", str(path))
        return exists(path, **given)

    monkeypatch.setattr(Path, "exists", refuses)
    status, text = drop(inside, f"/c/{SLUG}/lists", "list", "n" * 100 + ".csv", LIST)

    assert status == 422
    assert "n" * 20 in text
    assert drop(inside, f"/c/{SLUG}/lists", "list", "liste.csv", LIST)[0] == 200


@pytest.mark.parametrize("kind", ["attack 62: in single quotes", "far away"])
def test_a_workbook_that_ends_its_reader(inside: Served, kind: str) -> None:
    """Attack 78: dropped into the desk it is read, or refused by name; the desk goes on, and reads the next one."""
    sheet = LIST_IN_SHEET + (FAR[kind] if kind in FAR else row(400_000, cell("BXX400000", "x")))
    status, text = drop(inside, f"/c/{SLUG}/lists", "list", "liste.xlsx", write_xlsx(sheet))

    assert status in (200, 422)
    assert ("petit@example.org" in text) != ("Ce classeur" in text)
    assert drop(inside, f"/c/{SLUG}/lists", "list", "liste.csv", LIST)[0] == 200
