"""A workspace on disk: how it is begun, opened and checked."""

from __future__ import annotations

from mailer.workspace.opening import CAMPAIGNS, Clock, Workspace

__all__ = ["CAMPAIGNS", "Clock", "Workspace"]
