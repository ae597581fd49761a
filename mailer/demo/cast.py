"""The made-up invitees of the demo: the mails each one answers with, and what the ledger must say of them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailer.demo import clients
from mailer.demo.post_office import PostOffice
from mailer.demo.received import ReceivedInvitation, open_letter

Gesture = Callable[[ReceivedInvitation, datetime], bytes]


@dataclass(frozen=True, slots=True)
class Meant:
    """The row expected of an invitee in the machine-readable attendance."""

    answer: str = "none"
    party_size: str = ""
    channel: str = ""
    delivery: str = "sent"
    review: bool = False


@dataclass(frozen=True, slots=True)
class CastMember:
    """A person of the sample list, with the mails they answer with, in order, and the row expected of them."""

    address: str
    meant: Meant
    gestures: tuple[Gesture, ...] = ()


def _with(client: Callable[..., bytes], *words: Any, **options: Any) -> Gesture:
    return lambda letter, at: client(letter, at, *words, **options)


_YES, _NO, _MAYBE = "ACCEPTED", "DECLINED", "TENTATIVE"

REFUSED = "minh.nguyen@example.net"
"""The address that the SMTP server refuses at RCPT."""

CAST = (
    CastMember(
        "elodie.lefevre@example.org",
        Meant("accepted", "", "calendar"),
        (_with(clients.thunderbird, _YES),),
    ),
    CastMember("b.dhaene@example.net", Meant("declined", "", "calendar"), (_with(clients.exchange, _NO),)),
    CastMember(
        "awa.nguessan@example.org",
        Meant("tentative", "", "calendar"),
        (_with(clients.thunderbird, _MAYBE),),
    ),
    CastMember(
        "juergen.mueller@example.net",
        Meant("accepted", "3", "text"),
        (
            _with(
                clients.written,
                "Bonjour Madame,\r\n\r\nNous serons trois du Repair Café.\r\n\r\nJürgen Müller",
            ),
        ),
    ),
    CastMember(
        "zeynep.ozturk@example.org",
        Meant("accepted", "", "text"),
        (
            _with(
                clients.written,
                "Bonjour,\r\n\r\nJe ne manquerai pas d'être présente.\r\n\r\nBien à vous,\r\nZeynep",
            ),
        ),
    ),
    CastMember(
        "paul.vandenbroucke@example.net",
        Meant("declined", "", "text"),
        (
            _with(
                clients.written,
                "Madame,\r\n\r\nJe vous remercie de votre invitation, mais je ne pourrai malheureusement pas "
                "être présent ce jour-là.\r\n\r\nCordialement,\r\nPaul Vandenbroucke",
            ),
        ),
    ),
    CastMember(
        "francoise.castelain@example.org",
        Meant(),
        (_with(clients.absence, "Bonjour,\r\n\r\nJe suis absente du bureau jusqu'au 7 avril 2025."),),
    ),
    CastMember("loic.boulanger@example.net", Meant(delivery="bounced"), (clients.bounce,)),
    CastMember(
        "ines.derache@example.org",
        Meant(review=True),
        (
            _with(
                clients.written,
                "Bonjour,\r\n\r\nY a-t-il un parking à proximité de la salle ?\r\n\r\nInès Derache",
            ),
        ),
    ),
    CastMember(
        "karim.saidi@example.net",
        Meant("accepted", "", "calendar"),
        (_with(clients.nextcloud, _YES),),
    ),
    CastMember(
        "cecile.delannoy@example.org",
        Meant("accepted", "", "text"),
        (_with(clients.link, 0, sender="=?utf-8?q?C=C3=A9cile?= <cecile.perso@example.net>"),),
    ),
    CastMember("yann.legoff@example.net", Meant("accepted", "", "calendar"), (_with(clients.apple, _YES),)),
    CastMember(
        "anneke.peeters@example.org",
        Meant("accepted", "", "text"),
        (
            _with(
                clients.written,
                "Dear Ms Julien,\r\n\r\nI will be happy to attend.\r\n\r\nKind regards,\r\nAnneke",
            ),
        ),
    ),
    CastMember(REFUSED, Meant(delivery="failed")),
    CastMember("accueil@example.org", Meant("accepted", "", "calendar"), (_with(clients.claws, _YES),)),
    CastMember(
        "maelle.therouanne@example.net",
        Meant("declined", "", "text"),
        (
            _with(clients.thunderbird, _YES),
            _with(clients.written, "Finalement je ne pourrai pas venir, désolée.\r\n\r\nMaëlle"),
        ),
    ),
    CastMember("sofiane.benabdallah@example.org", Meant("declined", "", "text"), (_with(clients.link, 1),)),
    CastMember("solene.carpentier@example.net", Meant()),
    CastMember(
        "sean.oconnor@example.org",
        Meant("accepted", "2", "calendar"),
        (_with(clients.google, _YES, guests=1),),
    ),
    CastMember("odile.quenelle@example.net", Meant("accepted", "1", "staff")),
)

PHONED = "odile.quenelle@example.net"
"""The address of the person who answers by phone; staff record that answer."""


def answer(office: PostOffice, begins: datetime) -> Iterator[str]:
    """Post the answers of everybody who has received an invitation; yield the address of each answer.

    The first answer is dated `begins`, the others some hours apart.
    """
    arrived = {delivered.recipient: delivered for delivered in office.delivered}
    for number, invitee in enumerate(CAST):
        if invitee.address not in arrived:
            continue
        letter = open_letter(arrived[invitee.address])
        for turn, gesture in enumerate(invitee.gestures):
            at = begins + timedelta(hours=3 * number + turn)
            office.post(invitee.address, gesture(letter, at))
            yield invitee.address
