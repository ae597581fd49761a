"""How many cases a test tries: few and always the same ones by default, thousands of new ones under ``make soak``."""

from __future__ import annotations

import math
import os

SCALE = float(os.environ.get("SOAK") or 0)
"""The share of a full soak that is asked for; 0 outside ``make soak``."""

SEED = int(os.environ.get("SEED") or 0)
"""What every chance in a soak derives from."""


def examples(number: int) -> int:
    """How many examples of a property are tried where `number` are enough in everyday work; a hundredfold in a soak."""
    return max(1, math.ceil(number * 100 * SCALE)) if SCALE else number


def rounds(number: int) -> range:
    """The rounds of a full soak that are asked for, at least one."""
    return range(max(1, round(number * SCALE)))
