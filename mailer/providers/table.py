"""Mail providers: their servers, how one signs in there, how fast they let an account send, and how one is recognised.

To add a provider, add a row to `PROVIDERS`. Servers are those the providers publish: 465 and 993 with TLS
from the start (RFC 8314), STARTTLS if there is nothing else. Sending limits are a starting point:
providers change them, and they differ between the offers of one provider. All were looked up in November
2026. "ISPDB" is the central database of Thunderbird, github.com/thunderbird/autoconfig. Where a row names no source
of its servers, several programs published on GitHub have the same ones.

Hosters that have no server of their own name are not here: o2switch and others with cPanel or Plesk, Alinto, and
whoever runs Zimbra, BlueMind or SOGo for a town hall, give each domain names of its own, such as mail.DOMAIN. These are
found by the domain's records, or by trying the usual names.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.model.account import Security
from mailer.model.pace import Pace

CAUTIOUS = Pace(per_minute=20, per_hour=180)
"""A pace that hardly any provider objects to: 400 invitations take two and a quarter hours."""

JUNK = (
    *(
        "Junk",
        "Junk Mail",
        "Junk Email",
        "Spam",
        "Spambox",
        "Spam Folder",
        "Bulk",
        "Bulk Mail",
        "Unsolicited",
    ),
    *(
        "Courrier indésirable",
        "Courriers indésirables",
        "Courriel indésirable",
        "Indésirable",
        "Indésirables",
    ),
    *("Messages indésirables", "E-mails indésirables", "Pourriel", "Pourriels", "Quarantaine", "Quarantine"),
    *("Junk-E-Mails", "Spamverdacht", "Spam-Verdacht", "Unerwünscht", "Unerwünschte E-Mails"),
    *("Correo no deseado", "Correos no deseados", "Correo basura", "No deseado", "Correu brossa"),
    *("Posta indesiderata", "Indesiderata", "Posta non richiesta"),
    *("Ongewenste e-mail", "Ongewenste mail", "Ongewenste post", "Ongewenst"),
    *(
        "Lixo eletrônico",
        "Lixo electrónico",
        "Lixo eletrónico",
        "Correio não solicitado",
        "Correio indesejado",
    ),
    *("E-mail não solicitado", "E-mail de lixo"),
    *("Wiadomości-śmieci", "Wiadomości śmieci", "Śmieci", "Niechciane", "Niechciana poczta", "Niepożądane"),
    *("Skräppost", "Uønsket e-mail", "Uønsket mail", "Uønsket e-post", "Søppelpost", "Roskaposti"),
    *(
        "Nevyžádaná pošta",
        "Nevyžiadaná pošta",
        "Levélszemét",
        "E-mail nedorit",
        "Mesaje nedorite",
        "Neželena pošta",
    ),
    *(
        "Ανεπιθύμητη αλληλογραφία",
        "Ανεπιθύμητα",
        "Нежелательная почта",
        "Спам",
        "Небажана пошта",
        "Önemsiz E-posta",
    ),
    *("迷惑メール", "垃圾邮件", "垃圾郵件", "정크 메일"),
)
"""Names of the folder for unwanted mail at servers that do not flag it (RFC 6154), compared as `mailer.wire.imap_folders` does.

