"""Bounds on what a connection may take before its request is looked at: time, octets, and how many there are.

uvicorn has no deadline for a request: a connection that sends nothing, or a letter a minute, stays for ever and keeps its
descriptor. Here each request has to be there whole within some seconds and octets. Where there are too many connections, the
one that has waited longest for its request goes, of the sender who has most; so whoever comes with a whole request is
served, whatever others hold open.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one server.

    `seconds` for a request to be there whole, `answer_seconds` for it to be answered and read (None: as long as it
    takes), `octets` of a request with its head, `connections` in all, and of one sender's address.
    """

    seconds: float
    answer_seconds: float | None
    octets: int
    connections: int
    of_one_sender: int


class LimitedProtocol(H11Protocol):
    """Connection that keeps to `limits`; a subclass has those of its server."""

    limits: ClassVar[Limits]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._octets = 0
        self._answered: object = None
        self.since = 0.0
        """When it began to wait for its present request, by the clock of the loop."""
        self.waits = True
        """Whether its request is not there whole."""

    @property
    def sender(self) -> str:
        """Return the sender's address."""
        return self.client[0] if self.client else ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, and close another one where there are too many."""
        super().connection_made(transport)
        self._begin()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        """Count the octets as they arrive; close the connection where there are too many."""
        self._octets += len(data)
        if self._octets > self.limits.octets:
            self.drop()
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request on this connection."""
        self._answered = self.cycle
        self._begin()
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._set_timer(None)
        super().connection_lost(exc)

    def _begin(self) -> None:
        """Wait for a request from now on."""
        self._octets, self.waits, self.since = 0, True, self.loop.time()
        self._set_timer(self.limits.seconds)

    def _look(self) -> None:
        """See whether the request has come whole."""
        if self.waits and self.cycle and self.cycle is not self._answered and not self.cycle.more_body:
            self.waits = False
            self._set_timer(self.limits.answer_seconds)

    def _set_timer(self, seconds: float | None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self.drop)

    def drop(self) -> None:
        """Close the connection at once, whatever was still to be sent."""
        self._set_timer(None)
        self.connections.discard(self)
        self.transport.abort()

    def _make_room(self) -> None:
        """Close a connection that waits for its request where there are too many: of this sender, or of who has most."""
        others = [cast("LimitedProtocol", one) for one in self.connections if one is not self]
        of_sender = Counter(one.sender for one in others)
        if of_sender[self.sender] >= self.limits.of_one_sender:
            most = of_sender[self.sender]
            others = [one for one in others if one.sender == self.sender]
        elif len(others) >= self.limits.connections:
            most = max(of_sender.values())
        else:
            return
        waiting = [one for one in others if one.waits]
        greedy = [one for one in waiting if of_sender[one.sender] == most] or waiting or [self]
        min(greedy, key=lambda one: one.since).drop()
