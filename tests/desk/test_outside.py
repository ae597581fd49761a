"""What comes from the local network: the check-in is bounded before anybody is in, and the desk goes on whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from mailer.desk import serve
from mailer.desk.keys import CODE_LIVES, CheckInKeys
from mailer.desk.limits import LimitedProtocol, Limits
from mailer.desk.listening import LOOPBACK, listen
from mailer.desk.visit import MOST_OCTETS
from tests import workspaces
from tests.desk.conftest import BEGINS, PATIENCE, SLUG, Answer, Served, typed
from tests.desk.running import running
from tests.servers.absent import absent

MEBIBYTE = 1 << 20
FORM = "application/x-www-form-urlencoded"


def at_door(
    port: int, path: str, form: dict[str, str] | None = None, *, cookie: str = "", sender: str = LOOPBACK
) -> Answer:
    """Ask the check-in for a page, as a phone at `sender` does."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PATIENCE, source_address=(sender, 0))
    headers = {"cookie": cookie, "origin": f"http://{LOOPBACK}:{port}", "content-type": FORM}
    connection.request("GET" if form is None else "POST", path, urlencode(form) if form else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    told = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return Answer(answer.status, told, content.decode("utf-8", "replace"), content)


def stamp(text: str) -> str:
    """Return the stamp of a form."""
    return text.partition('name="csrf" value="')[2].partition('"')[0]


def door_of(served: Served) -> psutil.Process:
    """Return the process of the check-in."""
    assert served.desk.check_in
    assert served.desk.check_in._process
    return psutil.Process(served.desk.check_in._process._process.pid)


# -- the code ------------------------------------------------------------------------------------------------------


def test_the_check_in_opens_with_its_code_and_shows_nothing_else(inside: Served) -> None:
    """Attack 73: the code opens the check-in alone; its cookie opens nothing at the desk, and the desk's nothing there."""
    port, code = inside.open_check_in()
    assert inside.ask("/", port=port, headers={"host": f"mairie.example:{port}", "cookie": ""}).status == 421
    assert at_door(port, f"/c/{SLUG}/check-in", cookie=inside.cookie).status == 403
    cookie = at_door(port, "/enter", {"code": code}).headers["set-cookie"].partition(";")[0]

    assert at_door(port, f"/c/{SLUG}/check-in", cookie=cookie).status == 200
    for path in (
        "/servers",
        "/privacy",
        f"/c/{SLUG}",
        f"/c/{SLUG}/exports/presences.csv",
        f"/c/{SLUG}/lists",
    ):
        assert at_door(port, path, cookie=cookie).status == 404
    assert inside.ask("/", headers={"cookie": cookie}).status == 403
    assert (
        inside.ask("/", headers={"cookie": f"{inside.desk.cookie}={cookie.partition('=')[2]}"}).status == 403
    )


def test_wrong_codes_lock_out_who_typed_them_and_nobody_else(inside: Served) -> None:
    """Attack 74: five wrong ones end it for that address; a phone elsewhere comes in, and with a new code so does the first."""
    port, code = inside.open_check_in()
    wrong = "0" * 8 if code != "0" * 8 else "1" * 8
    for _ in range(5):
        assert at_door(port, "/enter", {"code": wrong}, sender="127.0.0.9").status == 403
    locked = at_door(port, "/enter", {"code": code}, sender="127.0.0.9")
    elsewhere = at_door(port, "/enter", {"code": f"{code[:4]} {code[4:]}"}, sender="127.0.0.10")
    _port, again = inside.open_check_in()

    assert (locked.status, elsewhere.status) == (403, 200)
    assert "Trop de codes" in locked.text
    assert "set-cookie" in elsewhere.headers
    assert "set-cookie" not in at_door(port, "/enter", {"code": code}).headers
    assert "set-cookie" in at_door(port, "/enter", {"code": again}, sender="127.0.0.9").headers


@pytest.fixture
def keys() -> CheckInKeys:
    """Keys with a code."""
    made = CheckInKeys()
    made.renew(BEGINS)
    return made


def sender(number: int) -> str:
    """Return an address of a network of sixty-five thousand."""
    return f"10.0.{number // 256}.{number % 256}"


def test_many_addresses_do_not_lock_the_door(keys: CheckInKeys) -> None:
    """Attack 74: after wrong codes from two thousand addresses, a phone at another still comes in at its first try."""
    for number in range(2000):
        for _ in range(6):
            keys.come_in("wrong", sender(number), BEGINS)

    assert not keys.come_in(keys.code, sender(3), BEGINS)
    assert keys.come_in(keys.code, sender(60_000), BEGINS)


def test_many_addresses_do_not_try_all_codes(keys: CheckInKeys) -> None:
    """Attack 74: a whole network of 254 that tries without pause gets some hundred looks in a code's quarter of an hour."""
    looked = 0
    for seconds in range(0, int(CODE_LIVES.total_seconds()), 3):
        now = BEGINS + timedelta(seconds=seconds)
        for number in range(254):
            looked += keys.may_try(sender(number), now)
            keys.come_in("wrong", sender(number), now)

    assert 254 <= looked < 600
    assert 600 / 10**8 < 1e-5


def test_the_slower_count_outlives_a_new_code(keys: CheckInKeys) -> None:
    """Attack 74: making codes anew gives nobody five mistakes from each address again; a quiet while does."""
    for number in range(60):
        keys.come_in("wrong", sender(number), BEGINS)
    keys.renew(BEGINS)
    first = [bool(keys.come_in("wrong", sender(1), BEGINS)), keys.may_try(sender(1), BEGINS)]
    later = BEGINS + timedelta(minutes=5)

    assert first == [False, False]
    assert keys.may_try(sender(2), BEGINS)
    assert keys.may_try(sender(1), later)
    assert keys.come_in(keys.code, sender(1), later)


def test_a_code_ends_after_a_quarter_of_an_hour(keys: CheckInKeys) -> None:
    """Then it opens nothing, and before it opens for as many phones as there are."""
    last = BEGINS + CODE_LIVES

    assert len({keys.come_in(keys.code, sender(number), last) for number in range(10)}) == 10
    assert not keys.come_in(keys.code, sender(11), last + timedelta(seconds=1))
    assert not CheckInKeys().come_in("", sender(1), BEGINS)


# -- octets --------------------------------------------------------------------------------------------------------


def pour(port: int, head: str, total: int, chunk: bytes = b"x" * 65_536) -> tuple[int, bytes]:
    """Send a body in chunks until it is refused or `total` octets are sent; return how many, and the first of the answer."""
    sent, answer = 0, b""
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE) as line, contextlib.suppress(OSError):
        line.sendall(head.encode())
        while sent < total:
            line.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            sent += len(chunk)
    with contextlib.suppress(OSError):
        answer = line.recv(200) if line.fileno() >= 0 else b""
    return sent, answer


