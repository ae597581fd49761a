"""A real Thunderbird as the invitee: it reads the invitation over IMAP, presses what it offers, and sends over SMTP."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from mailer.demo.post_office import PASSWORD
from tests.clients.mail_world import MailWorld
from tests.clients.marionette import Marionette
from tests.clients.processes import Child
from tests.servers.ports import HOST

PROGRAM = next(
    (
        found
        for place in ("/usr/lib/thunderbird/thunderbird", "/usr/lib64/thunderbird/thunderbird", "thunderbird")
        if (found := shutil.which(place))
    ),
    None,
)
WIDTH, HEIGHT = 1280, 1000
ARRIVAL_MS, SETTLE_MS = 30_000, 8_000
_STEPS = Path(__file__).with_suffix(".js")


@dataclass(frozen=True, slots=True)
class Seen:
    """What Thunderbird shows of a message: the words of its bar, its buttons, its own table, and the mail's text."""

    bar: str
    buttons: tuple[str, ...]
    details: str
    text: str


class Thunderbird:
    """Thunderbird in French with a fresh profile: one IMAP account, its calendar on, and no wish to call home."""

    def __init__(self, folder: Path, world: MailWorld, name: str, address: str) -> None:
        assert PROGRAM is not None
        profile, home = folder / "profile", folder / "home"
        profile.mkdir(parents=True)
        home.mkdir()
        preferences = _preferences(world, name, address)
        lines = [
            f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in preferences.items()
        ]
        (profile / "user.js").write_text("".join(lines), "utf-8")
        arguments = [
            PROGRAM,
            "-profile",
            str(profile),
            "-no-remote",
            "-marionette",
            "-remote-allow-system-access",
        ]
        with ExitStack() as undo:
            child = Child([*arguments, "--headless"], folder / "thunderbird.log", _environment(home))
            undo.callback(child.stop)
            self._driver = Marionette(profile, child, _STEPS.read_text("utf-8"))
            undo.callback(self._driver.close)
            self._driver.begin()
            about = self._driver.step("start", HOST, address, PASSWORD, WIDTH, HEIGHT)
            self._running = undo.pop_all()
        self.locale = str(about["locale"])

    def stop(self) -> None:
        """Quit."""
        with suppress(OSError, RuntimeError):
            self._driver.command("Marionette:Quit", flags=["eForceQuit"])
        self._running.close()

    def open(self, message_id: str, picture: Path) -> Seen:
        """Open a message and see what is shown; a picture of it is left for who wants to look."""
        self._driver.step("open", message_id.strip("<>"), ARRIVAL_MS)
        seen = self._driver.step("look", SETTLE_MS)
        self._driver.screenshot(picture)
        return Seen(seen["bar"], tuple(seen["buttons"]), seen["details"], seen["text"])

    def press(self, button: str) -> None:
        """Press a button of the bar, which sends the answer."""
        self._driver.step("press", button)

    def follow_link(self, words: str) -> None:
        """Click the answer link that has `words` in it, and send the mail that opens."""
        self._driver.step("followLink", words)

    def reply(self, words: str) -> None:
        """Reply in writing."""
        self._driver.step("reply", words)


def _environment(home: Path) -> dict[str, str]:
    """The environment without anything of the desktop it is run on."""
    foreign = ("DBUS", "DISPLAY", "LC_", "MOZ", "WAYLAND", "XDG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "LANG": "C.UTF-8",
        "LANGUAGE": "fr_FR",
        "TZ": "Europe/Paris",
        "MOZ_CRASHREPORTER_DISABLE": "1",
        "MOZ_HEADLESS_WIDTH": str(WIDTH),
        "MOZ_HEADLESS_HEIGHT": str(HEIGHT),
        "NO_AT_BRIDGE": "1",
        "GSETTINGS_BACKEND": "memory",
    }


def _preferences(world: MailWorld, name: str, address: str) -> dict[str, object]:
    return _QUIET | {
        "intl.locale.requested": "fr",
        "mail.accountmanager.accounts": "account1,account2",
        "mail.accountmanager.defaultaccount": "account1",
        "mail.accountmanager.localfoldersserver": "server2",
        "mail.account.lastKey": 2,
        "mail.account.account1.identities": "id1",
        "mail.account.account1.server": "server1",
        "mail.account.account2.server": "server2",
        "mail.identity.id1.fullName": name,
        "mail.identity.id1.useremail": address,
        "mail.identity.id1.valid": True,
        "mail.identity.id1.smtpServer": "smtp1",
        "mail.identity.id1.reply_on_top": 1,  # as the assistant for new accounts sets it
        "mail.identity.id1.sig_bottom": False,
        "mail.server.server1.type": "imap",
        "mail.server.server1.hostname": HOST,
        "mail.server.server1.port": world.imap_port,
        "mail.server.server1.userName": address,
        "mail.server.server1.name": address,
        "mail.server.server1.socketType": 0,
        "mail.server.server1.authMethod": 3,
        "mail.server.server1.login_at_startup": False,
        "mail.server.server1.check_new_mail": False,
        "mail.server.server1.directory-rel": "[ProfD]ImapMail/imap",
        "mail.server.server1.autosync_offline_stores": False,
        "mail.server.server2.type": "none",
        "mail.server.server2.hostname": "Local Folders",
        "mail.server.server2.userName": "nobody",
        "mail.server.server2.name": "Local Folders",
        "mail.server.server2.directory-rel": "[ProfD]Mail/Local Folders",
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        "mail.smtpserver.smtp1.type": "smtp",
        "mail.smtpserver.smtp1.hostname": HOST,
        "mail.smtpserver.smtp1.port": world.smtp_port,
        "mail.smtpserver.smtp1.try_ssl": 0,
        "mail.smtpserver.smtp1.authMethod": 1,
    }


# No first steps, no updates, no reports, no questions, no other machine, no animations.
_QUIET: dict[str, object] = {
    "marionette.port": 0,
    "app.donation.eoy.version.viewed": 999,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "calendar.timezone.local": "Europe/Paris",
    "calendar.timezone.useSystemTimezone": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.autoDisableScopes": 0,
    "extensions.enabledScopes": 15,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "intl.regional_prefs.use_os_locales": False,
    "mail.accounthub.enabled": False,
    "mail.biff.play_sound": False,
    "mail.biff.show_alert": False,
    "mail.compose.warned_about_customize_from": True,
    "mail.inappnotifications.enabled": False,
    "mail.pane_config.dynamic": 0,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mail.ui-rdf.version": 99,
    "mailnews.auto_config_url": "",
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disableIPv6": True,
    "network.proxy.type": 0,
    "security.dialog_enable_delay": 0,
    "security.sandbox.content.level": 0,
    "services.settings.server": "data:,#none",
    "toolkit.cosmeticAnimations.enabled": False,
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
}
