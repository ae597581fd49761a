"""Find what programs put above an earlier mail: a line with "Original message", or its From, Sent, To and Subject."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from types import MappingProxyType

from mailer.inbox.new_text.lines import MarkedBody, Span


class Role(enum.Enum):
    """The header field that a line above an earlier mail shows."""

    FROM = enum.auto()
    DATE = enum.auto()
    TO = enum.auto()
    CC = enum.auto()
    SUBJECT = enum.auto()
    OTHER = enum.auto()


LABELS = {
    Role.FROM: "from|de|von|van|da|fra|från|fran|od|от|від|kimden|feladó|de la|lähettäjä|keneltä|expéditeur|remitente|mittente|afzender"
    "|absender|remetente|από|発信元|差出人|发件人|寄件者|보낸 사람|saatja|sender|enviado por",
    Role.DATE: "date|sent|envoyé|envoyé le|envoyée|date d'envoi|date d’envoi|gesendet|gesendet am|datum|verzonden|verstuurd|verzonden op"
    "|inviato|inviato il|data|enviado|enviado el|enviado em|enviada em|enviada|fecha|sendt|dato|skickat|skickades|wysłano|wysłane|отправлено"
    "|дата|надіслано|odesláno|odoslané|dátum|lähetetty|päivämäärä|päiväys|küldve|elküldve|gönderildi|gönderilen|tarih|trimis|ημερομηνία|送信日時|日付|日時"
    "|发送时间|日期|보낸 날짜|poslano|poslané",
    Role.TO: "to|à|a|pour|an|aan|para|til|till|do|кому|komu|vastaanottaja|címzett|kime|către|destinataire|destinataires|destinatario|destinatari"
    "|προς|宛先|收件人|받는 사람|naar",
    Role.CC: "cc|copie|copie à|kopie|kopia|kopi|копия|kopio|másolat|bilgi|cci|bcc|kópia|κοιν|抄送|참조|cópia",
    Role.SUBJECT: "subject|objet|sujet|betreff|onderwerp|asunto|oggetto|ogg|assunto|emne|ämne|temat|тема|předmět|predmet|aihe|tárgy|konu|subiect|θέμα"
    "|件名|主题|主旨|제목",
    Role.OTHER: "reply-to|reply to|répondre à|antwort an|antworten an|importance|priorité|priority|wichtigkeit|organisation|organization|attachments"
    "|pièces jointes|pièce jointe|anlagen|bijlagen|bijlage|allegati|adjuntos|newsgroups|message-id|on behalf of|de la part de|urgentie|prioriteit|list-id",
}
_ROLES = MappingProxyType({label: role for role, labels in LABELS.items() for label in labels.split("|")})

_LABEL = re.compile(r"[\s*_|]{0,6}([^\W\d_][^:：@<>]{0,26}?)[\s*_]{0,4}[:：](?!//)[\s*_]{0,4}(.{0,200})")
_WORD = re.compile(r"[^\W\d_]{2,}")

MAX_LINES = 80
MAX_CONTINUATION = 3
MAX_RECIPIENT_LINES = 40
"""Lines of a To field with many recipients."""

_EARLIER = (
    "origin|ursprüng|ursprung|oorspronk|oprinde|opprinn|alkuper|původn|pôvodn|исходн|оригинал|пересыл|eredeti|orijinal|αρχικ|forward|fwd|transf|transm"
    "|réexpéd|reexped|weitergeleit|doorgest|reenvi|inoltr|encaminh|videresen|vidaresen|vidarebef|přepos|przekaz|przesłan|välitet|reply message|antwort"
    "|précédent|previous|vorherig|iletilen|原始|转发|轉寄|元のメッセージ|원본"
)
FORWARDED = re.compile(
    r"forward|fwd|transf[ée]r|transm|r[ée]exp[ée]d|weitergeleit|doorgest|reenvi|inoltr|encaminh|videresen|vidarebef|przekaz|přepos|пересыл|转发|轉寄",
    re.IGNORECASE,
)
_LETTER = (
    "message|mail|nachricht|bericht|mensaje|messaggio|mensagem|besked|melding|meddelande|viesti|wiadomoś|zpráv|správ|сообщени|письмо|courriel|courrier"
    "|missatge|mesaj|ileti|üzenet|μήνυμα|邮件|郵件|メッセージ|메시지"
)
_DRAWN_WITH = "-_=–—‐*#~"
_DRAWN = r"[*_\s]{0,4}[-_=–—‐]{2,60}\s{0,3}"
_RULED = re.compile(
    rf"(?=.{{0,60}}(?:{_EARLIER})){_DRAWN}[^\W_].{{0,50}}?\s{{0,3}}[-_=–—‐]{{2,60}}[*_\s]{{0,4}}",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    rf"(?=.{{0,60}}(?:{_EARLIER}))(?=.{{0,60}}(?:{_LETTER})).{{4,60}}[:：]", re.IGNORECASE
)
_REPLY_ABOVE = re.compile(
    r"(?=.{0,60}(?:above|au-dessus|oberhalb|über|boven|encima|sopra|acima)).{0,20}(?:reply|replies|respond|write|type|répon|écri|antwort|beantwo|schrijf|respond|escrib|rispond|scriv).{0,60}"
    r"(?:line|ligne|linie|zeile|lijn|línea|linea|linha)\b.{0,20}",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_=–—‐*~\s]{2,}")
_MESSAGE_OF = re.compile(r"message du ?:? ?\d{1,2}/\d{1,2}/\d{2,4}.{0,20}", re.IGNORECASE)


def headings(body: MarkedBody) -> Iterator[Span]:
    """Yield the lines that announce an earlier mail, in order."""
    at = 0
    while at < len(body):
        if body.quoted[at] or not body.texts[at]:
            at += 1
            continue
        end, found = _announcement(body, at)
        if found:
            yield _with_rule_above(body, at), end
        at = max(end, at + 1)


def shown(body: MarkedBody, heading: Span) -> dict[Role, str]:
    """Return the fields that a heading shows, the first of each."""
    values: dict[Role, str] = {}
    for text in body.texts[slice(*heading)]:
        if label := _label(text):
            values.setdefault(*label)
    return values


def announces_forwarding(body: MarkedBody, heading: Span) -> bool:
    """Return whether a heading, or the line above it, says that the mail below was forwarded."""
    start, end = heading
    return any(
        FORWARDED.search(text[:200]) and not _label(text) for text in body.texts[max(0, start - 2) : end]
    )


def is_rule(text: str) -> bool:
    """Return whether a line is drawn: dashes, underscores, asterisks."""
    return _RULE.fullmatch(text) is not None


def _announcement(body: MarkedBody, at: int) -> tuple[int, bool]:
    """Return the line after what begins on line `at`, and whether it announces an earlier mail."""
    text = body.texts[at][:200]
    drawn = text[0] in _DRAWN_WITH and (_RULED.fullmatch(text) or _REPLY_ABOVE.fullmatch(text))
    if drawn or (text[-1] in ":：" and _ANNOUNCED.fullmatch(text) and _announces(body, at)):
        return at + 1, True
    return _block(body, at)


def _announces(body: MarkedBody, at: int) -> bool:
    """Return whether an earlier mail follows a line such as Apple Mail's ``Begin forwarded message:``."""
    below = body.below[at + 1]
    return body.leads_to_quotation(at) or (below < len(body) and _label(body.texts[below]) is not None)


