"""What happens where a program that a test needs is missing: it is skipped, but in CI it fails."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(reason: str) -> NoReturn:
    """Skip the test for this reason; fail it where REQUIRE_SERVERS is set, as `.ci/run` does."""
    if os.environ.get("REQUIRE_SERVERS"):
        pytest.fail(f"{reason}, and REQUIRE_SERVERS is set")
    pytest.skip(reason)
