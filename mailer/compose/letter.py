"""Fill in the templates for one invitee: subject, text, HTML and the words of the calendar entry."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import css_inline

from mailer.compose.facts import campaign_facts, invitation_facts
from mailer.compose.marks import FOLLOW, Marks
from mailer.compose.notice import missing_from_page, missing_from_text, notice_in
from mailer.compose.page import forbidden_in, marks_out_of_place
from mailer.compose.templates import Templates
from mailer.compose.tongues import TEST_MARK, TONGUES, Tongue, primary
from mailer.errors import TemplateError
from mailer.mime import one_line
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.people import Invitee

_SUBJECT_LINE = re.compile(
    r"\s*(?:Objet|Subject)[^\S\n]*:[^\S\n]*(?P<subject>\S[^\n]*)(?:\n|\Z)", re.IGNORECASE
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_SALUTATION_LINE = re.compile(rf"{FOLLOW}[^\w\n]*$", re.MULTILINE)
_AFTER_SALUTATION = re.compile(
    rf"<body\b.*?{FOLLOW}(?:[^\w<&]|&\w+;|</?(?:b|strong|em|i|span|font)\b[^>]*>)*"
    r"(?:</(?:p|div|h[1-6])\s*>|(?=<(?:br|p|div|table|ul|ol)\b|</(?:td|li|body)\b))",
    re.IGNORECASE | re.DOTALL,
)
"""What comes before the end of the first element that ends with the salutation."""
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """The texts of one message. `summary` and `description` are what the calendar shows."""

    language: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    summary: str = field(repr=False)
    description: str = field(repr=False)


class Unmarkable(Exception):  # noqa: N818 - what was found, not an error
    """The templates are such that no letter with marks can be written."""


class LetterWriter:
    """Writer of the letters of one campaign."""

    def __init__(
        self,
        campaign: Campaign,
        templates: Templates,
        *,
        previous: Meeting,
        whole: bool,
        images: Mapping[str, str],
        keep_answers: bool = False,
    ) -> None:
        self._campaign = campaign
        self._templates = templates
        self._whole = whole
        self._facts = {
            language: campaign_facts(campaign, tongue, previous, images, keep_answers=keep_answers)
            for language, tongue in TONGUES.items()
        }
        self._inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
        self._pages_looked_at: set[str] = set()

    def write(self, invitation: Invitation) -> RenderedLetter:
        """Return the letter to one invitee, in their language if there are templates for it."""
        return self._write(invitation, None)

    def write_marked(self, invitation: Invitation, marks: Marks) -> RenderedLetter:
        """Return the letter with marks in place of the invitee's own values.

        Raises `Shaped` if a template does more with a value than write it out, `Unmarkable` if one is not written
        among a page's words and links, and TemplateError as `write` does.
        """
        if not self._templates.write_straight:
            raise Unmarkable
        return self._write(invitation, marks)

    def _write(self, invitation: Invitation, marks: Marks | None) -> RenderedLetter:
        language = self.language(invitation.invitee, invitation.kind)
        tongue = TONGUES[language]
        facts: dict[str, object] = {
            **self._facts[language],
            **invitation_facts(self._campaign, invitation, language, self._whole, marks),
            "language": language,
        }
        kind = invitation.kind.value
        subject, text = self._headed(f"{kind}.txt", language, facts)
        headed = marks.subject(subject) if marks else subject
        page = self._templates.render(f"{kind}.html", language, {**facts, "subject": headed})
        if invitation.line:
            line = TONGUES[self._campaign.language].typeset(one_line(invitation.line))
            text, page = _said_in_text(text, line), _said_in_page(page, line)
        self._look_at(page, f"{kind}.html", language)
        if marks and marks_out_of_place(page):
            raise Unmarkable
        if invitation.kind.is_invitation:
            self._look_for_notice(kind, language, text, page)
        # Inlined after rendering: an HTML parser moves a `{% for %}` out of the table it stands in.
        page = self._inliner.inline(page)
        summary, description = "", ""
        if invitation.kind.is_invitation:
            summary, description = self._headed("calendar.txt", language, facts)
        letter = RenderedLetter(language, subject, text, page, summary.replace("\u00a0", " "), description)
        return _marked(letter, tongue) if invitation.test else letter

    def language(self, invitee: Invitee, kind: Kind) -> str:
        """Return the language to write in: the invitee's if there are templates for it, else the campaign's."""
        wanted = primary(invitee.language)
        if wanted in TONGUES and self._templates.speaks(wanted, f"{kind.value}.txt"):
            return wanted
        return self._campaign.language

    def _headed(self, name: str, language: str, facts: Mapping[str, object]) -> tuple[str, str]:
        """Render a text that begins with its subject (``Objet : ...``), and return the subject and the rest."""
        rendered = _TRAILING.sub("", self._templates.render(name, language, facts))
        head = _SUBJECT_LINE.match(rendered)
        if head is None:
            line = rendered.lstrip().partition("\n")[0]
            raise TemplateError(
                "template-no-subject", file=self._templates.path(name, language), line=1, read=line
            )
        return one_line(head["subject"]).replace(FOLLOW, ""), _BLANK_LINES.sub(
            "\n\n", rendered[head.end() :]
        ).strip() + "\n"

    def _look_at(self, page: str, name: str, language: str) -> None:
        """Refuse a page that fetches or runs anything; checked once a template, since no value can add markup."""
        path = self._templates.path(name, language)
        if path not in self._pages_looked_at:
            if found := forbidden_in(page):
                raise TemplateError("template-forbidden-markup", file=path, read=found)
            self._pages_looked_at.add(path)

    def _look_for_notice(self, kind: str, language: str, text: str, page: str) -> None:
        """Refuse a letter without the data-protection notice."""
        notice, translated = notice_in(self._campaign, language)
        missing = {
            f"{kind}.txt": missing_from_text(notice, text, translated=translated),
            f"{kind}.html": missing_from_page(notice, page, translated=translated),
        }
        for name, what in missing.items():
            if what:
                raise TemplateError("notice-missing", file=self._templates.path(name, language), what=what)


def _said_in_text(text: str, line: str) -> str:
    """Return the text with a paragraph more: after the line that ends with the salutation, or else at the top."""
    place = _SALUTATION_LINE.search(text)
    at = place.end() if place else 0
    paragraphs = filter(None, (text[:at].rstrip(), line, text[at:].strip()))
    return "\n\n".join(paragraphs).replace(FOLLOW, "") + "\n"


def _said_in_page(page: str, line: str) -> str:
    """Return the page with a paragraph more: after the element that ends with the salutation, or else at the top."""
    place = _AFTER_SALUTATION.search(page) or _BODY.search(page)
    at = place.end() if place else 0
    return f"{page[:at]}\n<p>{html.escape(line)}</p>{page[at:]}".replace(FOLLOW, "")


def _marked(letter: RenderedLetter, tongue: Tongue) -> RenderedLetter:
    """Return the letter with a note in subject, body and calendar that it is a test, whatever the templates say."""
    note = f"{TEST_MARK} {tongue.test_note}"
    banner = f'<p style="margin:0;padding:12px;background:#fff3bf;color:#1a1a1a">{html.escape(note)}</p>'
    body = _BODY.search(letter.html)
    at = body.end() if body else 0
    return replace(
        letter,
        subject=f"{TEST_MARK} {letter.subject}",
        text=f"{note}\n\n{letter.text}",
        html=letter.html[:at] + banner + letter.html[at:],
        summary=f"{TEST_MARK} {letter.summary}",
        description=f"{note}\n\n{letter.description}",
    )
