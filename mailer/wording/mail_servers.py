"""Say which mail servers were found for an address, what named them, and whether they answered."""

from __future__ import annotations

from gettext import gettext as _

from mailer.jobs.find_servers import FoundServers, KeptServer
from mailer.providers import MailProtocol, Offer, Server, SignIn, Way
from mailer.wording import words


def report(found: FoundServers) -> list[tuple[str, list[str]]]:
    """Return what was found: for each protocol one line, and what has to be known of it."""
    return [_of(protocol, found) for protocol in MailProtocol]


def title(protocol: MailProtocol) -> str:
    """Return what a server is for."""
    return _("Sending (SMTP)") if protocol is MailProtocol.SMTP else _("The mailbox of the answers (IMAP)")


def shown(server: Server) -> str:
    """Return host, port and encryption."""
    return _("{host}, port {port}, {security}").format(
        host=server.host, port=server.port, security=server.security.value.upper()
    )


def whence(offer: Offer) -> str:
    """Return what named a server."""
    texts = {
        Way.TABLE: _("the program knows this provider ({where})"),
        Way.AUTOCONFIG: _("the domain publishes it ({where})"),
        Way.SRV: _("the domain publishes it in the DNS ({where})"),
        Way.MX: _("the mail of the domain is received by {where}"),
        Way.USUAL: _("it was tried by its usual name"),
        Way.TOLD: _("you named it"),
    }
    return texts[offer.way].format(where=offer.where)


def outcome(kept: KeptServer) -> str:
    """Return how the trial of a server ended."""
    if kept.error is not None:
        return words.said_of(kept.error)
    return _("Signed in.") if kept.signed_in else _("It answers.")


def hint(sign_in: SignIn) -> str:
    """Return what a person has to know of the sign-in; empty where the password of the mailbox is taken."""
    match sign_in:
        case SignIn.OAUTH:
            return _("It takes no passwords from programs: you sign in as in a browser.")
        case SignIn.APP_PASSWORD:
            return _(
                "It wants a password made for programs (“app password”), not that of the account: make one on the "
                "security page of the account."
            )
        case SignIn.PASSWORD:
            return ""


def question(offer: Offer, address: str) -> str:
    """Return the question whether a doubtful server may be used."""
    text = (
        _("{host} answers, but others receive the mail of {domain}. Is it the server of your mailbox?")
        if offer.way is Way.USUAL
        else _(
            "For {domain}, {where} names {host}, which belongs to another domain. Is that your mail provider’s server?"
        )
    )
    return text.format(domain=address.rpartition("@")[2], where=offer.where, host=offer.server.host)


def _of(protocol: MailProtocol, found: FoundServers) -> tuple[str, list[str]]:
    kept = found.kept(protocol)
    if kept is not None:
        details = [f"{_sentence(whence(kept.offer))} {outcome(kept)}", hint(kept.offer.sign_in)]
        return words.colon(title(protocol), shown(kept.offer.server)), list(filter(None, details))
    if protocol in found.declined:
        return words.colon(title(protocol), _("the domain says that it has none.")), []
    details = [
        f"{_sentence(whence(offer))} {words.said_of(error)}"
        for offer, error in found.failed
        if offer.protocol is protocol
    ]
    for offer in found.doubtful:
        if offer.protocol is protocol:
            asked = _("It is kept only if you say that it is right.")
            details.append(f"{words.colon(shown(offer.server), whence(offer))}. {asked}")
    return words.colon(title(protocol), _("no server was found that answers.")), details


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