def head(port: int, path: str, kind: str, *, host: str = "", cookie: str = "") -> str:
    """Return the head of a form whose length nobody is told."""
    at = host or f"{LOOPBACK}:{port}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nContent-Type: {kind}\r\nCookie: {cookie}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )


MULTIPART = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="code"; filename="f"\r\n\r\n'


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/enter", MULTIPART),
        ("/enter", FORM),
        ("/enter", "text/plain"),
        ("/enter", "application/x-www-form-urlencoded-not"),
        (f"/c/{SLUG}/check-in", MULTIPART),
        ("/nothing", FORM),
        ("/static/desk.css", FORM),
    ],
)
def test_a_stranger_fills_neither_disk_nor_memory(inside: Served, path: str, kind: str) -> None:
    """Attacks 75 and 76: of 600 MiB without a code, whatever the form, the door takes less than one, and writes nothing."""
    port, code = inside.open_check_in()
    door = door_of(inside)
    written, memory = door.io_counters().write_chars, door.memory_info().rss
    chunk = PART + b"x" * 65_000 if kind == MULTIPART else b"code=" + b"x" * 65_000
    sent, _answer = pour(port, head(port, path, kind), 600 * MEBIBYTE, chunk)

    assert sent < 40 * MEBIBYTE  # what the system keeps in its own buffers
    assert door.io_counters().write_chars - written < MEBIBYTE
    assert door.memory_info().rss - memory < 30 * MEBIBYTE
    assert "set-cookie" in at_door(port, "/enter", {"code": code}).headers


