"""Run the measurements of this folder one after the other: ``make bench``, or ``python -m bench NAME ...`` for some."""

from __future__ import annotations

import runpy
import sys

MEASUREMENTS = (
    "contacts",
    "answers",
    "machines",
    "mutations",
    "delivery",
    "ledger",
    "reading",
    "desk",
    "startup",
)


def main(chosen: list[str]) -> None:
    """Run the measurements named, or all."""
    for name in chosen or MEASUREMENTS:
        print(f"== {name}", flush=True)
        sys.argv = [f"bench/{name}.py"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
