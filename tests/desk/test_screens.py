"""Every screen of the desk opens, in French, on a campaign in every state."""

from __future__ import annotations

import pytest

from tests.desk.conftest import SLUG, Served

SCREENS = (
    "/", "/servers", "/privacy", "/privacy?ledger=1", "/another", f"/c/{SLUG}", f"/c/{SLUG}/review", f"/c/{SLUG}/glance", f"/c/{SLUG}/meeting", f"/c/{SLUG}/texts",
    f"/c/{SLUG}/lists", f"/c/{SLUG}/check", f"/c/{SLUG}/send", f"/c/{SLUG}/send?kind=reminder",
    f"/c/{SLUG}/calendar", f"/c/{SLUG}/check-in", f"/c/{SLUG}/exports",
)  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_opens_before_anything_was_sent(inside: Served, screen: str) -> None:
    """Each screen answers, says a title, and holds no script or style of its own."""
    answer = inside.ask(screen)

    assert answer.status == 200, answer.text
    assert "<h1>" in answer.text
    assert "<style" not in answer.text
    assert " style=" not in answer.text
