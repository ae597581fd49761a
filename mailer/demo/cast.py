"""The invitees of the rehearsal: how each one answers, and what the ledger must say of them in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mailer.demo import clients
from mailer.demo.letterbox import Letter, open_letter
from mailer.demo.post_office import PostOffice

Gesture = Callable[[Letter, datetime], bytes]


@dataclass(frozen=True, slots=True)
class Meant:
    """What an invitee meant, in the words of the machine-readable attendance."""

    answer: str = "none"
    party_size: str = ""
    channel: str = ""
    delivery: str = "sent"
    review: bool = False


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody of the sample list: the mails they send, one after the other, and what they mean by them."""

    address: str
    meant: Meant
    gestures: tuple[Gesture, ...] = ()


def _with(client: Callable[..., bytes], *words: Any, **options: Any) -> Gesture:
    return lambda letter, at: client(letter, at, *words, **options)


_YES, _NO, _MAYBE = "ACCEPTED", "DECLINED", "TENTATIVE"

REFUSED = "minh.nguyen@example.net"
"""Whom the mail server refuses at once."""

CAST = (
    Invitee(
        "elodie.lefevre@example.org",
        Meant("accepted", "", "calendar"),
        (_with(clients.thunderbird, _YES),),
    ),
    Invitee("b.dhaene@example.net", Meant("declined", "", "calendar"), (_with(clients.exchange, _NO),)),
    Invitee(
        "awa.nguessan@example.org",
        Meant("tentative", "", "calendar"),
        (_with(clients.thunderbird, _MAYBE),),
    ),
    Invitee(
        "juergen.mueller@example.net",
        Meant("accepted", "3", "text"),
        (
            _with(
                clients.written,
                "Bonjour Madame,\r\n\r\nNous serons trois du Repair Café.\r\n\r\nJürgen Müller",
            ),
        ),
    ),
    Invitee(
        "zeynep.ozturk@example.org",
        Meant("accepted", "", "text"),
        (
            _with(
                clients.written,
                "Bonjour,\r\n\r\nJe ne manquerai pas d'être présente.\r\n\r\nBien à vous,\r\nZeynep",
            ),
        ),
    ),
    Invitee(
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
    Invitee(
        "francoise.castelain@example.org",
        Meant(),
        (_with(clients.absence, "Bonjour,\r\n\r\nJe suis absente du bureau jusqu'au 7 avril 2025."),),
    ),
    Invitee("loic.boulanger@example.net", Meant(delivery="bounced"), (clients.bounce,)),
    Invitee(
        "ines.derache@example.org",
        Meant(review=True),
        (
            _with(
                clients.written,
                "Bonjour,\r\n\r\nY a-t-il un parking à proximité de la salle ?\r\n\r\nInès Derache",
            ),
        ),
    ),
    Invitee(
        "karim.saidi@example.net",
        Meant("accepted", "", "calendar"),
        (_with(clients.nextcloud, _YES),),
    ),
    Invitee(
        "cecile.delannoy@example.org",
        Meant("accepted", "", "text"),
        (
            _with(
                clients.link, 0, sender="Cécile <cecile.perso@example.net>".encode("ascii", "ignore").decode()
            ),
        ),
    ),
    Invitee("yann.legoff@example.net", Meant("accepted", "", "calendar"), (_with(clients.apple, _YES),)),
    Invitee(
        "anneke.peeters@example.org",
        Meant("accepted", "", "text"),
        (
            _with(
                clients.written,
                "Dear Ms Julien,\r\n\r\nI will be happy to attend.\r\n\r\nKind regards,\r\nAnneke",
            ),
        ),
    ),
    Invitee(REFUSED, Meant(delivery="failed")),
    Invitee("accueil@example.org", Meant("accepted", "", "calendar"), (_with(clients.claws, _YES),)),
    Invitee(
        "maelle.therouanne@example.net",
        Meant("declined", "", "text"),
        (
            _with(clients.thunderbird, _YES),
            _with(clients.written, "Finalement je ne pourrai pas venir, désolée.\r\n\r\nMaëlle"),
        ),
    ),
    Invitee("sofiane.benabdallah@example.org", Meant("declined", "", "text"), (_with(clients.link, 1),)),
    Invitee("solene.carpentier@example.net", Meant()),
    Invitee(
        "sean.oconnor@example.org",
        Meant("accepted", "2", "calendar"),
        (_with(clients.google, _YES, guests=1),),
    ),
    Invitee("odile.quenelle@example.net", Meant("accepted", "1", "staff")),
)

PHONED = "odile.quenelle@example.net"
"""Who answers by phone, so that a member of staff writes it down."""


def answer(office: PostOffice, begins: datetime) -> Iterator[str]:
    """Have every invitee open the invitation and answer it; name each one who did.

    The answers are written from `begins` on, some hours apart.
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