@pytest.mark.parametrize("kind", [MULTIPART, FORM])
def test_a_phone_with_a_session_fills_nothing_either(inside: Served, kind: str) -> None:
    """Attack 75: with the cookie of the check-in, 64 kB of a plain form are taken and nothing else."""
    port, code = inside.open_check_in()
    cookie = at_door(port, "/enter", {"code": code}).headers["set-cookie"].partition(";")[0]
    door = door_of(inside)
    written = door.io_counters().write_chars
    path = f"/c/{SLUG}/check-in"
    sent, _answer = pour(port, head(port, path, kind, cookie=cookie), 300 * MEBIBYTE, PART + b"x" * 65_000)

    assert sent < 40 * MEBIBYTE
    assert door.io_counters().write_chars - written < MEBIBYTE
    assert at_door(port, path, cookie=cookie).status == 200


def test_too_much_is_said_to_be_too_much(inside: Served) -> None:
    """A form a little too large gets the sentence, with and without its length told."""
    port, code = inside.open_check_in()
    told = at_door(port, "/enter", {"code": "1" * 2000})
    with socket.create_connection((LOOPBACK, port), timeout=PATIENCE) as line:
        line.sendall(head(port, "/enter", FORM).encode() + b"7d0\r\n" + b"1" * 2000 + b"\r\n0\r\n\r\n")
        untold = line.recv(100)

    assert told.status == 413
    assert untold.startswith(b"HTTP/1.1 413")
    assert "set-cookie" in at_door(port, "/enter", {"code": code}).headers


def test_an_upload_without_its_length_is_counted_at_the_desk(inside: Served) -> None:
    """Attack 75: the desk takes 25 MiB in all from its own officer, however it is sent; nothing without a session."""
    host = f"{inside.at.name}:{inside.port}"
    path = f"/c/{SLUG}/lists"
    for cookie in ("", inside.cookie):
        asked = head(inside.port, path, MULTIPART, host=host, cookie=cookie)
        sent, _answer = pour(inside.port, asked, 600 * MEBIBYTE, PART + b"x" * 65_000)
        assert sent < 2 * MOST_OCTETS + 40 * MEBIBYTE
    assert inside.ask("/").status == 200