def _label(text: str) -> tuple[Role, str] | None:
    """Return the header field and the value of a line such as "De : Camille", or None."""
    found = _LABEL.match(text)
    role = _ROLES.get(found[1].strip(" *_").casefold()) if found else None
    return (role, found[2]) if found and role else None


def _block(body: MarkedBody, at: int) -> tuple[int, bool]:
    """Return the line after a block of From, Sent, To, Subject (any order and language), and whether it is a heading."""
    values: dict[Role, str] = {}
    end = at
    while end < min(len(body), at + MAX_LINES):
        label = _label(body.texts[end])
        if label is not None:
            values.setdefault(*label)
            end += 1
            continue
        following = _next_label(body, end, values) if values else None
        if following is None:
            break
        end = following
    return end, _is_heading(values)


def _next_label(body: MarkedBody, at: int, values: dict[Role, str]) -> int | None:
    """Return the next line with a header field, after a blank line or the rest of a wrapped value, or None."""
    *_, last = values
    bound = MAX_RECIPIENT_LINES if last in (Role.TO, Role.CC) else MAX_CONTINUATION
    for after in range(at, min(len(body), at + bound)):
        if _label(body.texts[after]):
            return after
        if body.blank[after] and not (after + 1 < len(body) and _label(body.texts[after + 1])):
            return None
    return None


def _is_heading(values: dict[Role, str]) -> bool:
    """Return whether the fields make a heading: a sender, an address or a date, and enough of them.

    "De : l'association / À : la mairie / Objet : présence" is none, since people begin a formal letter like this.
    """
    told = values.keys() - {Role.OTHER}
    sender = values.get(Role.FROM, "")
    if "@" not in sender and not _WORD.search(sender):
        return False
    addressed = any("@" in value for value in values.values())
    return (addressed and len(told) > 1) or (Role.DATE in told and len(told) > 2)


def _with_rule_above(body: MarkedBody, at: int) -> int:
    """Return the first line of a heading, with a drawn line (Outlook, MSN) or "Message du 12/03/25" (Orange) above."""
    start = at
    while start and at - start < 4:
        text = body.texts[start - 1]
        if not (body.blank[start - 1] or is_rule(text) or _MESSAGE_OF.fullmatch(text)):
            break
        start -= 1
    return min(body.below[start], at)
