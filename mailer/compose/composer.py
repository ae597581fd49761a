"""Turn an invitation into the octets of one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer import ical
from mailer.compose.answers import opt_out_link
from mailer.compose.crowd import Crowd, crowd
from mailer.compose.files import attachments, images
from mailer.compose.letter import LetterWriter, RenderedLetter
from mailer.compose.parts import letters, parts
from mailer.compose.templates import Templates
from mailer.mime import EncodedFiles, HeaderFields, ascii_address, assemble, encode_files, one_line
from mailer.model.address import Mailbox
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee

_NO_ANSWERING_MACHINE = "DR, RN, NRN, OOF, AutoReply"
"""Value of X-Auto-Response-Suppress (MS-OXCMAIL 2.1.3.2.20) for all but the first invitation, whose out-of-office replies are wanted."""


def prepare(
    campaign: Campaign,
    sources: Mapping[str, bytes],
    *,
    previous: Meeting | None = None,
    whole: bool = True,
    keep_answers: bool = False,
) -> Composer:
    """Return the composer of a campaign, with its templates compiled.

    `sources` are the files of its template folder by their names below it (``invitation.txt``,
    ``en/invitation.html``), and those of `Campaign.attachments` and `Campaign.images` by the names they have
    there. `previous` is the meeting as it was last announced, for updates. `whole`: a cancellation means that
    the meeting takes place for nobody, not that one person is no longer invited. `keep_answers`: an update asks nobody
    to answer again. Raises TemplateError for a
    template that cannot be compiled and a file that is missing.
    """
    templates = Templates(
        {name: source for name, source in sources.items() if name not in campaign.attachments},
        folder=campaign.templates,
        language=campaign.language,
    )
    pictures = images(campaign, sources)
    writer = LetterWriter(
        campaign,
        templates,
        previous=previous or campaign.meeting,
        whole=whole,
        images={picture.name: f"cid:{picture.content_id}" for picture in pictures},
        keep_answers=keep_answers,
    )
    frame = encode_files([*attachments(campaign, sources), *pictures])
    composer = Composer(campaign, writer, frame, whole=whole, public=f"{templates.text}\n{campaign}")
    composer.parts, composer.confirmable = parts(campaign, sources), letters(campaign, sources)
    return composer


class Composer:
    """Writer of the messages of one campaign; made by `prepare`."""

    def __init__(
        self,
        campaign: Campaign,
        letters: LetterWriter,
        frame: EncodedFiles,
        *,
        whole: bool,
        public: str,
    ) -> None:
        self.campaign = campaign
        self.parts: Mapping[str, str] = {}
        self.confirmable: Mapping[str, str] = {}
        """What the invitation, and the letters of each kind, are made of; see `mailer.compose.parts`."""
        self.letters = letters
        self.files = frame
        self.misfits: set[object] = set()
        """Shapes of letters that cannot be written by a mould; see `mailer.compose.press`."""
        self._whole = whole
        self._public = public

    def crowd(self, invitees: Sequence[Invitee]) -> Crowd:
        """Return everybody invited, for `inspect_message`, except those whom the templates or the campaign name."""
        return crowd(invitees, self._public)

    def letter(self, invitation: Invitation) -> RenderedLetter:
        """Return the letter of one invitation, without the message around it."""
        return self.letters.write(invitation)

    def write(self, invitation: Invitation, now: datetime) -> OutgoingMessage:
        """Return the message of one invitation. The same arguments give the same octets.

        Raises TemplateError if a template cannot be filled in, or forgets the data-protection notice.
        """
        letter = self.letters.write(invitation)
        to = recipient(invitation.invitee)
        if invitation.kind.is_invitation:
            method, calendar = self.calendar(invitation, letter, to, now)
        else:
            method, calendar = "", b""
        return OutgoingMessage(
            campaign=self.campaign.slug,
            invitee=invitation.invitee.ref,
            key=invitation.key,
            message_id=invitation.message_id,
            envelope_from=self.envelope_from(invitation),
            recipient=to.address,
            content=assemble(
                self.files,
                self.heading(invitation, letter, to, now),
                text=letter.text,
                html=letter.html,
                calendar=calendar,
                method=method,
            ),
        )

    def envelope_from(self, invitation: Invitation) -> str:
        """Return the envelope sender, to which bounces go; empty for automatic replies (RFC 3834 section 3.3)."""
        return "" if _is_automatic(invitation) else self.campaign.organizer.address

    def heading(
        self, invitation: Invitation, letter: RenderedLetter, to: Mailbox, now: datetime
    ) -> HeaderFields:
        """Return the header fields of one message."""
        campaign = self.campaign
        tokens = {
            "List-Unsubscribe": f"<{opt_out_link(campaign.organizer.address, invitation.token)}>",
            "Content-Language": letter.language,
        }
        if invitation.kind is Kind.REMINDER or not invitation.kind.is_invitation:
            tokens["X-Auto-Response-Suppress"] = _NO_ANSWERING_MACHINE
        if _is_automatic(invitation):
            tokens["Auto-Submitted"] = "auto-replied"
        if answered := invitation.answered.message_id:
            tokens["In-Reply-To"] = tokens["References"] = answered
        return HeaderFields(
            sender=campaign.sender,
            to=to,
            subject=letter.subject,
            date=now.astimezone(ZoneInfo(campaign.meeting.zone)),
            message_id=invitation.message_id,
            reply_to=None if campaign.sender.address == campaign.organizer.address else campaign.organizer,
            tokens=tokens,
        )

    def calendar(
        self, invitation: Invitation, letter: RenderedLetter, to: Mailbox, now: datetime
    ) -> tuple[str, bytes]:
        """Return the iTIP method and the calendar object with the letter's words in it."""
        campaign = self.campaign
        meeting = replace(campaign.meeting, title=letter.summary, description=letter.description, agenda=())
        about = (meeting, campaign.organizer, invitation, to)
        if invitation.kind is Kind.CANCEL:
            return "CANCEL", ical.cancel(*about, dtstamp=now, language=letter.language, whole=self._whole)
        return "REQUEST", ical.request(*about, dtstamp=now, language=letter.language)


def _is_automatic(invitation: Invitation) -> bool:
    return invitation.kind is Kind.ACKNOWLEDGEMENT


def recipient(invitee: Invitee) -> Mailbox:
    """Return the mailbox a letter goes to, named after everybody behind it.

    It is the To, the ATTENDEE and the envelope recipient: calendar clients look for their own address among attendees.
    """
    names = [one_line(person.name or person.organisation) for person in invitee.people]
    return Mailbox(ascii_address(invitee.people[0].email or invitee.email), ", ".join(filter(None, names)))
