"""The name of this machine."""

from __future__ import annotations

import socket


def full_name(*, look_up: bool) -> str:
    """Return the name of this machine, completed from the hosts file and the DNS if `look_up` says so."""
    name = socket.gethostname()
    return socket.getfqdn() if look_up and "." not in name else name
