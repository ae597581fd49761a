"""Bounces in words, in the likeness of many mail servers."""

from __future__ import annotations

import pytest

from mailer import mime
from mailer.classify import bounce_text
from mailer.model.finding import Fault, Finding, MailKind, Undeliverable
from mailer.model.message import Said

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.relay.example>"
RETURNED = "Return-Path: <camille@mairie.example>\nFrom: camille@mairie.example\nTo: paul@example.org\nMessage-Id:\n <invite@mairie.example>\n\nBonjour\n"


def read(sender: str, subject: str, body: str, more: str = "") -> Finding | None:
    """What the rule says of a mail in plain text to us."""
    raw = f"From: {sender}\nTo: camille@mairie.example\nSubject: {subject}\n{more}Content-Type: text/plain; charset=utf-8\n\n{body}"
    return bounce_text.read(mime.read(raw.encode()), Said(body))


FAMILIES = [
    pytest.param(
        DAEMON,
        "failure notice",
        "Hi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<paul@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the "
        f"message.\n\n{RETURNED}",
        ("5.1.1", Fault.ADDRESS),
        id="qmail",
    ),
    pytest.param(
        DAEMON,
        "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) "
        "failed:\n\n  paul@example.org\n    host mx.example.org [192.0.2.1]\n    SMTP error from remote mail server after "
        "RCPT TO:<paul@example.org>:\n    552 5.2.2 Over quota\n\n------ This is a copy of the message, including all "
        f"the headers. ------\n\n{RETURNED}",
        ("5.2.2", Fault.FULL),
        id="exim",
    ),
    pytest.param(
        DAEMON,
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host relay.example.\n\n<paul@example.org>: host smtp-in.example.org[192.0.2.1] said:\n"
        "    550 5.1.1 Adresse d au moins un destinataire invalide. (in reply to RCPT TO command)\n",
        ("5.1.1", Fault.ADDRESS),
        id="postfix without a report",
    ),
    pytest.param(
        DAEMON,
        "Returned mail: User unknown",
        "   ----- Transcript of session follows -----\n>>> RCPT To:<paul@example.org>\n<<< 550 no such user\n"
        f"550 <paul@example.org>... User unknown\n\n   ----- Unsent message follows -----\n{RETURNED}",
        ("5.1.1", Fault.ADDRESS),
        id="old sendmail",
    ),
    pytest.param(
        "System Administrator <postmaster@firm.example>",
        "Undeliverable: Invitation",
        "Your message\n\n  To:      Paul\n  Subject: Invitation\n\ndid not reach the following recipient(s):\n\n"
        "paul@example.org on Thu, 13 Mar 2025 09:13:24 +0100\n    The recipient name is not recognized\n",
        ("5.1.1", Fault.ADDRESS),
        id="old exchange",
    ),
    pytest.param(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@firm.example>",
        "Non remis : Invitation",
        "Échec de la remise pour ces destinataires ou groupes :\n\nPaul Martin<mailto:paul@example.org>\nL'adresse que "
        "vous avez entrée est introuvable.\n\npaul@example.org\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n",
        ("5.1.10", Fault.ADDRESS),
        id="exchange in French",
    ),
    pytest.param(
        "POSTMASTER@firm.example",
        "DELIVERY FAILURE: User paul not listed in Domino Directory",
        "Your message\n\n  Subject: Invitation\n\nwas not delivered to:\n\n  paul@example.org\n\nbecause:\n\n  User paul "
        "(paul@example.org) not listed in Domino Directory\n",
        ("5.1.1", Fault.ADDRESS),
        id="domino",
    ),
    pytest.param(
        '"Postmaster" <postmaster@firm.example>',
        "Undeliverable Mail",
        f"User mailbox exceeds allowed size: paul@example.org\n\n\nOriginal message follows.\n\n{RETURNED}",
        ("5.2.2", Fault.FULL),
        id="imail",
    ),
    pytest.param(
        "MAILER-DAEMON@webmail.example",
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<paul@example.org>:\nRemote host "
        f"said:\n554 5.7.9 Message not accepted for policy reasons\n\n--- Below this line is a copy.\n\n{RETURNED}",
        ("5.7.9", Fault.POLICY),
        id="large provider",
    ),
    pytest.param(
        "<postmaster@gate.example>",
        "Message delivery has failed",
        "Unable to deliver message to: <paul@example.org>\nDelivery failed for the following reason:\nServer "
        "mx.example.org[192.0.2.222] failed with: 550 <paul@example.org> No such user here\n\nThis has been a permanent "
        "failure.  No further delivery attempts will be made.\n",
        ("5.1.1", Fault.ADDRESS),
        id="gateway",
    ),
    pytest.param(
        "Postmaster <postmaster@example.org>",
        "Rejected: Invitation",
        "Your message to <paul@example.org> was automatically rejected:\nQuota exceeded (mailbox for user is full)\n",
        ("5.2.2", Fault.FULL),
        id="dovecot",
    ),
    pytest.param(
        "Service de messagerie <postmaster@fai.example>",
        "Echec de remise de votre message",
        "Votre message n'a pas pu être remis au destinataire suivant :\n  paul@example.org\n\nMotif : boîte aux lettres "
        "pleine\n",
        ("5.2.2", Fault.FULL),
        id="French provider",
    ),
    pytest.param(
        "postmaster@firma.example",
        "Unzustellbar: Einladung",
        "Ihre Nachricht hat mindestens einen der Empfänger nicht erreicht.\n\npaul@example.org\nDer Empfänger ist "
        "unbekannt.\n",
        ("5.1.1", Fault.ADDRESS),
        id="German",
    ),
    pytest.param(
        "postmaster@firma.example",
        "Onbestelbaar: Uitnodiging",
        "Het bericht kon niet worden bezorgd:\npaul@example.org\nPostvak is vol.\n",
        ("5.2.2", Fault.FULL),
        id="Dutch",
    ),
    pytest.param(
        "anyone@unknown.example",
        "Mail delivery failed",
        f"Your message could not be delivered to:\n  paul@example.org\n550 no such user\n\n{RETURNED}",
        ("5.1.1", Fault.ADDRESS),
        id="a name that is no mail server's",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "body", "expected"), FAMILIES)
