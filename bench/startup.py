"""Measure the time of ``mailer --help`` against ``python -c pass`` and, if one is named, another program's ``--help``.

``python bench/startup.py .../bin/mailmerge``, or ``BESIDE=.../bin/mailmerge make bench``, with mailmerge in a virtual
environment of its own. The runs alternate and the median of each counts, so that one slow run changes nothing.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 40


def once(command: list[str]) -> float:
    """Run a program once and return the seconds it took."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main(beside: str) -> None:
    """Print the median time of each program, and its ratio to that of mailer."""
    commands = {
        "mailer --help": [str(Path(sys.executable).parent / "mailer"), "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    if beside:
        commands[f"{Path(beside).name} --help"] = [beside, "--help"]
    times: dict[str, list[float]] = {name: [] for name, command in commands.items()}
    for _ in range(RUNS):
        for name, command in commands.items():
            times[name].append(once(command))
    ours = statistics.median(times["mailer --help"])
    print(f"{'median of':>20} {RUNS} runs   ours is")
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"{name:>20} {middle * 1000:>4.0f} ms   {ours / middle:.2f} of it")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("BESIDE", ""))
