"""The two web applications: the whole web interface on loopback, and the check-in alone on the local network."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from mailer.desk import (
    another,
    answers,
    check_in,
    entrance,
    glance,
    home,
    letter,
    lists,
    mail_servers,
    meeting,
    papers,
    returned,
    review,
    sending,
    signing_in,
    texts,
)
from mailer.desk.check_in import CHECK_IN_COOKIE
from mailer.desk.guard import Door, Guard
from mailer.desk.state import Desk
from mailer.desk.visit import MOST_OCTETS, MOST_OCTETS_AT_CHECK_IN, View, endpoint, nowhere

STATIC = Path(__file__).parent / "static"

READ: dict[str, View] = {
    "/": home.campaigns,
    "/servers": mail_servers.servers,
    "/servers/login": signing_in.show,
    "/privacy": papers.privacy,
    "/another": another.form,
    "/c/{slug}": answers.table,
    "/c/{slug}/who/{ref}": answers.person,
    "/c/{slug}/who/{ref}/access": answers.access,
    "/c/{slug}/review": review.queue,
    "/c/{slug}/glance": glance.page,
    "/c/{slug}/lists": lists.show,
    "/c/{slug}/meeting": meeting.form,
    "/c/{slug}/texts": texts.texts,
    "/c/{slug}/frame/{key}": letter.frame,
    "/c/{slug}/check": sending.checks,
    "/c/{slug}/send": sending.plan,
    "/c/{slug}/sending": sending.follow,
    "/c/{slug}/calendar": sending.appointments,
    "/c/{slug}/exports": papers.exports,
    "/c/{slug}/exports/{name}": papers.file,
    "/c/{slug}/check-in": check_in.people,
}
"""GET routes; none of these changes anything."""

CHANGE: dict[str, View] = {
    "/enter": entrance.enter,
    "/begin": home.begin,
    "/another": another.begin,
    "/read": home.read,
    "/servers": mail_servers.save_servers,
    "/servers/find": mail_servers.find_servers,
    "/servers/try": mail_servers.try_them,
    "/servers/login/begin": signing_in.begin,
    "/servers/login/stop": signing_in.stop,
    "/servers/logout": signing_in.sign_out,
    "/forget": papers.forget,
    "/purge": papers.purge,
    "/c/{slug}/who/{ref}": answers.note,
    "/c/{slug}/review": review.decide,
    "/c/{slug}/glance": glance.confirm,
    "/c/{slug}/undo": review.undo,
    "/c/{slug}/lists": lists.look,
    "/c/{slug}/lists/take": lists.take,
    "/c/{slug}/meeting": meeting.save,
    "/c/{slug}/texts": texts.save_text,
    "/c/{slug}/look": texts.look,
    "/c/{slug}/test": sending.test,
    "/c/{slug}/send": sending.send,
    "/c/{slug}/sending": sending.steer,
    "/c/{slug}/release": sending.release,
    "/c/{slug}/exports/table": returned.table,
    "/c/{slug}/exports/table/take": returned.take_table,
    "/c/{slug}/exports/poll": returned.votes,
    "/c/{slug}/exports/poll/take": returned.take_votes,
    "/c/{slug}/check-in": check_in.tick,
    "/c/{slug}/check-in/walk-in": check_in.walk_in,
    "/c/{slug}/check-in/open": check_in.open_to_phone,
}

AT_CHECK_IN: tuple[dict[str, View], dict[str, View]] = (
    {"/": check_in.choose, "/c/{slug}/check-in": check_in.people},
    {
        "/enter": check_in.enter,
        "/c/{slug}/check-in": check_in.tick,
        "/c/{slug}/check-in/walk-in": check_in.walk_in,
    },
)


def desk_app(desk: Desk, hosts: Collection[str]) -> Starlette:
    """Return the whole web interface, for this machine, which answers to these values of the Host header."""
    app = _app(
        READ, CHANGE, Door(desk.keys, frozenset(hosts).__contains__, desk.cookie, MOST_OCTETS, uploads=True)
    )
    app.router.routes.insert(0, Route("/c/{slug}/sending/events", sending.events, methods=["GET"]))
    app.router.routes.insert(0, Route("/servers/login/events", signing_in.events, methods=["GET"]))
    app.state.desk = desk
    return app


def check_in_app(desk: Desk, port: int) -> Starlette:
    """Return the check-in alone, for the local network.

    It accepts only an IP address as Host, since a host name may be under somebody else's control (DNS rebinding).
    """
    is_ours = partial(_is_number, port)
    door = Door(desk.check_in_keys, is_ours, CHECK_IN_COOKIE, MOST_OCTETS_AT_CHECK_IN, uploads=False)
    app = _app(*AT_CHECK_IN, door)
    app.state.desk = desk
    app.state.is_check_in = True
    return app


def _app(read: dict[str, View], change: dict[str, View], door: Door) -> Starlette:
    routes: list[Route | Mount] = [
        Route(path, endpoint(view), methods=["GET"]) for path, view in read.items()
    ]
    routes += [Route(path, endpoint(view), methods=["POST"]) for path, view in change.items()]
    routes.append(Mount("/static", StaticFiles(directory=STATIC)))
    guard = Middleware(Guard, door=door)
    return Starlette(routes=routes, middleware=[guard], exception_handlers={404: nowhere, 405: nowhere})


def _is_number(port: int, host: str) -> bool:
    address, colon, said = host.rpartition(":")
    try:
        ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return False
    return bool(colon) and said == str(port)
