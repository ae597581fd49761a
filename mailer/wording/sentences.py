"""English sentences for the codes of problems, errors and reasons; the catalogues hold the other languages."""

from __future__ import annotations

from mailer.translation.marked import N_

SENTENCES: dict[str, str] = {
    "add-same-name": N_(
        "“{read}” is invited at another address already: {found}. If the address has changed: {move}. If these are two people: {add}."
    ),
    "address": N_("The address does not exist. Correct it in the list."),
    "address-beside-text": N_("There is more than an address in “{read}”; {proposal} was used."),
    "address-changed": N_(
        "they give another address. Correct it in the list, or with “mailer move”, and decide what the mail answers"
    ),
    "address-missing": N_(
        "There is no e-mail address on this line ({read}). Nothing can be sent to this contact; they stay on the list as unreachable."
    ),
    "address-not-ascii": N_(
        "“{read}” has accents or a curved apostrophe before the @, which mail cannot carry. Was {proposal} meant? Correct it in the list."
    ),
    "address-not-sendable": N_(
        "No mail can be sent to {read}: letters with accents before the @ or odd characters cannot be carried."
    ),
    "address-on-other-line": N_(
        "{read} is here and in {other_file}, line {other_line}; only one of the lines has an address: {proposal}. If it is the same person, keep that line."
    ),
    "address-reserved": N_(
        "“{read}” is on a domain that does not exist on the Internet (tests, internal networks): no mail will arrive there."
    ),
    "address-shared": N_(
        "{read} is also the address of {other_file}, line {other_line}: these people get one mail that names them all, and one line each."
    ),
    "address-slip": N_(
        "“{read}” may be a typing slip: was {proposal} meant? It is left as it is; correct it in the list if so."
    ),
    "address-taken": N_(
        "{read} is the address of somebody else: {found}. If both are to share it: {share}. If both lines are one person: {merge}."
    ),
    "address-to-correct": N_(
        "“{read}” is not a usable e-mail address. Was {proposal} meant? Correct it in the list."
    ),
    "address-to-type": N_("“{read}” is not one usable e-mail address. Write it like camille@example.org."),
    "address-unusable": N_("“{read}” is not a usable e-mail address. Write it like camille@example.org."),
    "addresses-of-one": N_(
        "Several addresses for the same person ({read}): the mail goes to {proposal}; answers from the others are recognised too."
    ),
    "addresses-of-several": N_(
        "Several addresses on a line that names nobody ({read}): each of them gets a mail."
    ),
    "after-the-meeting": N_("it came after the meeting"),
    "allow-objected": N_(
        '{read} asked not to be written to. Only if they have asked to be written to again, write their words behind: {command} "…".'
    ),
    "ambiguous-voter": N_("several invitees may be meant"),
    "another-day": N_("the answer names another day than the meeting’s"),
    "another-mail": N_("it answers a mail that somebody wrote by hand, which may have asked something else"),
    "another-recipient": N_("the failure notice is about an address that is not theirs"),
    "answer-in-attachment": N_(
        "the answer may be in the attached file. Open the mail in the mailbox, read the file, and decide"
    ),
    "answer-unreadable": N_(
        "“{read}” is not an answer. Write oui, non, peut-être, remplacé or sans réponse. The cell was left as it was."
    ),
    "answered": N_("has answered"),
    "asked-not-to-be-written-to": N_(
        "“{read}” asked not to be written to: nothing will be sent there, from whatever list."
    ),
    "asked-other-name": N_(
        "{read} has the address of {other} on the list ({address}), and {other} is on no list any more; nothing is sent to either until you say who it is. The same person under another name: {same}. Two people: {two}."
    ),
    "asked-other-organisation": N_(
        "{read} is at {address} on the list, and was at {other_address} with another organisation; nothing is sent to either until you say who it is. The same person: {move}. Two people: {two}."
    ),
    "asked-same-name": N_(
        "{read} is at {address} and, under the same name, at {other_address}; nothing is sent to {address} until you say who it is. The same person: {same}. Two people: {two}."
    ),
    "asked-staff-address": N_(
        "{read} is at {address} on the list, but you gave them {other_address}; nothing is sent to either until you say which. The address of the list: {move}. Two people: {two}."
    ),
    "answers-another-letter": N_("it answers a letter that did not ask who comes"),
    "glance": N_("what was written is not quite certain"),
    "glance-without-table": N_(
        "--glance shows one screen, or with --list only the list: leave out --csv and --from."
    ),
    "number-to-type": N_("“{read}” is not a number of people. Type a whole number."),
    "asked-nothing": N_(
        "it answers a letter that did not ask who comes, and says something else than before"
    ),
    "asks": N_("there is a question in it"),
    "attachment-missing": N_("the file {read} is not in the campaign's template folder."),
    "attachment-refused": N_(
        "many mailboxes refuse a file such as {read}, whatever is in it. Send it as PDF, or put it on a website and give the link."
    ),
    "attachments-too-large": N_(
        "the attachments and images weigh {size} MB; many mailboxes take no more than {most} MB. Make them smaller, or put them on a website and give the link."
    ),
    "authority-unusable": N_(
        "no certificate can be read from this file, which ca_file names. It has to be the certificate of the authority itself, in PEM or DER (.pem, .crt, .cer)."
    ),
    "away-or-declined": N_(
        "The writer is away, with a date of return or a stand-in: this may be an absence message or a refusal. Read it and choose."
    ),
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
    "calendar-missing": N_("The message contains no readable calendar invitation."),
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
    "calendar-unwanted": N_("The letter contains a calendar invitation; only invitations may have one."),
    "campaign-held": N_(
        "“{campaign}” is being run already, by {who}. Stop that process first, or let it finish."
    ),
    "campaign-missing": N_("there is no campaign “{read}” in config/campaigns/. Known: {known}."),
    "cancelled": N_("the invitation was withdrawn"),
    "backup-broken": N_(
        "this backup is not whole, or it was changed (line {n}). Nothing was restored. Take another one."
    ),
    "backup-other-version": N_(
        "this backup was made by another version of the program (format {read}; known here: {known}). Restore it with that version, then open the ledger with this one. Nothing was restored."
    ),
    "backup-unreadable": N_("this is no backup of this program. Nothing was restored."),
    "certificate-early": N_(
        "The certificate of {host}, port {port}, is not valid yet, so nothing was given to this server. Look whether the clock of this machine is right; if it is, ask whoever runs the server."
    ),
    "certificate-expired": N_(
        "The certificate of {host}, port {port}, has run out, so nothing was given to this server. Look whether the clock of this machine is right; if it is, whoever runs the server has to renew it."
    ),
    "certificate-other-name": N_(
        "The certificate of {host}, port {port}, is made out to another name ({names}), so nothing was given to this server. If that is your provider’s name, write it as host under [{table}]; if not, ask whoever runs the server."
    ),
    "change-was-read": N_("it says that the change was read, and perhaps not whether the person comes"),
    "check-in-refused": N_(
        "The check-in for a phone does not start, or does not answer. Close other programs, and ask for a code again."
    ),
    "clock-behind": N_(
        "The clock of this machine says {now}, but something is already recorded as of {latest}. Set the clock right (on most systems: turn on setting it from the Internet), or mail will leave at wrong times."
    ),
    "column-field-unknown": N_(
        "The campaign file says that the column “{heading}” holds “{read}”, which is not known. Known: {known}."
    ),
    "comment-contradicts": N_(
        "The calendar button and the words typed beside it say different things. Read the words and decide."
    ),
    "comment-objects": N_(
        "Beside the calendar button the person asks not to be written to. Read the words: do they mean this meeting, or every invitation?"
    ),
    "could-not-retrieve": N_(
        "the mail server could not hand out this person’s mail, and only its subject is known. Open it in the webmail, or ask the person"
    ),
    "counter": N_("another time is proposed"),
    "counter-proposal": N_(
        "The calendar of the invitee proposes another time instead of answering. Tell them that the meeting stays, or move it."
    ),
    "couple-in-one-row": N_("“{read}” is read as two people: each has a line of their own in the ledger."),
    "decision-of-nobody": N_(
        "Nobody invited has “{read}”, so it is not known whose answer this is, and it waits on. Write the address of the person in "
        "the column of addresses, or inscrire as the decision for somebody new."
    ),
    "decision-not-waiting": N_("Nothing with the number {read} waits for a decision."),
    "decision-unreadable": N_(
        "“{read}” is not a decision. Write oui, non, peut-être, remplacé or inscrire, noté for an objection, or rien if the message does not answer. The line still has to be checked."
    ),
    "decision-whose": N_("Say whose answer it is, by name or address."),
    "decision-without-effect": N_(
        "the decision is noted, and changes nothing yet: another answer counts, the meeting is cancelled, or their invitation was taken back."
    ),
    "delegate-unannounced": N_("somebody answers in place of the invitee, who has not said so"),
    "demo-missing": N_(
        "the demo needs mail servers of its own, which are not installed: pip install aiosmtpd pymap"
    ),
    "desk-missing": N_(
        "The desk needs its web server, which is not installed: pip install starlette uvicorn python-multipart tomlkit"
    ),
    "disabled": N_("The mailbox is closed. Look for another address."),
    "dkim-key": N_(
        "The DKIM key cannot be used ({reason}): a private RSA key in PEM form, without a password, is needed."
    ),
    "dns-no-dkim": N_(
        "Under the usual names, {read} publishes no key for signing its mail (DKIM). Ask the mail provider whether it signs, and how to turn that on: large mailboxes want it."
    ),
    "dns-no-dmarc": N_(
        "{read} publishes no DMARC policy: some providers ask for one. Ask whoever manages the domain."
    ),
    "dns-no-mx": N_(
        "{read} names no server that receives its mail (MX), so answers cannot arrive. Ask whoever manages the domain."
    ),
    "dns-no-spf": N_(
        "{read} does not say who may send for it (SPF): many mailboxes will take the invitations for spam. Ask whoever manages the domain."
    ),
    "dns-spf-open": N_(
        "{read} allows the whole world to send in its name (SPF ends in +all), so mailboxes do not trust its mail. Ask whoever manages the domain to end it in ~all."
    ),
    "dns-spf-twice": N_(
        "{read} has two SPF records saying who may send for it, so neither counts. Ask whoever manages the domain to merge them into one."
    ),
    "dns-unreachable": N_("The DNS records of {read} cannot be looked up ({reason}). Is there a network?"),
    "duplicate": N_(
        "The same contact as {other_file}, line {other_line} ({read}): the two lines were made one."
    ),
    "duplicate-differs": N_(
        "{column}: “{read}” here, but “{proposal}” in {other_file}, line {other_line}, for the same contact. “{proposal}” was kept."
    ),
    "earlier-by-date": N_("it came in after the answer that counts, but its date is earlier"),
    "encodings-mixed": N_(
        "Parts of this file are in UTF-8 and others in {encoding}; each part was read in its own encoding. Check a few names."
    ),
    "end-before-start": N_("the meeting would end ({read}) before it starts ({starts}). Correct “{name}”."),
    "end-not-like-start": N_(
        "“{name}” is “{read}”: give an hour to both the start and the end, or to neither (whole days)."
    ),
    "entry-altered": N_("entry {n} was altered after it was written."),
    "entry-damaged": N_(
        "entry {n} of “{read}” in the ledger is damaged. Nothing was sent or changed. Put back the last backup that was sound: mailer restore FILE. “mailer verify” shows what is damaged."
    ),
    "entry-removed": N_("entry {n} was removed."),
    "entry-reordered": N_("entry {n} is out of order."),
    "entry-unreadable": N_("line {n} is not an entry of a ledger."),
    "export-ending": N_("no file ending in “{read}” can be written. Possible: {choices}."),
    "fact-unknown": N_(
        "the ledger holds an entry of the kind “{read}” in format {format}, which this version of the program cannot read. Update the program."
    ),
    "file-no-file": N_("this is a folder, a device or a pipe. Name a plain file."),
    "file-missing": N_("the file does not exist. Check its name, or put it there."),
    "file-name-impossible": N_(
        "a file cannot be named “{read}” on this system. Choose another name, of letters, digits and hyphens."
    ),
    "file-too-large": N_("the file has {read} bytes; at most {most} are read. Is it the right file?"),
    "file-unreadable": N_("the file cannot be read: {reason}."),
    "file-unwritable": N_(
        "nothing can be written there: {reason}. Is the disk full, or the file open in another program?"
    ),
    "folder-missing": N_("the folder does not exist. Check its name in the campaign file."),
    "forget-needs-address": N_(
        "“{read}” is a name, and several people may have it, so nothing was erased. Write the address, or the reference in brackets where several people share one: {found}."
    ),
    "forget-several": N_(
        "Several people have “{read}”, so nothing was erased. Write the reference of the one who is meant: {found}."
    ),
    "forward-notice": N_(
        "the invitation was forwarded to somebody else, which is no answer. Nothing has to be done, unless you want to invite them, too"
    ),
    "forwarded-answer": N_(
        "somebody forwarded what this person wrote. Read it, and decide what counts for them"
    ),
    "from-no-person": N_(
        "These words come from a mail server or an address that nobody reads. Check before you count them as an answer."
    ),
    "full": N_("The mailbox is full. Try again later, or phone."),
    "held-by-a-filter": N_(
        "a filter keeps our letter until a person confirms it. If you trust the mail, open its link or answer it, as it asks; then decide that this is no answer"
    ),
    "helo-refused": N_(
        "The mail server does not take the name by which this machine presents itself (EHLO): {reply}. Write a full host name that it takes, such as courrier.example.org, as helo under [smtp] in config/mailer.toml; whoever runs the server says which."
    ),
    "helo-wrong": N_(
        "“{name}” cannot be “{read}”: a mail server takes a full host name there, such as courrier.example.org, or an address between brackets, such as [192.0.2.1]. Correct it."
    ),
    "hour-unreadable": N_("“{read}” is not a time of day. Write “{name}” as 20:00 or 20 h."),
    "image-unusable": N_("{read} is not an image (png, jpg, gif, svg, webp)."),
    "imap-authority-unknown": N_(
        "the certificate of {host}:{port} comes from an authority that this machine does not know ({reason}), so the connection was refused. Check the name in [imap]. If it is your organisation’s own authority, ask for its certificate and name the file as ca_file under [imap] in config/mailer.toml."
    ),
    "imap-cannot-move": N_(
        'The mail server {host} cannot move mails (it offers neither MOVE nor UIDPLUS), so they stay where they are. The answers are recorded. Set done_folder = "" under [imap], then run the command again.'
    ),
    "imap-certificate": N_(
        "the certificate of {host}:{port} is not valid ({reason}), so the connection was refused. Check the name in [imap]."
    ),
    "imap-folder-missing": N_(
        "the mailbox has no folder “{folder}” that can be opened ({reason}). Check folder, or folders, in [imap]; “mailer check” names the folders of the mailbox."
    ),
    "imap-folder-unknown": N_(
        "the mailbox has no folder “{folder}” that can be opened ({reason}). Write the name of one that it has as folder, or in folders, under [imap]: {known}."
    ),
    "imap-login-refused": N_(
        "{host} does not accept the user name “{username}” with this password ({reason}). Check username in [imap] and the password."
    ),
    "imap-lost": N_(
        "the connection to {host}:{port} was lost ({reason}). What was read is kept; run the command again."
    ),
    "imap-mailbox-refused": N_(
        "{host} does not let “{username}” open the mailbox “{mailbox}” ({reason}). Check the names under [imap] and the password, and have whoever runs the server give this account access. Exchange with a password wants it in the user name instead: username = 'DOMAIN\\user\\mailbox', without mailbox."
    ),
    "imap-move-refused": N_(
        'the mail server {host} does not move mails into “{folder}” ({reason}). The answers are recorded, and their mails stay where they are. Under [imap], write the name of a folder that it takes as done_folder, or done_folder = "" to leave them.'
    ),
    "imap-no-identity": N_(
        "{host} offers no way to open somebody else's mailbox with a password (AUTH=PLAIN). Ask whoever runs the server how a user opens a shared mailbox, and write that as username under [imap], without mailbox: Exchange wants 'DOMAIN\\user\\mailbox'."
    ),
    "imap-not-connected": N_(
        "{host} accepted the sign-in but does not open the mailbox of {username} ({reason}). Either IMAP is switched off for this mailbox, or the person who signed in may not open it: ask the administrator of the mail."
    ),
    "imap-no-starttls": N_(
        'the mail server {host}, port {port}, offers no encryption (STARTTLS), so the password was not given to it. Try port 993 with security = "tls" under [imap], or ask the mail provider.'
    ),
    "imap-password-not-ascii": N_(
        "the user name or the password for {host} has accents or other signs beyond ASCII, and this server takes none there (it offers no AUTH=PLAIN). Choose a password without accents at your mail provider, and write it into config/secrets/imap_password."
    ),
    "imap-refused": N_(
        "the mail server {host} refused what was asked in the folder “{folder}” ({reason}). What was read is kept; run the command again."
    ),
    "imap-unreachable": N_(
        "the mailbox at {host}:{port} cannot be reached ({reason}). Check [imap] in config/mailer.toml and the network."
    ),
    "imap-withholds": N_(
        "the mail server gives no mail out of the folder “{folder}” for now ({reason}). What was not read is asked for again at the next reading."
    ),
    "in-doubt": N_("in doubt: perhaps delivered"),
    "init-incomplete": N_(
        "to make a workspace without questions, this is missing: {read}. Or copy the sample with --sample."
    ),
    "invitee-ambiguous": N_("“{read}” may be several people: {found}. Give the address."),
    "invitee-unknown": N_(
        "nobody on the list is “{read}”. Give the address, or the name as the list has it."
    ),
    "keyring-locked": N_(
        "the keyring of this machine does not give the sign-in of {username} ({reason}): it is locked, or there is none in this session. Unlock it; where nobody can, sign in with “mailer login” without --keyring."
    ),
    "keyring-missing": N_(
        "the keyring can be used once its library is installed: pip install keyring. Or sign in with “mailer login” without --keyring: the token is then in a file that only you can read."
    ),
    "keyring-unusable": N_(
        "the keyring of this machine does not keep the sign-in of {username} ({reason}): it is locked, or takes no value of this length. Nothing was kept. Unlock it, or sign in with “mailer login” without --keyring: the token is then in a file that only you can read."
    ),
    "language-unknown": N_(
        "The language “{read}” is not known: the campaign's language is used. Write fr, en, nl..."
    ),
    "left": N_(
        "somebody is not there any more, or not in that office. Take the person off the list, or correct the address, and decide"
    ),
    "letter-differs": N_(
        "the meeting has not changed since the invitees were told, but {n} of them have a letter that differs from what it would be now: {fields}. To tell them, say it in a line of your own: mailer update {campaign} --say “...”"
    ),
    "ledger-empty": N_(
        "the ledger is an empty file, so everything it knew is gone: nothing was read or sent. Put it back: mailer restore FILE. If it is gone for good, delete this file; “mailer send” then says what to type."
    ),
    "ledger-elsewhere": N_(
        "another machine uses this ledger now: {read}. The folder is shared ({by}), and two machines would each write to everybody. End the program there, or wait ten minutes if that machine is off. For several machines at once, use PostgreSQL."
    ),
    "ledger-left-behind": N_(
        'there is no ledger any more, but there was one: {read}. Nothing was sent, since everybody would be written to again. Put the ledger back: mailer restore FILE. If everybody may be written to as for the first time: mailer send {campaign} --new-ledger "{title}"'
    ),
    "ledger-missing": N_(
        'this is not the ledger that was sent from in this workspace: that one is gone. Nothing was sent, since everybody would be written to again. Put the ledger back: mailer restore FILE. If everybody may be written to as for the first time: mailer send {campaign} --new-ledger "{title}"'
    ),
    "ledger-older": N_(
        'this ledger is older than the last sending from here: it ends at entry {n}, and there were {most}. Nothing was sent, since some would be written to again. Put back a newer backup: mailer restore FILE. If there is none: mailer read, compare with your folder of sent mail, and then: mailer send {campaign} --new-ledger "{title}"'
    ),
    "letter-damaged": N_(
        "A letter that is kept in the ledger is damaged ({read}), and was not sent. Put back the last backup that was sound: mailer restore FILE. “mailer verify” shows what is damaged."
    ),
    "letter-missing": N_(
        "A letter that is to be sent is not kept any more ({read}). Run “mailer verify --rebuild”, then send again."
    ),
    "letter-too-large": N_(
        "the largest letter has {size} kB, and the mail server {host} takes no more than {most} kB (SIZE): it is too large to be sent. Make the attached files smaller, or put them on a website and give the link."
    ),
    "letters-lost": N_("A character in “{read}” cannot be read (shown as �). Correct it in the list."),
    "letters-scrambled": N_(
        "Another program had garbled the accented letters of this file (“{read}” for “{proposal}”); they were restored. Check a few names."
    ),
    "line-ambiguous": N_(
        "“{read}” may be several invitees, so nothing was changed. Use “mailer record” with the address."
    ),
    "line-another-address": N_(
        "“{read}” has another address on this line ({address}), which a table does not change. If it is meant: {command}"
    ),
    "line-mixed-up": N_(
        "the reference of this line does not belong to “{read}”: some columns were sorted without the others. Nothing was changed; export the table again and sort whole lines."
    ),
    "line-twice": N_("“{read}” is in the table twice. Only the first line counts."),
    "line-unknown": N_(
        "nobody on the list of invitees is “{read}”, so nothing was changed. Add new people to the contact list instead."
    ),
    "link-in-clear": N_(
        "{read} is not encrypted, and browsers warn about it. Write it with https:// if the site has that."
    ),
    "link-nowhere": N_("{read} is a made-up link: it leads nowhere. Write the real one."),
    "link-unusable": N_("“{read}” is not a link. It begins with https://."),
    "lists-missing": N_('no contact list is named. Add one: [[lists]] with file = "contacts/….csv".'),
    "login-app-password": N_(
        "{host} refuses the account’s own password and wants one made for this program, an “app password” ({reason}). Make one on the security page of the account at the provider, and put it into config/secrets/{name}_password; or sign in with “mailer login”."
    ),
    "login-basic-off": N_(
        "{host} takes no passwords from programs any more ({reason}), so the password is not to blame. Sign in with “mailer login”; docs/sign-in.en.md says what the administrator has to prepare."
    ),
    "login-blocked-by-policy": N_(
        "{host} refuses this login because of a security rule of the organisation ({reason}). Sign in with “mailer login”; if that is refused too, ask the administrator of the mail to allow this program."
    ),
    "login-exchange": N_(
        "{host} (Microsoft) refuses this login ({reason}). Microsoft takes passwords from programs hardly anywhere now: sign in with “mailer login”. If sending is still refused then, ask the administrator to switch on “Authenticated SMTP” for the mailbox."
    ),
    "login-gmail": N_(
        "Gmail ({host}) refuses this password ({reason}). The password of a Google account does not work here: make an “app password” at myaccount.google.com/apppasswords (two-step verification must be on) and put it into config/secrets/{name}_password. In Google Workspace, “mailer login” works too."
    ),
    "login-or-sign-in": N_(
        "{host} does not accept the user name “{username}” with this password ({reason}). Check username under [{name}] and the password; or, since this server also takes a sign-in without password, sign in with “mailer login”."
    ),
    "login-smtp-auth-off": N_(
        "{host} does not let programs send from {username}: SMTP AUTH is switched off ({reason}). Ask the administrator of the mail to switch on “Authenticated SMTP” for this mailbox (Microsoft 365 admin centre, Users, Mail, Manage email apps), then sign in with “mailer login”."
    ),
    "login-web": N_(
        "{host} refuses this login until you have signed in to the account in a browser ({reason}). Do so once, confirm that it was you, then make an “app password” for this program and put it into config/secrets/{name}_password, or sign in with “mailer login”."
    ),
    "login-yahoo": N_(
        "Yahoo ({host}) refuses this password ({reason}). The password of the account does not work here: make an “app password” on the page login.yahoo.com/account/security and put it into config/secrets/{name}_password; or sign in with “mailer login”."
    ),
    "login-wanted": N_(
        "The mail server wants a user name and a password before it takes mail: {reply}. Write username under [smtp] in config/mailer.toml and the password into config/secrets/smtp_password; if it is to know this machine by its address, whoever runs the server has to enter that address."
    ),
    "lower-trust": N_("it contradicts a more certain answer"),
    "many-gone": N_(
        "{n} people are on no list any more, which is a large part. Is a list incomplete? Sending wants --sure."
    ),
    "many-people": N_(
        "{read} people: is that meant? More than {most} are recorded only with --sure: {command}"
    ),
    "many-people-here": N_(
        "{read} people: is that meant? Go back, and tick “So many people really come” beside the answer. Nothing was recorded."
    ),
    "many-people-come": N_("so many people would come that it may be a mistake"),
    "many-people-in-line": N_(
        "the number of people of “{read}” is too large to be believed, so the line was left out. If it is meant: {command}"
    ),
    "mapped-column-missing": N_(
        "The campaign file speaks of a column “{read}”, which this list does not have. Headings read: {headings}."
    ),
    "meeting-cancelled": N_("the meeting was cancelled: only a new date can be announced (mailer update)."),
    "meeting-changed": N_(
        "the campaign file no longer says what the invitees were told ({fields}). Tell them first with “mailer update {campaign}”, or put the file back."
    ),
    "meeting-has-begun": N_("the meeting began on {starts}: nothing is sent for it any more."),
    "meeting-is-cancelled": N_("the campaign file says that the meeting is cancelled."),
    "meeting-not-over": N_("the meeting ends on {ends}: thanks can be sent after that."),
    "merge-itself": N_(
        "“{read}” is the person who is to be kept ({found}); name the other line by its address or reference."
    ),
    "merged-differently": N_("two lines were made one person, and their answers differ"),
    "message-headers": N_('The message has the header fields "{read}" instead of "{wanted}".'),
    "message-id": N_("The message has the identifier {read} instead of {wanted}."),
    "message-line-ends": N_("The message has line ends that mail does not allow."),
    "message-line-too-long": N_(
        "A line of the message has {read} characters; mail carries {wanted} at most."
    ),
    "message-not-ascii": N_("The message contains bytes that some mail servers cannot carry."),
    "message-recipient": N_("The message is addressed to {read} instead of {wanted}."),
    "message-sender": N_("The message comes from {read} instead of {wanted}."),
    "message-unreadable": N_("The message cannot be read back completely ({read})."),
    "messages-unsound": N_(
        "nothing was sent: {n} faults were found in the messages. Correct the templates or the lists, then try again; “mailer check” lists the faults."
    ),
    "moment-at-clock-change": N_(
        "“{name}” is “{read}”, a time that the clock change in {zone} skips or repeats. Choose another one."
    ),
    "moment-unreadable": N_(
        "“{name}” is “{read}”, which cannot be read as a date and time. Write it like 2025-03-31 14:00."
    ),
    "names-a-delegate": N_("somebody is to come instead"),
    "names-another-invitee": N_(
        "The message names another invitee: {read}. Nobody may read who else is invited."
    ),
    "names-several": N_("it names several people of this address; say for each whether they come"),
    "network": N_("The mail servers did not reach each other in time. Send again."),
    "never-invited": N_("was not invited"),
    "next-round": N_("not in the round that was stopped"),
    "no-passwords": N_(
        "{host} takes no passwords from programs, only a sign-in by OAuth 2. Sign in with “mailer login”; docs/sign-in.en.md says what the administrator has to prepare."
    ),
    "no-tokens": N_(
        "{host} takes no sign-in by token (it offers neither OAUTHBEARER nor XOAUTH2). Take the token away (“mailer logout”, token_command, config/secrets/{name}_token) and use a password: config/secrets/{name}_password."
    ),
    "nobody-to-preview": N_("No line of the lists has an address yet. Drop in a list first."),
    "no-address": N_("no usable address"),
    "no-answer-in-calendar": N_(
        "A calendar answer came without yes, no or maybe. There is nothing to record unless the mail says more."
    ),
    "no-answer-in-words": N_(
        "The mail does not say whether its writer comes. Read it: it may ask a question, announce an answer, or speak of something else."
    ),
    "no-attendee": N_("The calendar answer does not say who answers. Look at the sender and decide."),
    "no-campaign": N_(
        "there is no campaign yet. Copy one into this folder, or make a new workspace with “mailer init DIR”."
    ),
    "no-contacts": N_(
        "The list holds nobody: no line below the headings could be read as a contact. Is it the right file, and was it saved with its contents?"
    ),
    "no-email-column": N_(
        "No column of this list holds e-mail addresses. Headings read: {headings}. Give the column a heading such as “Courriel”, or name it in the campaign file under [lists.columns]."
    ),
    "no-headings": N_(
        "The list has no headings. The columns were taken for: {read}. Add a line of headings if that is wrong."
    ),
    "no-place": N_("waits for a place"),
    "nobody-marked": N_("No invitee was marked; send again then: only what is missing will go."),
    "nobody-to-ask": N_(
        "this command asks a question and there is no terminal to ask it on, so nothing was done. Add --yes to go ahead without a question."
    ),
    "nobody-to-ask-restore": N_(
        "there is a ledger already, with so many entries: {read}; and no terminal to ask on, so nothing was restored. To replace it, and lose what the backup does not have, add --replace {read}."
    ),
    "nobody-to-ask-review": N_(
        "this command asks questions and there is no terminal to ask them on. “mailer review CAMPAIGN --list” shows what is waiting."
    ),
    "not-a-contact-list": N_(
        "This is not a contact list that can be read. Open the file in your spreadsheet and save it as .xlsx or .csv."
    ),
    "not-a-poll": N_(
        "these are not the results of a poll or a form: neither a known program's export nor a table with a line of headings, such as “Nom”, “Courriel” and “Viendrez-vous ?”. Export them from the poll's page as CSV, or give such a table."
    ),
    "not-a-reply": N_("it is not a reply to the invitation, only the address is known"),
    "not-a-review-list": N_(
        "this file is no list of answers to check: the columns “N°”, “Décision” and “Nombre de personnes” are missing. Export it with “mailer review --out”, fill that file in, and give it back."
    ),
    "not-an-attendance-table": N_(
        "no attendance was found in this file: it needs a line of headings with “Nom” (or “Courriel”, “Référence”) and one of “Réponse”, “Nombre de personnes”, “Présence”, “Commentaire”. Export it with “mailer export”, correct that file, and give it back."
    ),
    "not-chosen": N_("not chosen"),
    "not-coming": N_("has not said yes"),
    "not-merged": N_("nobody called “{read}” was made one person with {found}."),
    "not-seen": N_("was not seen at the meeting"),
    "not-utf8": N_("the file is not in UTF-8. Save it again with the encoding UTF-8."),
    "nothing-announced": N_("nobody has been invited yet. Begin with “mailer send {campaign}”."),
    "nothing-but-no": N_("it says no to everything; some polls write so where nothing was chosen"),
    "nothing-changed": N_(
        "nothing has changed since the invitees were told. Correct config/campaigns/{campaign}.toml first."
    ),
    "nothing-new": N_(
        "the mail only brings an earlier letter back, and nothing new is written in it. Ask, or decide that this is no answer"
    ),
    "nothing-of-ours": N_("the failure notice does not contain our message"),
    "nothing-to-acknowledge": N_("has not just answered"),
    "notice-incomplete": N_(
        "“{name}” is missing: the data-protection notice needs it. Fill it in, or write omitted = true in [notice] if these mails need no notice."
    ),
    "notice-missing": N_(
        'the data-protection notice does not say "{what}". Include _notice, or write omitted = true under [notice] in the campaign file.'
    ),
    "notice-untranslated": N_(
        "the letters in another language ({read}) need the data-protection notice in that language. Write it under [notice.{read}]: purpose, basis, retention."
    ),
    "now-unreadable": N_("“{read}” is not a date and time. Write --now 2025-03-13T09:00."),
    "number-to-check": N_(
        "the number is to be checked: people are named whose number is not said, or it is smaller than how many of this address say yes"
    ),
    "oauth-endpoint-insecure": N_(
        "{name} must begin with https://, since codes and tokens go there; “{read}” does not."
    ),
    "oauth-endpoints-missing": N_(
        "the provider of this mailbox is not known for signing in. Name it under [oauth]: provider (microsoft, google, yahoo), or issuer, or authorization_endpoint and token_endpoint; docs/sign-in.en.md says how."
    ),
    "oauth-issuer-wrong": N_(
        "{read} does not say of itself that it is the issuer “{read}”, so it is not trusted. Write oauth.issuer exactly as the provider does."
    ),
    "oauth-no-device-code": N_(
        "signing in with a code (--device) is not possible at {read}: it gives none for mail. Use “mailer login” on a machine with a browser."
    ),
    "oauth-no-metadata": N_(
        "{host} publishes no OpenID metadata ({reason}). Correct oauth.issuer, or write authorization_endpoint and token_endpoint under [oauth]."
    ),
    "oauth-not-registered": N_(
        "this program is not registered with the mail provider yet. An administrator does that once, and puts client_id under [oauth]: docs/sign-in.en.md says how."
    ),
    "oauth-provider-unknown": N_(
        "oauth.provider “{read}” is not known. Known are: {known}; any other provider is named by oauth.issuer."
    ),
    "objection-beside": N_("it asks for no more mail, and says something else besides"),
    "older-version": N_("it answers an earlier date or place of the meeting"),
    "on-its-way": N_("on its way"),
    "promised": N_("waits to be sent already"),
    "organizer-not-read": N_(
        'Answers would go to {read}, but the mailbox that is read is {wanted}. Correct [organizer] in the campaign file, or the mailbox in config/mailer.toml. If mail to {read} arrives in that mailbox, say so under [imap]: aliases = ["{read}"].'
    ),
    "other-address": N_("it came from another address than the one invited"),
    "other-invitee": N_("it came from the address of another invitee"),
    "over-bound-depth": N_(
        "The mail contains too many messages inside one another and was not read to the end. Open it and decide."
    ),
    "over-bound-headers": N_(
        "The mail has too many header lines and was not read to the end. Open it and decide."
    ),
    "over-bound-parts": N_(
        "The mail has more than 200 parts and was not read to the end. Open it and decide."
    ),
    "over-bound-size": N_("The mail is larger than 10 MiB and was not read to the end. Open it and decide."),
    "pace-over-provider": N_(
        "{name} is {read} (0: no limit), but {provider} takes {most} at most and may block the account. Set {name} = {most} under [delivery]."
    ),
    "pace-too-slow": N_(
        "at the pace set, {n} messages take {hours} hours, and the meeting begins before that. Raise the pace under [delivery] if the provider allows it, or send earlier."
    ),
    "party-size-unreadable": N_(
        "“{read}” is not a number of people. Write a whole number, or leave the cell empty. The cell was left as it was."
    ),
    "password-in-file": N_(
        "the file contains a password. Take it out, and put it into config/secrets/ or the variable MAILER_{name}__PASSWORD."
    ),
    "password-missing": N_(
        "the password for [{name}] is missing. Put it into the file config/secrets/{name}_password or the variable {variable}; or, where the provider takes no passwords, sign in with “mailer login”."
    ),
    "dkim-incomplete": N_(
        "to sign messages, dkim.{name} is missing: the selector goes into [dkim], the key into the file config/secrets/dkim_key or the variable MAILER_DKIM__KEY."
    ),
    "person-ambiguous": N_(
        "“{read}” may be several people: {found}. Give the address, the full name or the reference of one of them."
    ),
    "port-other-service": N_(
        "What answers at {host}, port {port}, is another program: it says “{reply}”. Check host and port under [{table}]."
    ),
    "port-wants-starttls": N_(
        'The server {host} does not speak TLS from the start at port {port}. Under [{table}], set security = "starttls", or keep "tls" and set port = {other}.'
    ),
    "port-wants-tls": N_(
        'The server {host} speaks TLS from the start at port {port}. Under [{table}], set security = "tls", or keep "starttls" and set port = {other}.'
    ),
    "process-refused": N_(
        "The system starts no process in which to read mails and workbooks safely. Close other programs, or restart the machine, and try again."
    ),
    "program-fault": N_(
        "a fault of the program, not yours ({kind}). Nothing was lost; send this line to whoever looks after the program."
    ),
    "provider-unknown": N_("delivery.provider is “{read}”, which is not known. Possible: {known}."),
    "reaction": N_(
        "somebody put an emoji on our letter: it was seen, which is no answer. Ask, or decide that this is none"
    ),
    "recall": N_("they want to take a mail back. Look at their last answer, and ask where it matters"),
    "secret-in-file": N_(
        "the file contains “{key}”, which is a secret. Take it out, and put it into the file config/secrets/{file_name}."
    ),
    "pdf-missing": N_(
        "a PDF can be written once reportlab is installed: pip install reportlab. Or export with the ending .html and print it from the browser."
    ),
    "placeholder-left": N_(
        'A placeholder was not filled in: "... {read} ...". Correct the template or the campaign file.'
    ),
    "plus-address-refused": N_(
        "{host} does not accept addresses like {read}. The program does not need them."
    ),
    "plus-address-taken": N_("{host} accepts addresses like {read}. The program does not need them."),
    "policy": N_(
        "The other server refuses our mail; the address is not to blame. Show this to whoever runs your mail."
    ),
    "poll-column-needed": N_(
        "which column means coming to the meeting is not clear (given: “{read}”). Say it: --column with a part of its heading. Columns: {options}. Nothing was recorded."
    ),
    "poll-answers-not-kept": N_(
        'what the answers to “{read}” mean could not be written into this campaign file, because it has [polls] in another form. Write it there by hand: [polls."QUESTION"], and below it "ANSWER" = "yes" (or no, perhaps, none).'
    ),
    "poll-empty": N_("nobody has voted in this poll yet."),
    "poll-meaning-unreadable": N_(
        '“{read}” does not say what an answer means. Write the answer, = and yes, no, perhaps or none: --means "With pleasure=yes".'
    ),
    "poll-headings-unclear": N_(
        "a comma in a heading makes the columns unclear: {read}. Put the heading between quotation marks in the file's first line."
    ),
    "purge-not-over": N_(
        "the meeting ends on {ends}: its people can be erased after that. One person: mailer forget WHO."
    ),
    "presence-unreadable": N_(
        "“{read}” is not a presence. Write présent, absent, excusé or représenté. The cell was left as it was."
    ),
    "quote-not-closed": N_(
        "A quotation mark is opened and never closed (“{read}”): it was left out. Check this line."
    ),
    "port-taken": N_("Port {read} is in use already. Choose another, or leave --port out."),
    "recent": N_("had a letter within the last 24 hours"),
    "redirect-port-taken": N_(
        "port {read}, which oauth.redirect_port names, is in use already, perhaps by another sign-in that waits. End that one, or choose another port."
    ),
    "record-unknown": N_(
        "“{read}” cannot be recorded. Write yes, no, perhaps, present, absent, excused or represented."
    ),
    "refused": N_("refused by the mail server"),
    "rehearsal-not-loopback": N_(
        "the time is made up with --now ({now}), so nothing is sent to {read}: a rehearsal sends only to a server on this machine. Leave out --now to send for real."
    ),
    "relay-denied": N_(
        "The mail server does not pass mail on for this machine: {reply}. If it wants a login, write username under [smtp] in config/mailer.toml and the password into config/secrets/smtp_password; if it is to know this machine by its address, whoever runs the server has to enter that address."
    ),
    "review-not-waiting": N_("entry {read} is not waiting for a decision."),
    "review-unreadable": N_(
        "“{read}” is not understood in the column “À vérifier”. Leave “oui”, or empty the cell once you have checked the answer. The cell was left as it was."
    ),
    "row-ignored": N_("This line names nobody and was passed over: “{read}”."),
    "same-in-more": N_("the same in {n} more messages"),
    "same-name-other-address": N_(
        "{read} is also in {other_file}, line {other_line}, with the address {proposal}. If it is the same person, keep one of the lines."
    ),
    "says-more": N_("something else is said in it, for a person to read"),
    "schedule-after-start": N_(
        "“{name}” would be on {read}, but the meeting starts on {other}. Choose an earlier moment."
    ),
    "schedule-before-end": N_(
        "“{name}” would be on {read}, but the meeting ends on {other}. Choose a later moment."
    ),
    "schedule-before-invitation": N_(
        "“{name}” would be on {read}, before the invitation ({other}). Choose a later moment."
    ),
    "schedule-day-off": N_(
        "{read} is a Saturday, a Sunday or a public holiday. Choose another day for “{name}”, or allow days off (working_days = false)."
    ),
    "schedule-no-deadline": N_("“{read}” needs a last day for answers: write answer_by in [schedule]."),
    "schedule-quiet": N_(
        "{read} is in the quiet hours. Choose another time for “{name}”, or change the quiet hours (quiet_from and quiet_until)."
    ),
    "schedule-same-day": N_(
        "two reminders would leave on the same day ({read}). Choose another day for one of them."
    ),
    "schedule-too-many": N_("At most {most} reminders can be scheduled; {read} were given."),
    "schedule-unreadable": N_(
        "“{read}” is not a time for “{name}”. Write a date and a time (2025-03-10 9:00), or a distance: “7 days before the meeting at 9:00”, “la veille à 10 h”, “J-2”."
    ),
    "sender-of-other-domain": N_(
        "the invitations come from {read}, but leave through the account {username} of another domain: many mailboxes will take them for forged. Send from an address of that domain, or through a server of your own."
    ),
    "sender-refused": N_(
        "The mail server does not let this account send from the address that invites: {reply}. Whoever runs the server can allow it (“send as”). If only the return address is refused, write the account’s own address as envelope_from under [smtp] in config/mailer.toml; failure notices then arrive in that mailbox."
    ),
    "sender-refuted": N_("the mail server says that the sender is forged"),
    "sending-changed": N_(
        "letter or meeting have changed since this was confirmed, so that it does not leave by itself. To confirm it as it is now: mailer schedule {campaign} --yes"
    ),
    "sending-stopped-account-refused": N_(
        "The mail server refuses to send more from this account for now: {reply}. No invitee was marked; wait, or ask the mail provider, then send again: only what is missing will go."
    ),
    "sending-stopped-given-back": N_(
        "The mail server refused some for a reason that may be its own (last: {reply}). Nobody was marked as refused. Send again later: they are tried once more."
    ),
    "sending-stopped-interrupted": N_(
        "Sending was interrupted as you asked. Send again, and only what is missing will go."
    ),
    "sending-stopped-late": N_(
        "It is too late to send for this meeting: what had not left yet stays unsent."
    ),
    "sending-stopped-messages-refused": N_(
        "The mail server refused the letter itself three times in a row: {reply}. Sending has stopped before trying it on everybody, and nobody was marked as refused. Read the server’s reply, change the letter, and try it with “mailer send --test”."
    ),
    "sending-stopped-too-many-refused": N_(
        "Too many addresses of the list were refused (last: {reply}). Sending has stopped so that the account is not blocked. Check the list before you send again."
    ),
    "sending-unconfirmed": N_(
        "nobody has confirmed yet that this leaves by itself. To confirm it: mailer schedule {campaign} --yes"
    ),
    "sent": N_("has it already"),
    "server-dropped": N_(
        "Nothing came back from {host}, port {port}, within {seconds} seconds. Often a firewall stops what goes out by this port: ask whoever runs your network to open it. Otherwise check host and port under [{table}]."
    ),
    "server-refuses": N_(
        "There is no mail server at {host}, port {port}: the connection was refused. Check host and port under [{table}]."
    ),
    "server-unknown": N_(
        "There is no server called “{host}”. Check host under [{table}], and the connection to the Internet."
    ),
    "server-untried": N_("It was not tried, since “online” under [find] says that nobody is to be asked."),
    "set-aside-ended": N_(
        "Reading this mail failed twice. It is not read again; it lies in the mailbox. Open it there and decide."
    ),
    "set-aside-memory": N_(
        "Reading this mail took more memory than any mail does, and was stopped. It is not read again; it lies in the mailbox. Open it there and decide."
    ),
    "set-aside-time": N_(
        "Reading this mail took longer than any mail does, and was stopped. It is not read again; it lies in the mailbox. Open it there and decide."
    ),
    "set-aside-withheld": N_(
        "The mail server has this mail and does not give it to this program, so it could not be read. It lies in the mailbox, in the folder that is named. Open it there and decide; “mailer read --retry” asks for it once more."
    ),
    "setting-missing": N_("“{name}” is missing. Add it."),
    "setting-not-a-choice": N_("“{name}” is “{read}”. Choose one of: {choices}."),
    "setting-not-a-table": N_("“{name}” must be a table: put [{name}] above its lines."),
    "setting-not-boolean": N_("“{name}” must be true or false, but “{read}” was read."),
    "setting-not-number": N_("“{name}” must be a whole number, {least} or more, but “{read}” was read."),
    "setting-not-text": N_("“{name}” must be a text between quotation marks, but “{read}” was read."),
    "setting-unknown": N_(
        "“{read}” is not a known setting (did you mean “{proposal}”?). Correct the name or take the line out."
    ),
    "setting-control": N_(
        "“{name}” holds a line end or a character that cannot be typed. Write it again; what was read is not shown."
    ),
    "secret-unreadable": N_(
        "the file cannot be used as a secret: {reason}. It must be a file of text in UTF-8 that you may read, with the secret on one line."
    ),
    "setting-wrong-hidden": N_(
        "“{name}” cannot be what stands there, which is not shown since it may be a secret. Possible: {wanted}."
    ),
    "setting-wrong": N_("“{name}” cannot be “{read}”. Possible: {wanted}."),
    "several-attendees": N_(
        "The calendar answer names several people and none of them is the sender. Choose who answered."
    ),
    "shared": N_("no letter, since somebody else of the address stays invited"),
    "shared-contradicts": N_("it names nobody, and contradicts what is known of this person"),
    "sheet-without-addresses": N_(
        "The sheet “{read}” has no column of e-mail addresses and was passed over."
    ),
    "sheets-hidden": N_(
        "Hidden sheets were not read: {read}. Show them in your spreadsheet if they are part of the list."
    ),
    "sign-in-busy": N_(
        "another process is renewing the sign-in of {username} and does not end. Try again; if it stays so, end the other “mailer” processes."
    ),
    "sign-in-client-refused": N_(
        "{host} does not accept this program ({reason}): client_id, the client secret or scopes under [oauth] are wrong, or the secret has run out. The administrator finds what to do in docs/sign-in.en.md. Nothing is lost meanwhile."
    ),
    "sign-in-denied": N_(
        "{host} did not let {username} sign in ({reason}). Try again; if an administrator has to agree first, docs/sign-in.en.md says what they have to do."
    ),
    "sign-in-expired": N_(
        "the sign-in to the mailbox has ended: the provider renews it no more ({reason}). Sign in again with “mailer login”. Nothing is lost: sending and reading then go on where they were."
    ),
    "sign-in-failed": N_(
        "{host} gave no token for the mailbox ({reason}). Try again later, or sign in again with “mailer login”. Nothing is lost."
    ),
    "sign-in-missing": N_("nobody is signed in to {username}. Sign in with “mailer login”."),
    "sign-in-no-user": N_(
        "there is no user name to sign in with. Write the address of the mailbox as username under [smtp] and [imap]."
    ),
    "sign-in-not-lasting": N_(
        "the provider gave a token that cannot be renewed, so it would end within the hour. The administrator allows this program “offline access”: docs/sign-in.en.md."
    ),
    "sign-in-not-used": N_(
        "“{read}” is not the user name of a server: under [smtp] and [imap] stands {known}. Name that one, or correct username."
    ),
    "sign-in-other-mailbox": N_(
        "you signed in as {name}, and {host} does not open the mailbox of {username} to that account ({reason}). Sign in again with “mailer login” and choose {username}; or have the administrator give {name} the right to this mailbox. Nothing was kept."
    ),
    "sign-in-personal-google": N_(
        "Google lets no program of your own into the mail of {read}. Make an “app password” at myaccount.google.com/apppasswords (two-step verification must be on) and put it into config/secrets/smtp_password and config/secrets/imap_password. “mailer login” is for Google Workspace."
    ),
    "sign-in-timed-out": N_("nobody signed in to {username} in time. Start again with “mailer login”."),
    "sign-in-unreachable": N_(
        "the provider {host} cannot be reached for the sign-in ({reason}). Try again in a while. Nothing is lost."
    ),
    "sign-in-unreadable": N_(
        "the sign-in of {username} cannot be read ({reason} is damaged). Sign in again with “mailer login”."
    ),
    "sign-in-which": N_("there are several mailboxes. Name one: {read}."),
    "other-voter": N_("the address is an invitee's, the name is not"),
    "unfinished-form": N_("the form was begun and not sent"),
    "similar-voter": N_("the name only resembles an invitee's"),
    "smtp-authority-unknown": N_(
        "The certificate of the mail server {host} comes from an authority that this machine does not know ({reason}). Nothing was sent. Check the name in smtp.host. If it is your organisation’s own authority, ask for its certificate and name the file as ca_file under [smtp] in config/mailer.toml."
    ),
    "smtp-certificate": N_(
        "The certificate of the mail server {host} cannot be verified ({reason}). Nothing was sent. Check the name in smtp.host; if it is right, ask whoever runs the mail server."
    ),
    "smtp-helo-refused": N_(
        "The mail server {host} does not take the name “{helo}” by which this machine presents itself (EHLO): {reply} {reason}. Nothing was sent. Write a full host name that it takes, such as courrier.example.org, as helo under [smtp] in config/mailer.toml; whoever runs the server says which."
    ),
    "smtp-login-refused": N_(
        "The mail server {host} refuses the user name or the password ({reply} {reason}). Check smtp.username in config/mailer.toml and the password in config/secrets/smtp_password."
    ),
    "smtp-no-login": N_(
        "The mail server {host} does not accept this kind of login. Check smtp.username and the port in config/mailer.toml; if the server knows this machine by its address and wants no login, take username out of [smtp]."
    ),
    "smtp-no-starttls": N_(
        'The mail server {host}, port {port}, offers no encryption (STARTTLS), so neither the password nor any message was given to it. Try port 465 with security = "tls", or ask the mail provider.'
    ),
    "smtp-not-smtp": N_(
        "The server at {host}, port {port}, is not a mail server. Check smtp.host and smtp.port in config/mailer.toml."
    ),
    "smtp-password-in-clear": N_(
        'The password would go to {host} unencrypted, so it was not sent. Set security = "tls" (port 465) or "starttls" (port 587) under [smtp] in config/mailer.toml.'
    ),
    "imap-password-in-clear": N_(
        'The password would go to {host} unencrypted, so it was not sent. Set security = "tls" (port 993) or "starttls" (port 143) under [imap] in config/mailer.toml.'
    ),
    "login-unsound": N_(
        "The user name or the password for {host} holds a line end or a character that cannot be typed, so it was not sent. Write it again, without copying it from elsewhere."
    ),
    "smtp-sender-refused": N_(
        "{host} does not let this account send from {read} ({reply}). Write the account's own address under [organizer], or have the provider allow this one."
    ),
    "smtp-timeout": N_(
        "The mail server {host}, port {port}, does not answer. Check the port and the security in config/mailer.toml (465 with tls, 587 with starttls), or try again later."
    ),
    "smtp-tls": N_(
        "The secured connection to {host}, port {port}, could not be set up ({reason}). Check the port and the security in config/mailer.toml: 465 with tls, 587 with starttls."
    ),
    "smtp-turned-away": N_(
        "The mail server {host} refused the connection: {reply} {reason}. Try again later; if the reply is the same again, ask the mail provider."
    ),
    "smtp-unknown-host": N_(
        "There is no mail server called “{host}”. Check smtp.host in config/mailer.toml, and the connection to the Internet."
    ),
    "smtp-unreachable": N_(
        "The mail server {host}, port {port}, cannot be reached ({reason}). Check smtp.host and smtp.port in config/mailer.toml, or try again later; nothing was lost."
    ),
    "queue-damaged": N_(
        "the queue of “{read}” is damaged; the ledger is not. Make it anew from the ledger: mailer verify --rebuild."
    ),
    "others-can-read": N_(
        "Other users of this machine can read or change {read}. To keep it to yourself, type: {command}"
    ),
    "others-can-read-group": N_(
        "Users of this machine who are not of your group can read or change {read}. To keep it to yourselves, type: {command}"
    ),
    "path-is-address": N_(
        "“{name}” names “{read}”, an address and no file of the workspace. Copy the file to {templates}/ or to a folder such as attachments/, and write its path from the workspace on; or write the address into the text."
    ),
    "path-ledger": N_(
        "“{name}” names “{read}”, which is the ledger or a backup of it, with the data of everybody. It goes into no letter: take it out, or name another file."
    ),
    "path-missing": N_(
        "“{name}” names “{read}”, and there is no such file. Check the name, or put the file into {templates}/ or a folder such as attachments/, and write its path from the workspace on."
    ),
    "path-no-file": N_(
        "“{name}” names “{read}”, which is a folder, a device or a pipe. Only a plain file goes into a letter: name one."
    ),
    "path-outside": N_(
        "“{name}” names “{read}”, which lies outside of the workspace, or leads out of it. Only a file of the workspace goes into a letter: copy it to {templates}/ or to a folder such as attachments/, and write its path from the workspace on."
    ),
    "path-private": N_(
        "“{name}” names “{read}”, which lies in {folder} or leads there. Nothing from there goes into a letter, since passwords and people's data are kept there. Put the file into {templates}/ or a folder such as attachments/, and write its path from the workspace on."
    ),
    "path-too-large": N_(
        "“{name}” names “{read}”, which is larger than {most} MB. Make it smaller, or put it on a website and give the link."
    ),
    "speaks-for-another": N_("somebody else says it of this person"),
    "store-busy": N_(
        "Another program is using the ledger {file}. Close it, or wait a minute, and run the command again."
    ),
    "store-damaged": N_(
        "{file} is not a ledger of this program, or it is damaged ({reason}). Put back the last backup, and do not send before that: mailer restore FILE"
    ),
    "store-disk-full": N_(
        "The disk is full: the ledger {file} could not be opened or written. What it holds is whole, and nothing is sent without it. Make room and run the command again; a message that was on its way is shown as in doubt then."
    ),
    "store-driver": N_(
        'PostgreSQL can be used once its driver is installed: pip install "psycopg[binary]" (missing: {read}).'
    ),
    "store-newer": N_(
        "The ledger {file} was written by a newer version of this program (version {read}, known here: {known}). Update the program; the ledger was not touched."
    ),
    "store-refused": N_(
        "The database refused the change ({reason}); none of it was written. Run the command again; if it is refused again, tell whoever looks after the program."
    ),
    "store-shared": N_(
        "The ledger lies in a folder that several machines share ({by}). Such a folder can damage it, and lets two machines write to everybody. Put the workspace into a folder of this machine, or use PostgreSQL for several machines."
    ),
    "store-unreachable": N_(
        "The database {file} cannot be reached ({reason}). Check store.url and that the server is running, then run the command again."
    ),
    "store-unwritable": N_(
        "The ledger {file} cannot be written ({reason}). Check that the folder exists and that you may write there."
    ),
    "store-url": N_(
        "The store cannot be used: store.url must be sqlite:///path or postgresql://user@host/name ({reason}). What was read is not shown, since it may hold a password; in the password, write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F and % as %25."
    ),
    "store-in-clear": N_(
        "The password of the database would go to {host} unencrypted, so nothing was sent. Add ?sslmode=verify-full to store.url, and &sslrootcert=FILE, the file of the authorities that are believed (sslmode=require encrypts without asking whose server it is). Without encryption, only a database on this machine is used."
    ),
    "subject-disagrees": N_(
        "The subject of the mail says one thing and its text another. Read it and choose which one counts."
    ),
    "suppressed": N_("asked not to be written to"),
    "table-missing": N_("the table [{name}] is missing. Add it."),
    "template-encoding": N_("this file is not text. Save it again as text in UTF-8."),
    "template-failed": N_("this cannot be filled in: {read} ({reason})."),
    "template-forbidden-markup": N_(
        "a letter may not contain {read}: a letter loads nothing from elsewhere, runs nothing and tracks nobody. Take it out; an image is named in the campaign file, under images, and travels with the mail."
    ),
    "template-include-missing": N_("the included file {read} does not exist."),
    "template-missing": N_("There is no file {file}. Write it, or copy it from the sample campaign."),
    "template-no-subject": N_(
        'the first line must be the subject, such as "Subject: Invitation"; it reads: {read}'
    ),
    "template-syntax": N_(
        'this is not a valid template: {read} ({reason}). Check the braces and that every "if" and "for" has its end.'
    ),
    "template-unknown-name": N_('nothing is called "{read}". Did you mean "{proposal}"?'),
    "test-only-one": N_("a test message is that of one invitee: {read} are several. Name one with --only."),
    "text-too-long": N_(
        "The mail is too long for an answer to be read from it with certainty. Read it and choose."
    ),
    "title-other": N_(
        "“{read}” is not the title of this campaign. Type it as it is: “{title}”. Nothing was sent."
    ),
    "token-command-empty": N_(
        "token_command under [{name}] printed no token: it must print the access token alone, on one line. Run the command by hand to see what it does."
    ),
    "token-command-failed": N_(
        "token_command under [{name}] did not work ({reason}). Run the command by hand to see why; what it says is not shown here, since it may hold secrets."
    ),
    "token-in-clear": N_(
        'The sign-in would go to {host} unencrypted, so it was not sent. Set security = "tls" under [{name}] in config/mailer.toml.'
    ),
    "token-refused": N_(
        "{host} did not take the sign-in of {username}: it refuses the token ({reason}). Sign in again with “mailer login”, as somebody who may use this mailbox; a token from token_command or config/secrets/{name}_token has to be renewed by the program that makes it."
    ),
    "toml-syntax": N_(
        'the file cannot be understood here (“{read}”): {reason}. Put texts between quotation marks: name = "text".'
    ),
    "toml-syntax-hidden": N_(
        "the file cannot be understood here, at character {column}: {reason}. The line is not shown, since it may hold a secret. Texts stand between quotation marks, and passwords not in this file, but in config/secrets/."
    ),
    "tls-wanted": N_(
        'The mail server takes mail over an encrypted connection only: {reply}. Set security = "starttls" (port 587) or "tls" (port 465) under [smtp] in config/mailer.toml.'
    ),
    "too-many-contacts": N_(
        "The list holds more than {most} contacts. Is it the right file? If so, cut it into several lists."
    ),
    "trip-done": N_("A message to yourself left by {host} and arrived in “{folder}” of {read}."),
    "trip-junk": N_(
        "The message to yourself arrived in “{folder}”, the folder for unwanted mail of {read}. Invitations may end there, too: “mailer check --online” says what the domain lacks."
    ),
    "trip-left": N_(
        "It is still there, since this server cannot delete one message alone; you may delete it."
    ),
    "trip-lost": N_(
        "The mail server {host} accepted a message to yourself, but after {n} seconds it was not in the mailbox of {read}. Look whether it comes later; if it does not, [imap] may be another mailbox than that of this address."
    ),
    "trip-refused": N_("The mail server {host} refused a message to yourself ({read}): {reply}"),
    "trip-removed": N_("It was deleted there."),
    "two-invitees": N_("it may be about several invitees"),
    "unclear": N_("it is not sure what was meant"),
    "uninvited": N_("somebody who was not invited would like to come"),
    "uninvited-many": N_(
        "somebody who was not invited would like to come, after many others on the same day"
    ),
    "unknown": N_("The mail was not delivered; the notice does not say why. Read it and decide."),
    "unknown-sender": N_("nothing links it to an invitation"),
    "unknown-voter": N_("nobody on the list of invitees has this name"),
    "unlisted": N_("is on no list any more"),
    "unmatched": N_("the writer of this message was not identified"),
    "unsettled": N_("it has to be said first who they are"),
    "use-cancel": N_(
        "the campaign file says that the meeting is cancelled. Tell the invitees with “mailer cancel {campaign}”."
    ),
    "variable-no-list": N_(
        'A variable MAILER_{read}__… cannot be read. A list is written in brackets, its texts between double quotation marks: ["…", "…"].'
    ),
    "withdrawn": N_("their invitation was taken back"),
    "version-newer": N_(
        "A prepared letter was written by a newer version of this program (format {read}). Update the program; nothing was sent."
    ),
    "words-in-doubt": N_(
        "The mail can be read in more than one way. Read it and choose: comes, does not come, maybe."
    ),
    "workbook-broken": N_(
        "The workbook is damaged and cannot be read. Open it in your spreadsheet and save it again, or ask for it once more."
    ),
    "workbook-locked": N_(
        "The workbook is protected by a password. Open it in your spreadsheet, remove the password, and save it."
    ),
    "workbook-too-large": N_(
        "This workbook unpacks to far more than a contact list holds. Copy the list into a new workbook and save that one."
    ),
    "workbook-too-slow": N_(
        "Reading this workbook took longer than any contact list does, and was stopped. Copy the list into a new workbook and save that one."
    ),
    "workspace-exists": N_(
        "this folder holds files already. Choose a new one; another campaign in a workspace is begun in the browser (mailer desk)."
    ),
    "workspace-missing": N_(
        "there is no such file, so this folder is not a workspace. Go to the right folder, name it with --workspace, or make a new one with “mailer init DIR”."
    ),
    "zone-unknown": N_("“{read}” is not a time zone. Write for example Europe/Paris."),
}
