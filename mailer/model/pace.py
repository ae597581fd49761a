"""How fast an account may send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

NO_DOMAINS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Limit:
    """No more than `at_most` messages in any `window`, to `domain` alone where one is named."""

    window: timedelta
    at_most: int
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """What an account allows: messages per minute, hour and rolling day (0: no limit).

    `account` names the budget: whatever sends under the same name shares it, in every campaign and process.
    `per_domain` is messages per minute to one recipient domain, by its name in lower case.
    """

    account: str = ""
    per_minute: int = 0
    per_hour: int = 0
    per_day: int = 0
    per_domain: Mapping[str, int] = field(default_factory=lambda: NO_DOMAINS)
