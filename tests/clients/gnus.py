"""A real Gnus, the mail reader of Emacs, as the invitee: it reads over IMAP, answers, and sends over SMTP."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from mailer.demo.post_office import PASSWORD
from tests.clients.mail_world import MailWorld
from tests.clients.processes import PATIENCE
from tests.servers.ports import HOST

PROGRAM = shutil.which("emacs")
_STEPS = Path(__file__).with_suffix(".el")


@dataclass(frozen=True, slots=True)
class Gnus:
    """The Gnus of somebody; each gesture starts Emacs, opens the mail, and ends."""

    folder: Path
    world: MailWorld
    name: str
    address: str

    def look(self, message_id: str) -> str:
        """What Gnus shows of a mail."""
        return self._gesture(message_id, "look")

    def answer(self, message_id: str, gesture: str) -> str:
        """Press "accept", "decline" or "tentative"; gives what was shown before."""
        return self._gesture(message_id, gesture)

    def reply(self, message_id: str, words: str) -> str:
        """Reply in writing, above the quoted mail; gives what was shown before."""
        return self._gesture(message_id, "write", words)

    def _gesture(self, message_id: str, gesture: str, words: str = "") -> str:
        assert PROGRAM is not None
        self.folder.mkdir(exist_ok=True)
        seen, login = self.folder / "seen.txt", self.folder / "authinfo"
        login.write_text(
            f"machine {HOST} port {self.world.imap_port} login {self.address} password {PASSWORD}\n", "ascii"
        )
        variables = {
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "Europe/Paris",
            "GNUS_HOST": HOST,
            "GNUS_IMAP_PORT": str(self.world.imap_port),
            "GNUS_SMTP_PORT": str(self.world.smtp_port),
            "GNUS_AUTHINFO": str(login),
            "GNUS_NAME": self.name,
            "GNUS_ADDRESS": self.address,
            "GNUS_MESSAGE_ID": message_id,
            "GNUS_GESTURE": gesture,
            "GNUS_WORDS": words,
            "GNUS_SEEN": str(seen),
        }
        ended = subprocess.run(
            [PROGRAM, "--batch", "-Q", "-l", str(_STEPS)],
            env=dict(os.environ) | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
        return seen.read_text("utf-8")
