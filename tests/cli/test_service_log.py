"""The log of the service and its health line name nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailer import environment
from mailer.cli.service_log import Log
from mailer.errors import WireError
from mailer.jobs.service_interface import Event
from mailer.workspace import Workspace

ADDRESSES = (
    "anna@example.org",
    "Jean.Dupont+x@mairie.example",
    '"odd local"@example.net',
    "é@straße.example",
    "x@[192.0.2.7]",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("as_json", [True, False], ids=["json", "sentences"])
@pytest.mark.parametrize("shown", [True, False], ids=["addresses", "masked"])
def test_87_addresses_are_in_the_log_only_where_they_are_asked_for(
    address: str, as_json: bool, shown: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a server says of whom, in a sentence or in a value; the rest of its words stays."""
    environment.speak("en")
    said = f"550 5.1.1 <{address}>: unknown ({address})"
    error = WireError("smtp-turned-away", host="mail.example", port=25, name="smtp", reply=550, reason=said)
    log = Log(Workspace(tmp_path), as_json=as_json, addresses=shown)
    log.tell(Event("trouble", "x", {"part": "sending", "about": said}, trouble=True, error=error))
    captured = capsys.readouterr()
    told = captured.out + captured.err

    if as_json:
        told = json.dumps(json.loads(told), ensure_ascii=False).replace('\\"', '"')
    local, _at, domain = address.rpartition("@")
    flat = " ".join(told.split())
    assert "unknown" in flat
    assert (local.strip('"') in flat and domain in flat) is shown
