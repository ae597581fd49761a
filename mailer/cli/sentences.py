"""The sentence for every code a room can say, in English; the catalogues hold the other languages."""

from __future__ import annotations

from mailer.cli.marked import N_

SENTENCES: dict[str, str] = {
    "address": N_("The address does not exist. Correct it in the list."),
    "address-not-sendable": N_(
        "No mail can be sent to {read}: letters with accents before the @ or odd characters cannot be carried."
    ),
    "address-unusable": N_("“{read}” is not a usable e-mail address. Write it like camille@example.org."),
    "after-the-meeting": N_("it came after the meeting"),
    "answered": N_("has answered"),
    "asked-not-to-be-written-to": N_(
        "“{read}” asked not to be written to: nothing will be sent there, from whatever list."
    ),
    "attachment-missing": N_("{file}: the file {read} is not in the campaign's template folder."),
    "bounced": N_("the address does not work"),
    "calendar-attendee": N_("The calendar invitation is for {read} instead of {wanted}."),
    "calendar-copy-differs": N_(
        "The attached invitation.ics is not the same as the invitation in the message."
    ),
    "calendar-could-not-process": N_(
        "The invitee's calendar could not handle the invitation; this is no answer. Ask them by mail or phone."
    ),
    "calendar-ends": N_("The calendar invitation ends at {read} instead of {wanted}."),
    "calendar-lost": N_(
        "Only the subject says what the calendar answered; the calendar part was lost on the way. Confirm or correct."
    ),
    "calendar-method": N_("The calendar invitation says {read} instead of {wanted}."),
    "calendar-missing": N_("The message holds no calendar invitation that can be read."),
    "calendar-not-a-reply": N_(
        "This is somebody's invitation or cancellation, not an answer to ours. Nothing was changed."
    ),
    "calendar-organizer": N_("The calendar invitation names the organizer {read} instead of {wanted}."),
    "calendar-refresh": N_(
        "The invitee's calendar asks for the invitation again. Send it again if you wish."
    ),
    "calendar-sequence": N_("The calendar invitation is revision {read} instead of {wanted}."),
    "calendar-starts": N_("The calendar invitation starts at {read} instead of {wanted}."),
    "calendar-too-large": N_(
        "The calendar part of this answer is too large to be read. Open the mail and decide."
    ),
    "calendar-uid": N_("The calendar invitation has the identifier {read} instead of {wanted}."),
    "campaign-missing": N_("there is no campaign “{read}” in config/campaigns/. Known: {known}."),
    "cancelled": N_("the invitation was withdrawn"),
    "comment-contradicts": N_(
        "The calendar button and the comment say opposite things. Read the comment and decide."
    ),
    "counter-proposal": N_(
        "The calendar of the invitee proposes another time instead of answering. Tell them that the meeting stays, or move it."
    ),
    "disabled": N_("The mailbox is closed. Look for another address."),
    "end-before-start": N_("the meeting would end ({read}) before it starts ({starts}). Correct “{name}”."),
    "end-not-like-start": N_(
        "“{name}” is “{read}”: give an hour to both the start and the end, or to neither (whole days)."
    ),
    "entry-altered": N_("entry {n} was altered after it was written."),
    "entry-removed": N_("entry {n} was removed."),
    "entry-reordered": N_("entry {n} is not at its place."),
    "export-ending": N_("“{read}” is no ending that can be written. Possible: {choices}."),
    "file-missing": N_("the file does not exist. Check its name, or put it there."),
    "file-too-large": N_(
        "the file holds {read} bytes, more than the {most} that are read. Is it the right file?"
    ),
    "file-unreadable": N_("the file cannot be read: {reason}."),
    "file-unwritable": N_(
        "nothing can be written there: {reason}. Is the disk full, or the file open in another program?"
    ),
    "folder-missing": N_("the folder does not exist. Check its name in the campaign file."),
    "from-no-person": N_(
        "These words come from a mail server or an address that nobody reads. Check before you count them."
    ),
    "full": N_("The mailbox is full. Try again later, or phone."),
    "image-unusable": N_("{file}: {read} is no image (png, jpg, gif, svg, webp)."),
    "imap-certificate": N_(
        "the certificate of {host}:{port} is not valid ({reason}), so nothing was said to it. Check the name in [imap]."
    ),
    "imap-folder-missing": N_("the mailbox has no folder “{folder}” ({reason}). Check folder in [imap]."),
    "imap-login-refused": N_(
        "{host} does not accept the user name “{username}” with this password ({reason}). Check username in [imap] and the password."
    ),
    "imap-lost": N_(
        "the connection to {host}:{port} was lost ({reason}). What was read is kept; run the command again."
    ),
    "imap-unreachable": N_(
        "the mailbox at {host}:{port} cannot be reached ({reason}). Check [imap] in config/mailer.toml and the network."
    ),
    "in-doubt": N_("in doubt: perhaps delivered"),
    "invitee-ambiguous": N_("“{read}” may be several people: {found}. Give the address."),
    "invitee-unknown": N_(
        "nobody on the list is “{read}”. Give the address, or the name as the list has it."
    ),
    "link-unusable": N_("“{read}” is not a link. It begins with https://."),
    "lists-missing": N_('no contact list is named. Add one: [[lists]] with file = "contacts/….csv".'),
    "meeting-cancelled": N_(
        "the meeting was called off: nothing but a new date can be announced (mailer update)."
    ),
    "meeting-changed": N_(
        "the campaign file no longer says what the invitees were told ({fields}). Tell them first with “mailer update {campaign}”, or put the file back."
    ),
    "meeting-has-begun": N_("the meeting began on {starts}: nothing is sent for it any more."),
    "meeting-is-cancelled": N_("the campaign file says that the meeting is cancelled."),
    "message-headers": N_('The message has the header fields "{read}" instead of "{wanted}".'),
    "message-id": N_("The message has the identifier {read} instead of {wanted}."),
    "message-line-ends": N_("The message has line ends that mail does not allow."),
    "message-line-too-long": N_(
        "A line of the message has {read} characters; mail carries {wanted} at most."
    ),
    "message-not-ascii": N_("The message holds octets that not every mail server carries."),
    "message-recipient": N_("The message is addressed to {read} instead of {wanted}."),
    "message-sender": N_("The message comes from {read} instead of {wanted}."),
    "message-unreadable": N_("The message cannot be read back whole ({read})."),
    "messages-unsound": N_(
        "nothing was sent: {n} faults were found in the messages, listed above. Correct the templates or the lists, then try again."
    ),
    "moment-at-clock-change": N_(
        "“{name}” is “{read}”, an hour that the change of the clock in {zone} skips or passes twice. Choose another one."
    ),
    "moment-unreadable": N_(
        "“{name}” is “{read}”, which is no date and hour that can be read. Write it like 2025-03-31 14:00."
    ),
    "names-another-invitee": N_(
        "The message names another invitee: {read}. Nobody may read who else is invited."
    ),
    "network": N_("The mail servers did not reach each other in time. Send again."),
    "never-invited": N_("was not invited"),
    "no-address": N_("no usable address"),
    "no-answer-in-calendar": N_(
        "A calendar answer came without yes, no or maybe. There is nothing to record unless the mail says more."
    ),
    "no-attendee": N_("The calendar answer does not say who answers. Look at the sender and decide."),
    "nobody-to-ask": N_(
        "nobody can be asked here, so nothing was done. Add --yes to go ahead without a question."
    ),
    "nobody-to-ask-review": N_("nobody can be asked here. “mailer review CAMPAIGN --list” shows what waits."),
    "not-a-reply": N_("it is not a reply to the invitation, only the address is known"),
    "not-chosen": N_("not chosen"),
    "not-utf8": N_("the file is not in UTF-8. Save it again with the encoding UTF-8."),
    "nothing-announced": N_("nobody has been invited yet. Begin with “mailer send {campaign}”."),
    "nothing-changed": N_(
        "nothing has changed since the invitees were told. Correct config/campaigns/{campaign}.toml first."
    ),
    "nothing-of-ours": N_("the failure notice does not contain our message"),
    "notice-incomplete": N_(
        "“{name}” is missing: the data-protection notice needs it. Fill it in, or write omitted = true in [notice] if these mails need no notice."
    ),
    "notice-missing": N_(
        '{file}: the data-protection notice does not say "{what}". Include _notice, or write omitted = true under [notice] in the campaign file.'
    ),
    "now-unreadable": N_("“{read}” is not a moment. Write --now 2025-03-13T09:00."),
    "on-its-way": N_("on its way"),
    "organizer-not-read": N_(
        "Answers would go to {read}, but the mailbox that is read is {wanted}. Correct [organizer] in the campaign file, or the mailbox in config/mailer.toml."
    ),
    "other-address": N_("it came from another address than the one invited"),
    "over-bound-depth": N_(
        "The mail is made of too many messages inside one another and was not read whole. Open it and decide."
    ),
    "over-bound-headers": N_(
        "The mail has too many header lines and was not read whole. Open it and decide."
    ),
    "over-bound-parts": N_("The mail has more than 200 parts and was not read whole. Open it and decide."),
    "over-bound-size": N_("The mail is larger than 10 MiB and was not read to the end. Open it and decide."),
    "password-in-file": N_(
        "a password stands in the file. Take it out, and put it into config/secrets/ or the variable MAILER_{name}__PASSWORD."
    ),
    "password-missing": N_(
        "the password for [{name}] is missing. Put it into the file config/secrets/{name}_password or the variable {variable}."
    ),
    "placeholder-left": N_(
        'A place was not filled in: "... {read} ...". Correct the template or the campaign file.'
    ),
    "policy": N_(
        "The other server refuses our mail; the address is not to blame. Show this to whoever runs your mail."
    ),
    "refused": N_("refused by the mail server"),
    "rehearsal-not-loopback": N_(
        "the moment is made up ({now}), so nothing is sent to {read}: a rehearsal sends only to a server on this machine. Leave out --now to send for good."
    ),
    "review-not-waiting": N_("entry {read} is not waiting for a decision."),
    "sender-refuted": N_("the mail server says that the sender is forged"),
    "sending-stopped-account-refused": N_(
        "Sending stopped: the mail server refuses the account for now ({reply}). Nobody was marked; wait, or ask your provider, then run the command again."
    ),
    "sending-stopped-interrupted": N_("Stopped, as you asked; what was on its way was finished."),
    "sending-stopped-late": N_("Sending stopped: the meeting begins."),
    "sending-stopped-messages-refused": N_(
        "Sending stopped: the server refuses the messages themselves ({reply}). Nobody was marked; show this sentence to whoever looks after the mail server."
    ),
    "sending-stopped-too-many-refused": N_(
        "Sending stopped: too many addresses are refused ({reply}). Check the list before going on, or the provider may block the account."
    ),
    "sent": N_("has it already"),
    "setting-missing": N_("“{name}” is missing. Add it."),
    "setting-not-a-choice": N_("“{name}” is “{read}”. Choose one of: {choices}."),
    "setting-not-a-table": N_("“{name}” must be a part of its own, with [{name}] above its lines."),
    "setting-not-boolean": N_("“{name}” must be true or false, but “{read}” was read."),
    "setting-not-number": N_("“{name}” must be a whole number, {least} or more, but “{read}” was read."),
    "setting-not-text": N_("“{name}” must be a text between quotation marks, but “{read}” was read."),
    "setting-unknown": N_(
        "“{read}” is not a known setting (did you mean “{proposal}”?). Correct the name or take the line out."
    ),
    "setting-wrong": N_("“{name}” is “{read}”, which it cannot be. Possible: {wanted}."),
    "several-attendees": N_(
        "The calendar answer names several people and none of them is the sender. Choose who answered."
    ),
    "suppressed": N_("asked not to be written to"),
    "table-missing": N_("the part [{name}] is missing. Add it."),
    "template-encoding": N_("{file}, line {line}: this file is not text. Save it again as text in UTF-8."),
    "template-failed": N_("{file}, line {line}: this cannot be filled in: {read} ({reason})."),
    "template-forbidden-markup": N_(
        "{file}: a letter may not hold {read}: nothing in it is fetched from elsewhere, runs or tracks. Put images into the campaign file, under images."
    ),
    "template-include-missing": N_("{file}, line {line}: the included file {read} does not exist."),
    "template-missing": N_("There is no file {file}. Write it, or copy it from the sample campaign."),
    "template-no-subject": N_(
        '{file}: the first line must be the subject, such as "Subject: Invitation"; it reads: {read}'
    ),
    "template-syntax": N_(
        '{file}, line {line}: this is not a valid template: {read} ({reason}). Check the braces and that every "if" and "for" has its end.'
    ),
    "template-unknown-name": N_(
        '{file}, line {line}: nothing is called "{read}". Did you mean "{proposal}"?'
    ),
    "toml-syntax": N_(
        'the file cannot be understood here (“{read}”): {reason}. Texts stand between quotation marks: name = "text".'
    ),
    "two-invitees": N_("it may be about several invitees"),
    "uninvited": N_("somebody who was not invited would like to come"),
    "unknown": N_("The mail was not delivered; the notice does not say why. Read it and decide."),
    "unknown-sender": N_("nothing ties it to an invitation"),
    "use-cancel": N_(
        "the campaign file says that the meeting is cancelled. Tell the invitees with “mailer cancel {campaign}”."
    ),
    "workspace-exists": N_("this folder holds files already. Choose a new one."),
    "workspace-missing": N_(
        "there is no such file, so this folder is not a workspace. Go to the right folder, name it with --workspace, or make a new one with “mailer init DIR”."
    ),
    "zone-unknown": N_("“{read}” is not a time zone. Write for example Europe/Paris."),
}