def test_families(sender: str, subject: str, body: str, expected: tuple[str, Fault]) -> None:
    """Each family's notice gives the address, the code and the fault."""
    finding = read(sender, subject, body)

    assert finding is not None
    assert finding.kind is MailKind.BOUNCE
    assert finding.addresses == ("paul@example.org",)
    assert finding.claim == Undeliverable(True, expected[0], fault=expected[1])


def test_references() -> None:
    """The Message-ID in the copy below the notice leads back to the invitation."""
    finding = read(
        DAEMON, "failure notice", f"<paul@example.org>:\n550 gone\n\n--- Below is a copy.\n\n{RETURNED}"
    )

    assert finding is not None
    assert finding.references == ("<invite@mairie.example>",)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Warning: message delayed 24 hours", "Not yet been delivered:\n  paul@example.org\n450 busy\n"),
        (
            "Delivery Status Notification (Delay)",
            "Delivery to paul@example.org has been delayed. Will be retried.\n",
        ),
        (
            "Mail delivery warning",
            "paul@example.org\nWe will continue to try to deliver your message: mailbox full.\n",
        ),
    ],
)
def test_delays(subject: str, body: str) -> None:
    """A warning is not the end."""
    finding = read(DAEMON, subject, body)

    assert finding is not None
    assert isinstance(finding.claim, Undeliverable)
    assert finding.claim.delayed
    assert not finding.claim.permanent


