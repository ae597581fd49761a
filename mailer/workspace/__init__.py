"""A workspace on disk: make a new one, open one, check one."""

from __future__ import annotations

from mailer.workspace.opening import CAMPAIGNS, Clock, Workspace

__all__ = ["CAMPAIGNS", "Clock", "Workspace"]