def test_a_large_list_is_taken_in_at_the_desk(inside: Served) -> None:
    """Twenty megabytes of a list are looked at, also where they come without their length."""
    lines = "".join(f";Nom{n};Prénom{n};;n{n}@example.org;{'x' * 2000}\r\n" for n in range(10_000))
    content = ("Civilité;Nom;Prénom;Organisme;Courriel;Remarque\r\n" + lines).encode()
    assert 20 * MEBIBYTE > len(content) > 19 * MEBIBYTE
    parts = [f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{inside.csrf}\r\n'.encode()]
    parts += [
        b'--b\r\nContent-Disposition: form-data; name="list"; filename="liste.csv"\r\n\r\n',
        content,
        b"\r\n--b--\r\n",
    ]
    body = b"".join(parts)
    connection = HTTPConnection(LOOPBACK, inside.port, timeout=PATIENCE * 5)
    headers = {
        "host": f"{inside.at.name}:{inside.port}",
        "origin": inside.origin,
        "cookie": inside.cookie,
        "content-type": MULTIPART,
    }
    pieces = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    connection.request("POST", f"/c/{SLUG}/lists", pieces, headers, encode_chunked=True)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()

    assert answer.status == 200, text[-500:]
    assert "n0@example.org" in text


# -- time and connections ------------------------------------------------------------------------------------------


async def echo(request: Request) -> Response:
    """Answer with the length of the body."""
    return PlainTextResponse(str(len(await request.body())))


async def large(request: Request) -> Response:
    """Answer with much."""
    return PlainTextResponse("x" * 30_000_000)


async def slow(request: Request) -> Response:
    """Answer little by little, as the progress of a sending does."""

    async def told() -> object:
        for _ in range(8):
            yield "."
            await asyncio.sleep(0.25)

    return StreamingResponse(told())  # type: ignore[arg-type]


Limited = Callable[..., int]


@pytest.fixture
def limited() -> Iterator[Limited]:
    """Start a server with limits; return its port."""
    with ExitStack() as stack:

        def start(**given: object) -> int:
            chosen: dict[str, object] = {"seconds": 1.0, "answer_seconds": 1.0, "octets": 100_000}
            chosen |= {"connections": 8, "of_one_sender": 4} | given

            class Protocol(LimitedProtocol):
                limits = Limits(**chosen)  # type: ignore[arg-type]

            taken = listen(LOOPBACK, 0)
            routes = [Route("/", echo, methods=["GET", "POST"]), Route("/large", large), Route("/slow", slow)]
            made = serve.server(Starlette(routes=routes), Protocol)
            thread = threading.Thread(target=lambda: asyncio.run(serve.run([(made, [taken])])))
            thread.start()

            def end() -> None:
                made.should_exit = True
                thread.join()
                taken.close()

            stack.callback(end)
            return int(taken.getsockname()[1])

        yield start


def connect(port: int, sent: bytes = b"", sender: str = LOOPBACK) -> socket.socket:
    """Open a connection and send something."""
    line = socket.create_connection((LOOPBACK, port), timeout=PATIENCE, source_address=(sender, 0))
    line.sendall(sent)
    return line


def is_closed(line: socket.socket) -> bool:
    """Read until the connection is closed; return whether that came with nothing before it."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while piece := line.recv(65_536):
            got += piece
    line.close()
    return not got


HALF = b"GET / HTTP/1.1\r\nHost: x\r\n"
HALF_A_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx"


@pytest.mark.parametrize(
    "sent",
    [b"", b"G", HALF, HALF_A_BODY],
    ids=["nothing", "a letter", "half a head", "half a body"],
)
def test_half_a_request_ends_at_its_deadline(limited: Limited, sent: bytes) -> None:
    """Attack 77: whatever of it has come."""
    assert is_closed(connect(limited(), sent))


@pytest.mark.parametrize("beginning", [HALF, HALF_A_BODY], ids=["head", "body"])
def test_a_letter_now_and_then_moves_no_deadline(limited: Limited, beginning: bytes) -> None:
    """Attack 77: the deadline is that of the whole request, not of the next octet."""
    line = connect(limited(), beginning)
    begun = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - begun < PATIENCE:
            line.sendall(b"x")
            time.sleep(0.1)
    line.close()

    assert time.monotonic() - begun < PATIENCE


def test_who_does_not_read_the_answer_is_let_go(limited: Limited) -> None:
    """Attack 77: also a connection whose answer is never read."""
    line = connect(limited(), b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(4)
    got = 0
    with contextlib.suppress(ConnectionError):
        while piece := line.recv(1 << 20):
            got += len(piece)
    line.close()

    assert got < 30_000_000


def test_a_slow_phone_is_served(limited: Limited) -> None:
    """A head and a body that come in pieces, each request on the same connection, within the seconds for each."""
    line = connect(limited(seconds=20.0, answer_seconds=20.0))
    for _ in range(3):
        for piece in (b"POST / HTTP/1.1\r\n", b"Host: x\r\nContent-", b"Length: 3\r\n\r\n", b"a", b"b", b"c"):
            line.sendall(piece)
            time.sleep(0.2)
        assert b"200 OK" in line.recv(1000)
    line.close()


def test_an_answer_that_streams_has_no_deadline_at_the_desk(limited: Limited) -> None:
    """The progress of a sending is told for as long as it takes, at the desk; the check-in has no such page."""
    line = connect(
        limited(answer_seconds=None), b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    got = b""
    while piece := line.recv(1000):
        got += piece
    line.close()

    assert got.count(b"\r\n.\r\n") == 8
    assert serve.DeskProtocol.limits.answer_seconds is None


def test_a_new_connection_takes_the_place_of_the_oldest_that_waits(limited: Limited) -> None:
    """Attack 77: of the same sender, or of who has most; an answer under way is not cut off for it."""
    port = limited(seconds=60.0, answer_seconds=60.0)
    streaming = connect(port, b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert streaming.recv(10)
    waiting = [connect(port, HALF) for _ in range(3)]
    others = [connect(port, HALF, f"127.0.0.{n}") for n in (2, 3)]
    fourth = connect(port, HALF)
    assert is_closed(waiting[0])
    more = [connect(port, HALF, f"127.0.0.{n}") for n in (4, 5)]
    newest = connect(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "127.0.0.6")

    assert b"200 OK" in newest.recv(1000)
    assert is_closed(waiting[1])
    for line in (waiting[2], fourth, *others, *more):
        line.sendall(b"Connection: close\r\n\r\n")
        assert b"200 OK" in line.recv(1000)
        line.close()
    got = b""
    while piece := streaming.recv(1000):
        got += piece
    assert got.endswith(b"0\r\n\r\n")
    streaming.close()
    newest.close()


def test_too_many_octets_end_a_connection(limited: Limited) -> None:
    """Attack 75: also behind a request that was answered long ago; requests one after another are each counted anew."""
    port = limited(seconds=60.0)
    line = connect(port)
    for _ in range(5):
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000)
        got = b""
        while not got.endswith(b"60000"):
            got += line.recv(1000)
    line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n" + b"x" * 99_000)
    with contextlib.suppress(OSError):
        line.sendall(b"x" * 101_000)

    assert is_closed(line)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the figures are those of Linux")
@pytest.mark.parametrize("at", ["the door", "the desk"])
@pytest.mark.parametrize("sent", [b"", HALF], ids=["nothing", "half a head"])
def test_a_thousand_connections_shut_nobody_out(tmp_path: Path, at: str, sent: bytes) -> None:
    """Attack 77: 1,100 half-open ones and 1,024 descriptors: desk and door answer at once, to whom they come from, too."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < 2000:
        absent("this process may not open so many files")
    path = workspaces.sample(tmp_path / "mairie")
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
        with running(path, "--no-browser", "--check-in") as desk, ExitStack() as stack:
            door, code = desk.value(3), desk.value(4)
            port = desk.port if at == "the desk" else int(door.rstrip("/").rpartition(":")[2])
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2000), most))
            for _ in range(1100):
                line = socket.socket()
                stack.callback(line.close)
                line.settimeout(PATIENCE)
                line.connect((LOOPBACK, port))
                with contextlib.suppress(OSError):
                    line.sendall(sent)
            begun = time.monotonic()
            status, cookie, _text = desk.ask("/enter", {"code": desk.code})
            entered = at_door(int(door.rstrip("/").rpartition(":")[2]), "/enter", {"code": code})

            assert (status, entered.status) == (200, 200)
            assert desk.ask("/", headers={"cookie": cookie})[0] == 200
            assert time.monotonic() - begun < 30
            own = psutil.Process(desk.process.pid)
            assert max(one.num_fds() for one in (own, *own.children())) < 512
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))


