"""How many messages a mail account may still send, counted in the database for all processes together."""

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
class RemainingQuota:
    """How many messages may still be sent, in all and to each domain that has a limit of its own."""

    messages: int
    domains: dict[str, int]

    @property
    def full(self) -> list[str]:
        """The domains whose limit is reached."""
        return [domain for domain, left in self.domains.items() if left <= 0]

    def fill(self, domains: Iterable[str]) -> None:
        """Subtract claimed messages, given by their domains."""
        for domain in domains:
            if domain in self.domains:
                self.domains[domain] -= 1


def remaining(connection: Connection, account: str, limits: Sequence[Limit], now: datetime) -> RemainingQuota:
    """Count what is left of each limit.

    To be followed by `spend` in the same transaction. On PostgreSQL an advisory lock makes other processes wait
    until then; on SQLite the write lock does.
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
    return RemainingQuota(messages, domains)


def spend(
    connection: Connection, account: str, domains: Sequence[str], limits: Sequence[Limit], now: datetime
) -> None:
    """Record attempts, and delete those that are older than the window of every limit."""
    oldest = now - max(KEPT, *(limit.window for limit in limits))
    connection.execute(sa.delete(attempts).where(attempts.c.account == account, attempts.c.at <= oldest))
    rows = [{"account": account, "domain": domain, "at": now} for domain in domains]
    connection.execute(sa.insert(attempts), rows)


def free_at(
    connection: Connection, account: str, limits: Sequence[Limit], now: datetime
) -> dict[str, datetime]:
    """Return when each limit allows another message, by domain; the empty domain is the whole account."""
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
