"""The list of attacks has each number once, and each of its tests exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIST = (ROOT / "docs" / "attacks.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NUMBERS = range(1, 112)


@cache
def functions(path: str) -> frozenset[str]:
    """The names of the functions that a file of tests defines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_attack_has_its_line() -> None:
    """The numbers 1 to 111, each once; every row of the file is one of these."""
    rows = [line for line in LIST.splitlines() if re.match(r"\| *\d", line)]
    assert len(rows) == len(ROW.findall(LIST))
    found = Counter(int(number) for number, *_ in ROW.findall(LIST))

    assert {number: found[number] for number in NUMBERS if found[number] != 1} == {}
    assert set(found) <= set(NUMBERS)


@pytest.mark.parametrize(
    ("number", "tests"),
    [(row[0], row[3]) for row in ROW.findall(LIST)],
    ids=[row[0] for row in ROW.findall(LIST)],
)
def test_every_test_of_the_list_exists(number: str, tests: str) -> None:
    """Each is written as `tests/path.py::test_name`."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
    assert named, number
    assert re.sub(r"`tests/[\w/]+\.py::test_\w+`", "", tests).strip(", ") == "", number
    assert [one for one in named if one[1] not in functions(one[0])] == []