# -- a process of its own ------------------------------------------------------------------------------------------


def test_what_the_phone_ticks_the_desk_shows(invited: Served) -> None:
    """Both have the same ledger: a tick at the door is at the desk, and one of a terminal at the door."""
    port, code = invited.open_check_in()
    cookie = at_door(port, "/enter", {"code": code}).headers["set-cookie"].partition(";")[0]
    page = at_door(port, f"/c/{SLUG}/check-in", cookie=cookie).text
    ticked = at_door(
        port,
        f"/c/{SLUG}/check-in/walk-in",
        {"csrf": stamp(page), "first_name": "Zoé", "last_name": "Neuve"},
        cookie=cookie,
    )
    assert ticked.status == 303
    typed(invited.path, BEGINS + timedelta(days=18), "record", SLUG, "Inès Derache", "present")

    assert "Zoé" in invited.ask(f"/c/{SLUG}/check-in?q=neuve").text
    assert "2 dans la salle" in at_door(port, f"/c/{SLUG}/check-in", cookie=cookie).text.replace("\xa0", " ")


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_the_desk_outlives_the_check_in(
    inside: Served, end: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed or stopped, the desk goes on; the next code starts it anew, at the same address."""
    monkeypatch.setattr("mailer.desk.outside.ANSWER_SECONDS", 1.0)
    port, _code = inside.open_check_in()
    door = door_of(inside)
    door.send_signal(end)
    if end is signal.SIGKILL:
        psutil.wait_procs([door], timeout=PATIENCE)
    assert inside.ask("/").status == 200
    said = inside.ask(f"/c/{SLUG}/check-in/open", {})
    text = inside.ask(f"/c/{SLUG}/check-in").text

    assert said.status == 303
    assert f"http://{LOOPBACK}:{port}/" in text
    code = text.partition("code ")[2][:8]
    assert "set-cookie" in at_door(port, "/enter", {"code": code}).headers
    assert door_of(inside).pid != door.pid


def test_a_check_in_that_does_not_start_is_a_sentence(
    inside: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it neither starts nor answers, the desk says so, and goes on."""
    monkeypatch.setattr("mailer.desk.outside.START_SECONDS", 0.0)
    answer = inside.ask(f"/c/{SLUG}/check-in/open", {})

    assert answer.status == 422
    assert "ne démarre pas" in answer.text
    assert inside.ask("/").status == 200


@pytest.mark.parametrize(
    "end",
    [signal.SIGKILL, *(pytest.param(one, marks=pytest.mark.slow) for one in (signal.SIGINT, signal.SIGTERM))],
)
def test_the_check_in_ends_with_the_desk(tmp_path: Path, end: signal.Signals) -> None:
    """Also where the desk was killed: its process goes, and nothing listens any more."""
    path = workspaces.sample(tmp_path / "mairie")
    with running(path, "--no-browser", "--check-in") as desk:
        port = int(desk.value(3).rstrip("/").rpartition(":")[2])
        assert desk.value(4).isdigit()
        assert desk.ask("/")[0] == 403
        assert at_door(port, "/").status == 403
        doors = psutil.Process(desk.process.pid).children(recursive=True)
        desk.process.send_signal(end)
        desk.process.wait(PATIENCE)
        _gone, left = psutil.wait_procs(doors, timeout=PATIENCE)

        assert left == []
        with pytest.raises(OSError, match=r"refused|refusée"):
            socket.create_connection((LOOPBACK, port), timeout=5).close()


def test_no_secret_in_the_arguments_of_the_check_in(tmp_path: Path) -> None:
    """Attack 79: its code, the desk's code and both cookies stand in no process's arguments."""
    path = workspaces.sample(tmp_path / "mairie")
    with running(path, "--no-browser", "--check-in") as desk:
        door, code = desk.value(3), desk.value(4)
        entered = at_door(int(door.rstrip("/").rpartition(":")[2]), "/enter", {"code": code})
        told = "\n".join(" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))
        assert str(path) in told

    for secret in (code, desk.code, entered.headers["set-cookie"].partition(";")[0].partition("=")[2]):
        assert secret not in told
