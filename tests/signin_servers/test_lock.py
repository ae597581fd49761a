"""The packages of the OpenID provider are locked by their hashes, wherever they are fetched from."""

from __future__ import annotations

import json

from tests.servers.identity_provider import SOURCES


def test_the_lock_names_no_address() -> None:
    """Each package has a hash, and none has an address it is fetched from."""
    packages = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))["packages"]
    own = packages.pop("")
    assert packages[f"node_modules/{next(iter(own['dependencies']))}"]["version"] == "8.8.1"
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
