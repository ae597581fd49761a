"""Jinja templates compiled once per process: every test that opens a campaign or a web interface compiles the same ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import jinja2

Method = Callable[..., Any]


def _alike(environment: jinja2.Environment) -> Hashable:
    """Return what the code of a template depends on besides its text."""
    return (
        type(environment),
        getattr(environment.autoescape, "__code__", environment.autoescape),
        environment.finalize,
        environment.undefined,
        environment.trim_blocks,
        environment.lstrip_blocks,
        environment.keep_trailing_newline,
        frozenset(environment.extensions),
        frozenset(environment.filters),
        frozenset(environment.tests),
        frozenset(environment.globals),
    )


def _remembered(method: Method) -> Method:
    """Return a method that gives the same result for the same text, names and kind of environment; errors are raised anew.

    A parsed template is the same as itself only: its hash is its identity.
    """
    known: dict[Hashable, Any] = {}

    def call(environment: jinja2.Environment, source: Hashable, *names: Any, **more: Any) -> Any:
        key = (_alike(environment), source, names, tuple(more.items()))
        if key not in known:
            known[key] = method(environment, source, *names, **more)
        return known[key]

    return call


def remember() -> None:
    """Make Jinja remember what it has parsed and compiled."""
    jinja2.Environment.parse = _remembered(jinja2.Environment.parse)  # type: ignore[method-assign]
    jinja2.Environment.compile = _remembered(jinja2.Environment.compile)  # type: ignore[method-assign]
