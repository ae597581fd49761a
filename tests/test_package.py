"""The package: security floors and the lock, licences in the wheel, what the wheel holds (attacks 108 to 111)."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\\\n]+)")
BOUND = re.compile(r'(?m)^ *"([A-Za-z0-9_-]+)(?:\[[^\]]*\])?>=([0-9.]+)", *# (.*)$')

ADVISORIES = {
    "starlette": {"1.0.1": "CVE-2026-48710", "1.3.1": "CVE-2026-54283"},
    "python-multipart": {"0.0.27": "CVE-2026-40347", "0.0.30": "CVE-2026-53539", "0.0.31": "CVE-2026-53540"},
    "jinja2": {"3.1.6": "CVE-2025-27516"},
    "aiosmtplib": {"5.1.1": "CVE-2026-53533", "5.1.2": "CVE-2026-55558"},
    "authlib": {"1.6.9": "CVE-2026-27962", "1.7.2": "CVE-2026-44681"},
    "click": {"8.3.3": "CVE-2026-7246"},
    "cryptography": {"46.0.6": "CVE-2026-34073", "46.0.7": "CVE-2026-39892", "50.0.0": "CVE-2026-69247"},
    "filelock": {"3.20.1": "CVE-2025-68146", "3.20.3": "CVE-2026-22701"},
    "icalendar": {"7.1.3": "CVE-2026-55099"},
    "idna": {"3.7": "CVE-2024-3651", "3.15": "CVE-2026-45409"},
    "pydantic-settings": {"2.14.2": "GHSA-4xgf-cpjx-pc3j"},
    "requests": {"2.33.0": "CVE-2026-25645"},
    "h11": {"0.16.0": "CVE-2025-43859"},
    "mako": {"1.3.12": "CVE-2026-44307"},
    "pillow": {"12.2.0": "CVE-2026-40192", "12.3.0": "CVE-2026-54059"},
    "urllib3": {"2.7.0": "CVE-2026-44432"},
}
"""The first sound version by advisory, as the advisories have it."""


def floors() -> dict[str, Version]:
    """Every lower bound in pyproject.toml, whatever the table, the highest for each library."""
    project = tomllib.loads(PYPROJECT)
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    found: dict[str, Version] = {}
    for requirement in (Requirement(one) for several in lists for one in several):
        for bound in requirement.specifier:
            if bound.operator == ">=":
                name = canonicalize_name(requirement.name)
                found[name] = max(found.get(name, Version("0")), Version(bound.version))
    return found


def below(lock: str) -> dict[str, str]:
    """Return what a lock has below its floor."""
    bounds = floors()
    pinned = {canonicalize_name(name): version for name, version in PINNED.findall(lock)}
    return {name: v for name, v in pinned.items() if Version(v) < bounds.get(name, Version("0"))}


def test_the_lock_holds_no_version_below_a_floor() -> None:
    """Attack 111: every pin is at its floor or above, and every floor is of something that is locked."""
    assert len(PINNED.findall(LOCK)) > 60
    assert below(LOCK) == {}
    assert floors().keys() <= {canonicalize_name(name) for name, _version in PINNED.findall(LOCK)}


@pytest.mark.parametrize(
    ("name", "version"), [("starlette", "1.3.0"), ("python-multipart", "0.0.30"), ("urllib3", "2.6.3")]
)
def test_a_version_below_a_floor_is_found(name: str, version: str) -> None:
    """The comparison would find a lock that goes back by one version."""
    older = re.sub(rf"(?m)^{name}==[^ ;\\\n]+", f"{name}=={version}", LOCK)

    assert {name: version} == below(older)


@pytest.mark.parametrize("name", ADVISORIES)
def test_floors_are_above_the_advisories(name: str) -> None:
    """Each floor is at the first sound version or above, and the line says which advisory set it."""
    written = {library: (Version(bound), said) for library, bound, said in BOUND.findall(PYPROJECT)}
    bound, said = written[name]

    assert bound >= max(Version(first) for first in ADVISORIES[name])
    assert [number for number in ADVISORIES[name].values() if number not in said] == []


def test_the_lock_has_hashes_and_no_address() -> None:
    """Attack 108: each pin has its hashes, installing asks for them, and no index is named; htmx is the one in NOTICE."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9._-]+==)", LOCK)[1:]
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?://|^-", LOCK, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in makefile.splitlines() if "requirements.lock" in line and "install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)
    static = ROOT / "mailer" / "desk" / "static"
    digest = hashlib.sha256((static / "htmx.min.js").read_bytes()).hexdigest()
    assert f"sha256 {digest}" in (static / "NOTICE").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built as a release is."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as opened:
        yield opened


