"""What the service logs of a trouble: enough to act on, and nobody by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailer.cli.service_log import MOST_FAULTS, Log
from mailer.jobs.send import UnsoundError
from mailer.jobs.service_interface import Event
from mailer.model.contact import Origin, Problem, Severity
from mailer.workspace import Workspace


def test_faults_of_letters_are_named_by_place_and_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line holds the faults it speaks of, as many as a line may, without the words that they found."""
    origin = Origin("contacts/invites.csv", 7)
    faults = [Problem(Severity.ERROR, "names-another-invitee", origin, "Nora Martin")] * (MOST_FAULTS + 5)
    log = Log(Workspace(tmp_path), as_json=True, addresses=False)
    log.tell(Event("trouble", "fete", {"part": "appointment"}, trouble=True, error=UnsoundError(faults)))
    line = capsys.readouterr().err
    said = json.loads(line)

    assert (
        said["faults"] == [{"place": "contacts/invites.csv:7", "code": "names-another-invitee"}] * MOST_FAULTS
    )
    assert str(MOST_FAULTS + 5) in said["message"]
    assert "mailer check" in said["message"]
    assert "above" not in said["message"]
    assert "Nora" not in line


def test_another_trouble_names_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only letters have faults."""
    Log(Workspace(tmp_path), as_json=True, addresses=False).tell(Event("stopped", values={"left": 0}))

    assert "faults" not in json.loads(capsys.readouterr().err)
