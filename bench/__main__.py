"""``make bench``: every measurement, one after the other, as ratios side by side in one run."""

from __future__ import annotations

import runpy
import sys

ROOMS = ("contacts", "answers", "machines", "mutations", "delivery", "ledger", "reading", "desk", "startup")


def main(chosen: list[str]) -> None:
    """Run the measurements named, or all."""
    for room in chosen or ROOMS:
        print(f"== {room}", flush=True)
        sys.argv = [f"bench/{room}.py"]
        runpy.run_module(f"bench.{room}", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