def about(wheel: zipfile.ZipFile) -> tuple[str, Message]:
    """Return the folder of the wheel's metadata, and METADATA."""
    (name,) = (one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
    return name.removesuffix("METADATA"), message_from_string(wheel.read(name).decode("utf-8"))


def test_the_wheel_names_every_licence(wheel: zipfile.ZipFile) -> None:
    """PEP 639: one expression for the program and all it carries, and the text of each, which lies in the wheel."""
    folder, said = about(wheel)
    texts = said.get_all("License-File", [])

    assert Version(str(said["Metadata-Version"])) >= Version("2.4")
    assert said["License-Expression"] == "Apache-2.0 AND 0BSD AND Bitstream-Vera"
    assert "License" not in said
    assert sorted(texts) == ["LICENSE", "mailer/desk/static/NOTICE", "mailer/exports/fonts/LICENSE.txt"]
    for text, word in zip(
        sorted(texts), ("Apache License", "Zero-Clause BSD", "Bitstream Vera"), strict=True
    ):
        assert word in wheel.read(f"{folder}licenses/{text}").decode("utf-8")


def test_what_is_not_ours_in_the_wheel_has_its_licence(wheel: zipfile.ZipFile) -> None:
    """Attack 110: nothing but source, texts and catalogues is in it, save what a licence beside it covers."""
    ours = (".py", ".html", ".toml", ".css", ".po", ".mo", ".mako", ".typed", ".txt", ".md", ".csv", ".tsv")
    foreign = {
        name
        for name in wheel.namelist()
        if ".dist-info/" not in name and not name.endswith(ours) and not name.endswith(("NOTICE", "/desk.js"))
    }

    assert foreign == {
        "mailer/desk/static/htmx.min.js",
        "mailer/exports/fonts/DejaVuSansCondensed.ttf",
        "mailer/exports/fonts/DejaVuSansCondensed-Bold.ttf",
    }


def test_the_wheel_holds_the_program_alone(wheel: zipfile.ZipFile) -> None:
    """Attack 109: no tests, no secrets, no ledger, nothing that was installed or built; the sample is there."""
    names = wheel.namelist()

    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"mailer"}
    assert [
        one
        for one in names
        if re.search(r"/(tests?|secrets|data|exports_|\.\w+)/|\.sqlite|\.key$|password$", one)
    ] == []
    assert "mailer/sample/config/mailer.toml" in names


def needed() -> set[str]:
    """Return the libraries of the program and all extras, and what they need, as far as they are installed here."""
    wanted, found = ["mailer-rsvp"], set[str]()
    while wanted:
        name = wanted.pop()
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        for requirement in map(Requirement, asked):
            library = canonicalize_name(requirement.name)
            is_extra = "extra" in str(requirement.marker or "") and name != "mailer-rsvp"
            if library not in found and not is_extra:
                found.add(library)
                wanted.append(library)
    return found - {"mailer-rsvp"}


def test_the_licences_of_the_libraries_allow_it() -> None:
    """Attack 110: all are permissive or MPL, save the PostgreSQL driver, which is LGPL and an extra."""
    restricted = {}
    libraries = needed()
    for name in sorted(libraries):
        try:
            said = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        licences = [
            *said.get_all("License-Expression", []),
            *(text[:200] for text in said.get_all("License", [])),
            *(one for one in said.get_all("Classifier", []) if one.startswith("License")),
        ]
        if "GPL" in (text := " ".join(licences)) and "BSD" not in text:
            restricted[name] = text
    assert len(libraries) > 30
    assert set(restricted) <= {"psycopg", "psycopg-binary"}
    assert all("LGPL" in text or "Lesser" in text for text in restricted.values())
