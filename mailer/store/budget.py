"""What an account has spent of its allowance, counted in the tables, so that every process sees the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.pace import Limit
from mailer.store.tables import attempts

PLENTY = 1 << 30
KEPT = timedelta(days=1)


@dataclass(slots=True)
class Room:
    """How many messages may still go, in all and to the domains that have a limit of their own."""

    messages: int
    domains: dict[str, int]

    @property
    def full(self) -> list[str]:
        """The domains that get no more for now."""
        return [domain for domain, left in self.domains.items() if left <= 0]

    def fill(self, domains: Iterable[str]) -> None:
        """Take into account what was claimed."""
        for domain in domains:
            if domain in self.domains:
                self.domains[domain] -= 1


def room(connection: Connection, account: str, limits: Sequence[Limit], now: datetime) -> Room:
    """Count what is left of each limit.

    Whoever counts spends in the same transaction; on PostgreSQL an advisory lock keeps others from counting
    meanwhile.
    """
    if limits and connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(account))))
    messages, domains = PLENTY, dict[str, int]()
    for limit in limits:
        left = limit.at_most - connection.execute(_count(account, limit, now)).scalar_one()
        if limit.domain:
            domains[limit.domain] = min(left, domains.get(limit.domain, PLENTY))
        else:
            messages = min(left, messages)
    return Room(messages, domains)


def spend(
    connection: Connection, account: str, domains: Sequence[str], limits: Sequence[Limit], now: datetime
) -> None:
    """Note attempts, and drop those that no limit looks back to."""
    oldest = now - max(KEPT, *(limit.window for limit in limits))
    connection.execute(sa.delete(attempts).where(attempts.c.account == account, attempts.c.at <= oldest))
    rows = [{"account": account, "domain": domain, "at": now} for domain in domains]
    connection.execute(sa.insert(attempts), rows)


def free_at(
    connection: Connection, account: str, limits: Sequence[Limit], now: datetime
) -> dict[str, datetime]:
    """When each limit lets another message go, by domain; the empty name is the account's own."""
    free: dict[str, datetime] = {}
    for limit in limits:
        full = (
            _spent(sa.select(attempts.c.at), account, limit, now)
            .order_by(attempts.c.at.desc())
            .limit(1)
            .offset(max(limit.at_most - 1, 0))
        )
        at = connection.execute(full).scalar_one_or_none()
        if at is not None:
            free[limit.domain] = max(at + limit.window, free.get(limit.domain, now))
    return free


def _count(account: str, limit: Limit, now: datetime) -> sa.Select[Any]:
    return _spent(sa.select(sa.func.count()).select_from(attempts), account, limit, now)


def _spent(query: sa.Select[Any], account: str, limit: Limit, now: datetime) -> sa.Select[Any]:
    query = query.where(attempts.c.account == account, attempts.c.at > now - limit.window)
    return query.where(attempts.c.domain == limit.domain) if limit.domain else query
