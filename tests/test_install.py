"""The program is installed as the documents say, in a clean environment; each command is taken from their text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from functools import cache
from pathlib import Path

import pytest

from mailer.wording.sentences import SENTENCES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYTHONS = ("python3.11", "python3.12", "python3.13")
MISSING = {
    "demo-missing": "aiosmtpd.controller, pymap.imap",
    "desk-missing": "starlette, uvicorn, python_multipart, tomlkit",
    "keyring-missing": "keyring",
    "pdf-missing": "reportlab",
    "store-driver": "psycopg",
}
"""The sentences that name a library to install, and what can be imported then."""


def blocks() -> list[str]:
    """The commands of the README for Linux without make, by paragraph."""
    section = README.partition("## Without make\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found if "Scripts" not in block]


@cache
def no_registry() -> str:
    """Why packages cannot be fetched here; empty where they can."""
    asked = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--no-deps",
        "hatchling",
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"no package registry: {done.stderr.strip()[-200:]}"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of the project without what was installed or built, in a folder with spaces and accents."""
    if reason := no_registry():
        pytest.skip(reason)
    folder = tmp_path / "Téléchargements" / "mailer rsvp"
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    for name in filter(None, done.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    if not folder.exists():
        pytest.skip("no git checkout to copy")
    return folder


def surroundings(home: Path, *paths: Path) -> dict[str, str]:
    """The variables of somebody who has installed nothing."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "MAILER"))
    }
    return kept | {
        "HOME": str(home),
        "MAILER_LANGUAGE": "en",
        "PATH": os.pathsep.join([*map(str, paths), os.environ["PATH"]]),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv")),
        "UV_TOOL_DIR": str(home / "tools"),
        "UV_TOOL_BIN_DIR": str(home / "bin"),
        "PIPX_HOME": str(home / "pipx"),
        "PIPX_BIN_DIR": str(home / "bin"),
        "XDG_BIN_HOME": str(home / "bin"),
    }


def ran(command: str | list[str], folder: Path, environment: dict[str, str]) -> str:
    """Run a command that has to end well; return what it said."""
    words = ["bash", "-euc", command] if isinstance(command, str) else command
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def works(program: Path, folder: Path, environment: dict[str, str]) -> None:
    """The installed program says its version, makes a workspace, writes a PDF and has a desk and a demo."""
    folder.mkdir()
    assert "0.1.0" in ran([str(program), "--version"], folder, environment)
    ran([str(program), "init", "--sample", "w"], folder, environment)
    ran([str(program), "--workspace", "w", "status"], folder, environment)
    ran(
        [str(program), "--workspace", "w", "export", "restitution-hellemmes", "sheet.pdf"],
        folder,
        environment,
    )
    for command in ("desk", "demo"):
        ran([str(program), command, "--help"], folder, environment)


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks(), ids=lambda block: block.splitlines()[-1])
def test_the_readme_installs_it(block: str, clone: Path, tmp_path: Path) -> None:
    """What the README tells to type without make, from a folder with spaces and accents."""
    tool = re.match(r"pipx|uv", block)
    helpers = tmp_path / "helpers"
    helpers.mkdir()
    if tool and tool[0] == "pipx" and not shutil.which("pipx"):
        if not shutil.which("uv"):
            pytest.skip("pipx is not installed")
        (helpers / "pipx").write_text('#!/bin/sh\nexec uv tool run pipx "$@"\n')
        (helpers / "pipx").chmod(0o755)
    elif tool and not shutil.which(tool[0]):
        pytest.skip(f"{tool[0]} is not installed")
    environment = surroundings(tmp_path, helpers)
    ran(block, clone, environment)
    programs = [tmp_path / "bin" / "mailer", *clone.glob("*venv/bin/mailer")]
    (program,) = (path for path in programs if path.exists())
    works(program, tmp_path / "elsewhere", environment)


def interpreter(name: str) -> str:
    """Find a Python on the path, or among those of pyenv, whose commands on the path may name one that is switched off."""
    version = name.removeprefix("python")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for found in (shutil.which(name), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python3")))):
        if found and subprocess.run([found, "-V"], capture_output=True, check=False).returncode == 0:
            return found
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_every_python_that_is_promised(python: str, clone: Path, tmp_path: Path) -> None:
    """The demo runs on every version the README names, where that is installed."""
    found = interpreter(python)
    if not found:
        pytest.skip(f"{python} is not installed")
    environment = surroundings(tmp_path)
    ran([found, "-m", "venv", str(tmp_path / "v")], tmp_path, environment)
    ran([str(tmp_path / "v" / "bin" / "pip"), "install", f"{clone}[all]"], tmp_path, environment)
    said = ran([str(tmp_path / "v" / "bin" / "mailer"), "demo"], tmp_path, environment)
    assert "The ledger says what every one of the 20 invitees meant." in said
    assert "Task was destroyed" not in said


@pytest.mark.slow
def test_the_container_installs_it(clone: Path, tmp_path: Path) -> None:
    """The line of the Dockerfile, with the folder as the container has it."""
    dockerfile = (
        (ROOT / "docs" / "service.md").read_text("utf-8").partition("```dockerfile\n")[2].partition("```")[0]
    )
    (source,) = re.findall(r"^COPY \. (\S+)$", dockerfile, re.MULTILINE)
    (command,) = re.findall(r"^RUN (pip install .+)$", dockerfile, re.MULTILINE)
    assert source in command
    venv.create(tmp_path / "v", with_pip=True)
    environment = surroundings(tmp_path, tmp_path / "v" / "bin")
    ran(command.replace(source, str(clone)), tmp_path, environment)
    ran(
        [str(tmp_path / "v" / "bin" / "python"), "-c", "import psycopg, reportlab, mailer"],
        tmp_path,
        environment,
    )


@pytest.mark.slow
def test_a_missing_library_is_installed_as_the_program_says(clone: Path, tmp_path: Path) -> None:
    """The bare program names each library it lacks; the command it names, and those of the documents, add it."""
    venv.create(tmp_path / ".venv", with_pip=True)
    environment = surroundings(tmp_path, tmp_path / ".venv" / "bin")
    python, program = (str(tmp_path / ".venv" / "bin" / name) for name in ("python", "mailer"))
    ran([python, "-m", "pip", "install", str(clone)], tmp_path, environment)
    done = subprocess.run(
        [program, "desk"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert SENTENCES["desk-missing"] in done.stderr
    for code, modules in MISSING.items():
        script = [python, "-c", f"import {modules}"]
        assert subprocess.run(script, env=environment, capture_output=True, check=False).returncode == 1
        (command,) = re.findall(
            r'pip install (?:[\w-]+|"[^"]+")(?: [\w-]+)*', SENTENCES[code].partition(". Or")[0]
        )
        ran(command, tmp_path, environment)
        ran(script, tmp_path, environment)
    for language in ("en", "fr"):
        text = (ROOT / "docs" / f"administrator.{language}.md").read_text("utf-8")
        (command,) = re.findall(r"`(\S*pip install [^`]+)`", text)
        ran(command, tmp_path, environment)
    ran([program, "desk", "--help"], tmp_path, environment)


def test_every_install_command_is_tried() -> None:
    """No document holds a command that these tests do not run, but for Windows; none fetches a stranger's `mailer`."""
    tried = "\n".join(blocks())
    for document in DOCUMENTS:
        for line in document.read_text("utf-8").splitlines():
            for command in re.findall(r"(?:pip|pipx|uv tool) install [^`\n]+", line):
                assert (
                    "Scripts" in line
                    or command in tried
                    or document.name.startswith(("administrator", "service"))
                )
                assert not re.search(
                    r"""[\s"']mailer(-rsvp)?(\[|["'\s]|$)""", command.replace("mailer rsvp[all]", "")
                )


def test_all_is_everything() -> None:
    """The extra `all` names every other one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert extras.pop("all") == [f"{project['name']}[{','.join(sorted(extras))}]"]
