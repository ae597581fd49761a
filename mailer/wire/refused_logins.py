"""What a refused password means, by the words of the server: a wrong one, or one that is not taken there at all.

Exchange Online, Gmail and Yahoo take no password of the account from programs: some want a sign-in by OAuth 2, some a
password made for one application, and some have to be switched on by an administrator. The words are those that the
providers publish (learn.microsoft.com, "Fix issues with printers, scanners and LOB applications";
support.google.com/a/answer/3726730; senders.yahooinc.com), or that users cite. All were looked up in November 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A code of `mailer.wording.sentences`, for a server whose refusal or greeting matches; either may be left out."""

    code: str
    words: str = ""
    server: str = ""

    def matches(self, said: str, server: str) -> bool:
        """Return whether the refusal and what the server tells of itself match."""
        return bool(
            re.search(self.words, said, re.IGNORECASE | re.DOTALL)
            and re.search(self.server, server, re.IGNORECASE | re.DOTALL)
        )


_EXCHANGE = r"Microsoft (ESMTP|Exchange)|\.outlook\.com|outlook\.office365\.com"
_GOOGLE = r"\bgsmtp\b|\bGimap\b|X-GM-EXT-1"
_YAHOO = r"XYMHIGHESTMODSEQ|yahoo|\bAOL\b"

REFUSED_LOGINS = (
    RefusedLogin(
        "login-smtp-auth-off",
        r"SmtpClientAuthentication is disabled|\b5\.7\.57\b|SMTP AUTH is (disabled|off)",
    ),
    RefusedLogin(
        "login-blocked-by-policy", r"security defaults policy|conditional access|blocked by .{0,40}policy"
    ),
    RefusedLogin(
        "login-basic-off",
        r"basic auth(entication)? (is|has been) (disabled|blocked|turned off|deprecated|not supported)|\b5\.7\.30\b",
    ),
    RefusedLogin(
        "login-basic-off", r"(logins?|passwords?) (is|are) (disabled|no longer (allowed|accepted|supported))"
    ),
    RefusedLogin("login-app-password", r"application-specific password|app(lication)?[ -]password"),
    RefusedLogin("login-app-password", r"\b5\.7\.9\b", _GOOGLE),
    RefusedLogin(
        "login-web", r"log ?in (via|with) your web browser|web ?login required|\bWEBALERT\b|\b5\.7\.14\b"
    ),
    RefusedLogin(
        "login-gmail", r"\b5\.7\.8\b|invalid credentials|username and password not accepted", _GOOGLE
    ),
    RefusedLogin(
        "login-yahoo", r"#(AUTH|MBR)\d+|invalid credentials|\b5\.7\.[08]\b|AUTHENTICATIONFAILED", _YAHOO
    ),
    RefusedLogin("login-exchange", r"LOGIN failed|AUTHENTICATE failed|\b5\.7\.(3|139)\b", _EXCHANGE),
)
"""The first that matches holds."""


def meaning(said: str, server: str, *, takes_token: bool) -> str:
    """Return the code of the sentence for a refused password, or an empty string where it may just be wrong.

    `said` is the refusal, `server` what the server tells of itself (greeting and capabilities), and `takes_token` whether
    it offers a mechanism for OAuth 2, in which case a sign-in is named beside the password.
    """
    known = next((one.code for one in REFUSED_LOGINS if one.matches(said, server)), "")
    return known or ("login-or-sign-in" if takes_token else "")
