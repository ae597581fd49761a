"""The poll programs whose exports are read.

A new program is a module ``from_x`` and one entry in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable

from mailer.polls.poll import Poll, PollFile
from mailer.polls.programs import from_doodle, from_form, from_framadate, from_nextcloud, from_rallly

READERS: tuple[Callable[[PollFile], Poll | None], ...] = (
    from_nextcloud.read,
    from_rallly.read,
    from_framadate.read,
    from_doodle.read,
    from_form.read,
)
"""One reader per program. They are tried in this order, the export that is easiest to recognise first."""