They are those of Outlook, Thunderbird, Apple Mail, Zimbra, Roundcube and the webmails of providers in the languages of
Europe and the largest others. Words that people also use for a folder of their own, such as advertising, are not among them.
"""


class SignIn(enum.Enum):
    """What a server wants to see of a person: the password of the mailbox, one made for programs, or an OAuth token."""

    PASSWORD = "password"  # noqa: S105 - a kind of sign-in
    APP_PASSWORD = "app-password"  # noqa: S105
    OAUTH = "oauth"


@dataclass(frozen=True, slots=True)
class Server:
    """Host, port and encryption of a mail server."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class Servers:
    """The SMTP and the IMAP server for one mailbox."""

    smtp: Server
    imap: Server


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider.

    `name` is the value of the setting ``delivery.provider``. An address belongs to a provider by its domain
    in `domains`, or by the ends of the host names in its MX records (`mx`); a server by the end of its
    name (`hosts`). `exchange` is the end of the host that Exchange's SRV record names (``_autodiscover._tcp``) and that
    is itself the server, with STARTTLS at 587 and TLS at 993. `sign_in` is what its servers take, and `local_part` says
    that the user name is the address without its domain. `source` says where the figures of `pace` come from; without
    a `pace` the cautious one is used. `connections` is the number of SMTP connections to open at once. `sent` are
    names of the folder for sent mail, where the server does not flag it, in the languages of its mailboxes. With
    `keeps_sent` what is sent over SMTP is put into that folder by the server itself.
    """

    name: str
    servers: Servers | None = None
    domains: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    exchange: tuple[str, ...] = ()
    sign_in: SignIn = SignIn.PASSWORD
    local_part: bool = False
    pace: Pace | None = None
    source: str = ""
    connections: int = 1
    sent: tuple[str, ...] = ()
    keeps_sent: bool = False


def _tls(smtp: str, imap: str) -> Servers:
    return Servers(Server(smtp, 465), Server(imap, 993))


def _starttls(smtp: str, imap: str) -> Servers:
    return Servers(Server(smtp, 587, Security.STARTTLS), Server(imap, 993))


# Exchange and Outlook.com flag no folder (no SPECIAL-USE in their CAPABILITY); the names are those of Outlook.
_EXCHANGE_SENT = ("Sent Items", "Éléments envoyés")

PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "infomaniak",
        _tls("mail.infomaniak.com", "mail.infomaniak.com"),
        domains=("ik.me", "ikmail.com", "etik.com"),
        mx=("infomaniak.ch",),
        hosts=("infomaniak.com", "infomaniak.ch"),
        pace=Pace(per_minute=20, per_day=1440),
        source="infomaniak.com, FAQ 2065: 1440 in 24 rolling hours for each address (500 for free offers)",
    ),
    Provider(
        # The mailboxes of persons; ISPDB, hotmail.com: OAuth2 is the only way in since September 2024.
        "outlook",
        _starttls("smtp-mail.outlook.com", "outlook.office365.com"),
        domains=(
            *("outlook.com", "outlook.fr", "outlook.be", "hotmail.com", "hotmail.fr", "hotmail.be"),
            *("live.fr", "live.be", "live.com", "msn.com", "windowslive.com"),
        ),
        mx=("olc.protection.outlook.com",),
        hosts=("smtp-mail.outlook.com",),
        sign_in=SignIn.OAUTH,
        pace=CAUTIOUS,
        source="no figure found for free mailboxes; the cautious pace",
        sent=_EXCHANGE_SENT,
        keeps_sent=True,
    ),
    Provider(
        # Organisations. IMAP has taken no password since 2022; SMTP AUTH is off for new tenants, and may be switched off
        # for a mailbox. ISPDB, office365.com; learn.microsoft.com, SMTP AUTH in Exchange Online.
        "microsoft-365",
        _starttls("smtp.office365.com", "outlook.office365.com"),
        mx=("mail.protection.outlook.com", "mx.microsoft"),
        hosts=("office365.com", "outlook.com"),
        sign_in=SignIn.OAUTH,
        pace=Pace(per_minute=30, per_day=10_000),
        source="learn.microsoft.com, Exchange Online limits: 30 a minute, 10 000 recipients a day; "
        "techcommunity.microsoft.com, Exchange team: 3 connections",
        connections=3,
        sent=_EXCHANGE_SENT,
        keeps_sent=True,
    ),
    Provider(
        # Passwords of the account itself have not been taken since 2022 (support.google.com/accounts/answer/185833).
        "gmail",
        _tls("smtp.gmail.com", "imap.gmail.com"),
        domains=("gmail.com", "googlemail.com"),
        mx=("google.com", "googlemail.com"),
        hosts=("smtp.gmail.com", "smtp.googlemail.com"),
        sign_in=SignIn.APP_PASSWORD,
        pace=Pace(per_minute=20, per_day=500),
        source="support.google.com/a/answer/166852: 2000 in 24 hours, 500 for trial and personal accounts",
        keeps_sent=True,
    ),
    Provider(
        # Its servers have the same names as Gmail's, so it is used only where the setting names it.
        "google-workspace",
        sign_in=SignIn.APP_PASSWORD,
        pace=Pace(per_minute=20, per_day=2000),
        source="support.google.com/a/answer/166852: 2000 in 24 rolling hours, once the trial is over",
        keeps_sent=True,
    ),
    Provider(
        "google-relay",
        hosts=("smtp-relay.gmail.com",),
        pace=Pace(per_minute=60, per_day=10_000),
        source="support.google.com, SMTP relay service: 10 000 recipients in 24 hours for each user",
        connections=2,
    ),
    Provider(
        # Exchange and E-mail Pro: each platform has a name (ex5, pro1), which only the SRV record of Exchange tells;
        # github.com/ovh/docs, web_cloud/email_and_collaborative_solutions.
        "ovh-exchange",
        hosts=tuple(f"{kind}{n}.mail.ovh.net" for kind in ("ex", "pro") for n in ("", *range(1, 10))),
        exchange=tuple(f"{kind}{n}.mail.ovh.net" for kind in ("ex", "pro") for n in ("", *range(1, 10))),
        pace=Pace(per_minute=20, per_hour=200),
        source="no figure found for Exchange; that of MX Plan",
        sent=_EXCHANGE_SENT,
    ),
    Provider(
        # MX Plan and Zimbra have the same servers; github.com/ovh/docs, mx_plan/faq-zimbra: nothing to set anew.
        "ovh",
        _tls("ssl0.ovh.net", "ssl0.ovh.net"),
        mx=("mail.ovh.net",),
        hosts=("ovh.net", "ovh.com", "mail.ovh.ca"),
        pace=Pace(per_minute=20, per_hour=200),
        source="claroline/Distribution issue 2267: 200 an hour for MX Plan, as a user found",
    ),
    Provider(
        # ISPDB, ionos.fr.
        "ionos",
        _tls("smtp.ionos.fr", "imap.ionos.fr"),
        mx=("ionos.fr", "1and1.fr", "unetun.com"),
        hosts=("ionos.com", "ionos.fr", "ionos.de", "1and1.com", "1and1.fr", "kundenserver.de"),
        pace=Pace(per_minute=20, per_hour=400),
        source="ionos.com help, mass mailing limits: 50 an hour in the first week, 100 in the second, "
        "400 in the first month, then 500; above that, 450 Mail send limit exceeded",
    ),
    Provider(
        # ISPDB, orange.fr. IMAP is off until it is allowed under “Mail Orange > Préférences”; the same page warns that
        # accounts that send much are blocked. Its webmail calls unwanted mail QUARANTAINE and sent mail OUTBOX.
        "orange",
        _tls("smtp.orange.fr", "imap.orange.fr"),
        domains=("orange.fr", "wanadoo.fr"),
        hosts=("orange.fr", "wanadoo.fr"),
        pace=CAUTIOUS,
        source="no figure found; cautious, since accounts that send much are blocked without warning",
        sent=("OUTBOX",),
    ),
    Provider(
        # ISPDB, free.fr: the user name is what stands before the @.
        "free",
        _tls("smtp.free.fr", "imap.free.fr"),
        domains=("free.fr",),
        hosts=("free.fr",),
        local_part=True,
        pace=CAUTIOUS,
        source="no figure found; the cautious pace",
    ),
    Provider(
        # guide-pc.fr and others repeat what assistance.bouyguestelecom.fr says.
        "bbox",
        _starttls("smtp.bbox.fr", "imap.bbox.fr"),
        domains=("bbox.fr",),
    ),
    Provider(
        "magic-online",
        hosts=("magic.fr", "magiconline.fr"),
        pace=Pace(per_minute=10, per_hour=60),
        source="assistance.groupemagiconline.com: 60 an hour for each address, 100 for each pack",
    ),
    Provider(
        "easyname",
        hosts=("easyname.com", "easyname.eu"),
        pace=Pace(per_minute=40, per_hour=400, per_day=1500),
        source="easyname support: 200 in 5 minutes, 400 an hour, 1500 a day; 15 bounces in an hour block",
    ),
    Provider("gandi", _tls("mail.gandi.net", "mail.gandi.net"), mx=("mail.gandi.net",)),
    Provider(
        # Web hosting of Online, now Scaleway.
        "online",
        _tls("smtpauth.online.net", "imap.online.net"),
        mx=("online.net",),
    ),
    Provider(
        "sfr",
        _tls("smtp.sfr.fr", "imap.sfr.fr"),
        domains=("sfr.fr", "neuf.fr", "cegetel.net", "numericable.fr"),
    ),
    Provider(
        # Reading with a program was cut in 2023 until the password was changed (numerama.com/tech/978375).
        # Its folder for sent mail is called OUTBOX (github.com/M66B/FairEmail).
        "laposte",
        _tls("smtp.laposte.net", "imap.laposte.net"),
        domains=("laposte.net",),
        sent=("OUTBOX",),
    ),
    Provider(
        # ISPDB, yahoo.com; help.yahoo.com SLN15241: other programs need a password made for them.
        "yahoo",
        _tls("smtp.mail.yahoo.com", "imap.mail.yahoo.com"),
        domains=("yahoo.fr", "yahoo.com", "ymail.com", "rocketmail.com"),
        mx=("yahoodns.net",),
        sign_in=SignIn.APP_PASSWORD,
        sent=("Sent",),
    ),
    Provider(
        # ISPDB, aol.com.
        "aol",
        _tls("smtp.aol.com", "imap.aol.com"),
        domains=("aol.com", "aol.fr"),
        sign_in=SignIn.APP_PASSWORD,
    ),
    Provider(
        # ISPDB, gmx.net: programs have to be allowed in the settings of the mailbox first.
        "gmx",
        _tls("mail.gmx.net", "imap.gmx.net"),
        domains=("gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.eu"),
        mx=("gmx.net",),
    ),
    Provider(
        # ISPDB, gmx.com: the same firm, with servers of their own.
        "gmx-international",
        _tls("mail.gmx.com", "imap.gmx.com"),
        domains=("gmx.com", "gmx.fr", "gmx.us", "gmx.co.uk"),
    ),
    Provider(
        # support.apple.com/102654: a password for programs.
        "icloud",
        _starttls("smtp.mail.me.com", "imap.mail.me.com"),
        domains=("icloud.com", "me.com", "mac.com"),
        mx=("mail.icloud.com",),
        sign_in=SignIn.APP_PASSWORD,
    ),
    Provider(
        # fastmail.help: a password for programs.
        "fastmail",
        _tls("smtp.fastmail.com", "imap.fastmail.com"),
        domains=("fastmail.com", "fastmail.fm"),
        mx=("messagingengine.com",),
        sign_in=SignIn.APP_PASSWORD,
    ),
    Provider("posteo", _tls("posteo.de", "posteo.de"), domains=("posteo.de", "posteo.net")),
    Provider(
        # github.com/chatmail/provider-db, mailo.com.
        "mailo",
        _tls("smtp.mailo.com", "imap.mailo.com"),
        domains=("mailo.com", "netcourrier.com"),
    ),
)


def provider_by_name(name: str) -> Provider | None:
    """Return the provider with this name."""
    return next((provider for provider in PROVIDERS if provider.name == name), None)


def provider_by_host(host: str) -> Provider | None:
    """Return the provider of an SMTP server, by the end of its name."""
    return next((provider for provider in PROVIDERS if ends_in(host, provider.hosts)), None)


def provider_of_server(host: str) -> Provider | None:
    """Return the provider of an SMTP or IMAP server, by its whole name or else by the end of it."""
    return next((one for one in PROVIDERS if host.casefold() in _names(one)), None) or provider_by_host(host)


def is_server(host: str) -> bool:
    """Return whether a host is one of the servers of the table, by its whole name."""
    return any(host.casefold().rstrip(".") in _names(provider) for provider in PROVIDERS)


def _names(provider: Provider) -> tuple[str, ...]:
    servers = provider.servers
    return (*provider.exchange, *((servers.smtp.host, servers.imap.host) if servers else ()))


def provider_by_domain(domain: str) -> Provider | None:
    """Return the provider whose own addresses have this domain."""
    return next((provider for provider in PROVIDERS if domain.casefold() in provider.domains), None)


def provider_by_mx(mx: Iterable[str]) -> Provider | None:
    """Return the provider that receives a domain's mail, by its MX host names."""
    names = tuple(mx)
    return next((one for one in PROVIDERS if any(ends_in(name, one.mx) for name in names)), None)


def provider_by_exchange(host: str) -> tuple[Provider, Servers] | None:
    """Return the provider whose Exchange servers have this name, with that server."""
    host = host.casefold().rstrip(".")
    found = next((one for one in PROVIDERS if host in one.exchange), None)
    return (found, _starttls(host, host)) if found else None


def ends_in(host: str, ends: tuple[str, ...]) -> bool:
    """Return whether a host name is one of these names or a name below it."""
    host = host.casefold().rstrip(".")
    return any(host == end or host.endswith(f".{end}") for end in ends)