@pytest.mark.parametrize(
    ("more", "body", "addresses"),
    [
        pytest.param(
            "X-Failed-Recipients: a@x.example, b@x.example\n",
            "x",
            ("a@x.example", "b@x.example"),
            id="header",
        ),
        pytest.param(
            "",
            "<a@x.example>:\n550 gone\n\n<b@x.example>:\n550 gone\n",
            ("a@x.example", "b@x.example"),
            id="two",
        ),
        pytest.param(
            "",
            "No address here.\n\n--- Original message\n\nTo: a@x.example\n",
            ("a@x.example",),
            id="returned",
        ),
        pytest.param("", "Mail from camille@mairie.example refused.\n", (), id="never our own address"),
        pytest.param(
            "", "Write to postmaster@mx.example about a@x.example.\n", ("a@x.example",), id="not the server's"
        ),
    ],
)
def test_addresses(more: str, body: str, addresses: tuple[str, ...]) -> None:
    """The addresses named are those that failed, and nobody else's."""
    finding = read(DAEMON, "failure notice", body, more)

    assert finding is not None
    assert finding.addresses == addresses


@pytest.mark.parametrize(
    ("sender", "subject", "body", "more"),
    [
        pytest.param(
            "Paul <paul@example.org>",
            "Re: Invitation",
            "Bonjour, mon message n'a pas pu être délivré hier, je vous le renvoie : je viendrai.",
            "In-Reply-To: <invite@mairie.example>\n",
            id="a person whose mail bounced",
        ),
        pytest.param(
            "Paul <paul@example.org>",
            "Message non remis ?",
            "Je crois que votre message n'a pas été remis à mon mari. marie@example.org",
            "",
            id="a person about a bounce",
        ),
        pytest.param(
            "Paul <paul@example.org>",
            "TR: Undelivered Mail Returned to Sender",
            "Votre invitation m'est revenue, voyez ci-dessous : could not be delivered to anne@example.org. Je viens.",
            "",
            id="a person who passes a bounce on",
        ),
        pytest.param(
            "Paul <paul@example.org>",
            "Automatic reply: Invitation",
            "Your message has not been delivered to Paul, he is away.",
            "Return-Path: <>\nAuto-Submitted: auto-replied\n",
            id="an absence",
        ),
        pytest.param(
            "postmaster@example.org",
            "Invitation",
            "Je serai présent, merci.",
            "",
            id="a postmaster who comes",
        ),
    ],
)
def test_no_bounce(sender: str, subject: str, body: str, more: str) -> None:
    """People are not taken for mail servers."""
    assert read(sender, subject, body, more) is None


def test_html() -> None:
    """A notice in HTML alone is read without its tags."""
    raw = (
        f"From: {DAEMON}\nSubject: Undeliverable\nContent-Type: text/html\n\n<style>a{{}}</style><p>could not be "
        "delivered:<br>&lt;paul@example.org&gt;: 550 5.1.1 unknown</p>"
    )
    finding = bounce_text.read(mime.read(raw.encode()), Said())

    assert finding is not None
    assert finding.addresses == ("paul@example.org",)


@pytest.mark.parametrize(
    ("said", "permanent"),
    [
        ("Sorry, I couldn't reach that host. (#4.4.1)\nI'm not going to try again.", True),
        ("450 4.4.4 Host unavailable. This condition occurred after 30 attempts to deliver.", True),
        ("451 4.4.1 Connection timed out. Le message ne sera pas réessayé.", True),
        ("452 4.2.2 Mailbox full. I'm not going to try again.", False),
        ("451 4.4.1 Connection timed out.", False),
    ],
)
def test_a_server_that_gave_up_will_not_deliver(said: str, permanent: bool) -> None:
    """A passing trouble is lasting once the server stops trying; a full mailbox can be tried again."""
    finding = read(DAEMON, "failure notice", f"Unable to deliver to:\n\n<paul@example.org>:\n{said}\n")

    assert finding is not None
    assert isinstance(finding.claim, Undeliverable)
    assert finding.claim.permanent is permanent
