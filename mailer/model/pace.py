"""How many messages an account may send per minute, hour and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

NO_DOMAINS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `at_most` messages in any rolling `window`; only those to `domain` count if one is given."""

    window: timedelta
    at_most: int
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """The messages allowed per minute, hour and rolling day (0: no limit).

    All campaigns and processes that send under the same `account` name share these limits. `per_domain` is
    the number of messages per minute to each recipient domain, by its name in lower case.
    """

    account: str = ""
    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    per_domain: Mapping[str, int] = field(default_factory=lambda: NO_DOMAINS)
