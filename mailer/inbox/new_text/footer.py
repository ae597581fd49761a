"""Recognise the lines that programs and offices add below every mail: devices, virus scanners, disclaimers, lists."""

from __future__ import annotations

import functools
import re

from mailer.inbox.new_text.lines import REMEMBERED, word_set
from mailer.inbox.new_text.personal import holds_decision

MAX_WORDS = 18
MAX_FOOTER = 400

# "Envoyé de mon iPhone" is a verb of sending, a preposition, and a device or "my".
SENT = word_set(
    "sent send envoyé envoyée envoyés envoi gesendet gesandt geschickt verschickt geschrieben verzonden verstuurd enviado enviada inviato inviata sendt skickat"
    " wysłane wysłano wysłana отправлено надіслано odesláno odoslané poslano poslané lähetetty küldve elküldve trimis gönderildi εστάλη enviat provenance composed"
    " typed scritto rédigé tapé dictated dicté sécurisé secured gesichert"
)
BY = word_set(
    "from with via by using on through de du d depuis avec sur l von mit aus über vom vanaf van met vanuit desde con da dal dalla dallo do fra från frå"
    " med z ze za s c с из з pomocou din w v pomocí mon ma securely"
)
MINE = word_set(
    "my mon ma mes meinem meiner mein mijn mi mio mia min mit moj mojego mojej mého môjho moého моего моєго meu minha meinen"
)
DEVICES = word_set(
    "iphone ipad ipod ios android samsung galaxy huawei xiaomi redmi pixel blackberry windows phone smartphone mobile mobil mobiel mobiele"
    " móvil movil portable cellulare cell cellphone handy handheld telefoon téléphone telephone telefono teléfono telefon telefonu tablette tablet tableta"
    " fairphone nokia sony xperia lg htc oneplus oppo honor motorola alcatel wiko kindle surface macbook outlook yahoo gmail proton protonmail tutanota tuta"
    " airmail mailbox spark k-9 bluemail aquamail mailbird thunderbird edison zimbra fairemail superhuman mailspring polymail orange sfr bouygues laposte mail"
    " e-mail messagerie application appli app appareil device gerät mobilgerät apparaat dispositivo urządzenia enhed телефона устройства почты mobiltelefon"
    " webmail gmx web.de libero virgilio hushmail fastmail posta correo correio courrier"
)
LEADS = word_set(
    "this ce cet cette diese dieser dieses dit deze questo questa este esta die the der message messages email e-mail mail courriel nachricht bericht mensaje"
    " messaggio mensagem besked meddelande wiadomość was is a été est wurde wird ha fue foi være blev"
)
HANDHELDS = word_set(
    "mobile phone smartphone cell handheld iphone ipad ipod android blackberry galaxy samsung windows"
)
APPS = word_set("outlook yahoo gmail proton bluemail spark edison aol gmx laposte")
PLATFORMS = word_set("ios android mac windows iphone ipad mobile web iosu androida")
GET = word_set(
    "get download télécharger téléchargez obtenir obtenez laden holen scarica ottieni obtener obtén descargar descarga obter baixar pobierz hent hämta скачать"
    " skaffa installer essayez"
)
EXCUSE = word_set(
    "excuse excuser excusez pardon entschuldigen entschuldige excuus disculpa disculpe scusate scusa sorry forgive"
)
BREVITY = word_set(
    "brevity typos typo brièveté brievete concision frappe kürze tippfehler beknoptheid typefouten brevedad brevità mistypes"
)
SPEAKERS = word_set("i je j nous we ich wir ik wij yo noi")

_FRAME = " \t<>()[]*_.-–—"
_LINK = re.compile(r"[<(\[]{0,2}(?:https?://|www\.|mailto:)[^\s>)\]]{1,500}[>)\]]{0,2}", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_ASIAN_DEVICE = re.compile(
    r"(?:從|从|发自|發自|來自|来自).{1,40}|.{1,40}(?:から送信|에서 보냄|傳送|传送|发送)"
)
_SLOGAN = re.compile(r"(?:yahoo mail|aol mail|yahoo|aol|gmx) ?[:–-] .{3,80}", re.IGNORECASE)

# Footers of offices have a word of each of two sets in one line: virus and checked, print and environment.
_VIRUS = re.compile(r"\b(?:anti-?)?(?:virus|viruses|viren|virussen|malware)\b", re.IGNORECASE)
_SCANNED = re.compile(
    r"avast|\bavg\b|norton|kaspersky|mcafee|bitdefender|\beset\b|sophos|mailscanner|clamav|trend micro|garanti sans|virus[ -]free|libre de virus|privo di virus|vérifi|analys"
    r"|check|scann|gepr|überpr|gecontroleerd|comprobad|analizad|controllat|verificat",
    re.IGNORECASE,
)
_SCANNED_IN_A_WORD = re.compile(r"virenfrei|virusvrij|virus-?free", re.IGNORECASE)
_PRINT = re.compile(r"imprim|print|ausdruck|drucken|afdruk|stampa", re.IGNORECASE)
_PLANET = re.compile(
    r"environnement|environment|planèt|planet|\barbres?\b|forêt|umwelt|het milieu|ambiente|miljö|miljø|środowisk|\btrees?\b|écolog|n['’]imprimez",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"you (?:are receiving|received|'re receiving) this (?:message|e-?mail) because|to unsubscribe from this (?:group|list|topic)|to (?:view|respond to) this (?:discussion|topic)"
    r"|vous (?:recevez|avez reçu) ce(?:t|tte)? (?:message|e-?mail|courriel) car|pour vous (?:désabonner|désinscrire) de (?:ce|cette)|sie erhalten diese nachricht, weil"
    r"|reply to this email directly|répondez à cet e-?mail ou|u ontvangt dit bericht omdat|has recibido este mensaje porque|hai ricevuto questo messaggio perché",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"[\[<](?:cid:|image ?:|https?://|inline image|image\d|logo|une image|a picture|image)[^\]>]{0,300}[\]>]",
    re.IGNORECASE,
)
"""A picture in plain text: ``[cid:image001.png@01DB]`` (Outlook), ``[image: logo.png]`` (Gmail), ``<image001.png>``."""

# The topics of a legal disclaimer. One of the first three is needed and one more, since people, too, ask for something
# to be deleted.
_DISCLAIMER_TOPICS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # it is confidential
        r"confiden[tzc]|privileg|vertraulich|vertrouwelijk|riservat|reservad|poufn|proprietary|secret professionnel",
        # it is meant for somebody
        r"intended (?:only|solely|exclusively|for|recipient)|addressee|destinée?s? (?:exclusivement|uniquement|seulement|à l['’]usage)|(?:intention|attention|usage) exclusi|uso esclusivo|(?:ausschließlich|nur|allein) für|adressat|geadresseerde|(?:uitsluitend|enkel|alleen) (?:bestemd|bedoeld)|destinad[oa] (?:única|exclusiva)|przeznaczon",
        # whoever is not meant
        r"if you (?:are not|have received (?:this|it)|received (?:this|it))|si vous n['’](?:êtes|en êtes)|si vous (?:l['’]avez|avez reçu ce|recevez ce)|(?:wenn|falls|sollten) sie (?:nicht|diese)|indien u|als u dit|se non siete|se (?:avete|ha) ricevuto|se ricevete|si (?:usted )?no es|si ha recibido este",
        r"prohibit|forbidden|unauthori[sz]ed|strictly|interdit|non autoris|untersagt|nicht gestattet|unbefugt|verboden|niet toegestaan|vietat|proibit|prohibid",
        r"liab|responsab|haftung|aansprakelijk|altér|falsifi|intégrité|integrity|virus|does not necessarily|n['’]engage|opinions? (?:expressed|of)|views",
        r"delete|destroy|détrui|supprim|effac|lösch|vernicht|verwijder|vernietig|cancell|distrugg|elimin|borr|apag|notify|avertir|prévenir|informier|benachrichtig|restituir",
        r"par erreur|in error|by mistake|irrtümlich|ten onrechte|per errore|por error|por engano",
    )
)
_ABOUT_THE_MAIL = re.compile(
    r"e-?mail|message|courriel|courrier|mail|nachricht|bericht|mensaje|messaggio|correo|mensagem|transmission|communication|pièces? jointe|attachment|document|wiadomo",
    re.IGNORECASE,
)
_TELLS = re.compile(r"(?<!\w)(?:j['’]|je |i |i'|ich |ik |my |mon |ma )", re.IGNORECASE)
MIN_DISCLAIMER = 80


@functools.lru_cache(REMEMBERED)
def is_device(text: str) -> bool:
    """Return whether a line only says from which device or program the mail was sent: "Envoyé de mon iPhone"."""
    text = _LINK.sub(" ", text).strip(_FRAME)
    if _ASIAN_DEVICE.fullmatch(text) or _SLOGAN.fullmatch(text):
        return True
    words = _read(text)
    if not 1 < len(words) <= MAX_WORDS or not SPEAKERS.isdisjoint(words) or holds_decision(text):
        return False
    return any(form(words) for form in (_sent_from, _from_sent, _from, _get, _short))


def is_own_device(text: str) -> bool:
    """Return whether a line names the device in the form people type themselves ("via mobile"), as part of a card."""
    return _from(_read(text))


def _read(text: str) -> list[str]:
    """Return the words of a line; all forms of "iPhone" are one, since Finnish, Czech and Turkish inflect it."""
    words = [word.lower() for word in _WORD.findall(text[:MAX_FOOTER].replace("à partir ", ""))]
    return ["iphone" if word.startswith("iphon") else word for word in words]


def _sent_from(words: list[str]) -> bool:
    """Return whether the words have the form "Sent from my iPhone", "Ce message a été envoyé depuis ..."."""
    at = next((at for at, word in enumerate(words) if word in SENT), len(words))
    if at + 1 >= len(words) or not LEADS.issuperset(words[:at]):
        return False
    if words[at] != "provenance" and words[at + 1] not in BY | DEVICES:
        return False
    return not DEVICES.isdisjoint(words[at + 1 : at + 6]) or not MINE.isdisjoint(words[at + 1 : at + 3])


def _from_sent(words: list[str]) -> bool:
    """Return whether the words have the form "Von meinem iPhone gesendet", with the verb at the end."""
    if words[-1] not in SENT:
        return False
    at = next((at for at, word in enumerate(words) if word in BY), len(words))
    return LEADS.issuperset(words[:at]) and not (DEVICES | MINE).isdisjoint(words[at:])


def _from(words: list[str]) -> bool:
    """Return whether the words have the form "via mobile", "From my iPhone 6", "Camille from mobile"."""
    at = next((at for at, word in enumerate(words) if word in ("from", "via")), len(words))
    rest = [word for word in words[at + 1 :] if word not in ("my", "a")]
    return at < 2 and 0 < len(rest) < 4 and rest[0] in HANDHELDS


def _get(words: list[str]) -> bool:
    """Return whether the words have the form "Télécharger Outlook pour iOS", "Outlook voor Android downloaden"."""
    return (
        len(words) < 10
        and words[0] in GET | APPS
        and not (APPS.isdisjoint(words) or PLATFORMS.isdisjoint(words))
    )


def _short(words: list[str]) -> bool:
    """Return whether the words have the form "Please excuse my brevity"."""
    return len(words) <= 10 and not EXCUSE.isdisjoint(words) and not BREVITY.isdisjoint(words)


def is_footer(text: str) -> bool:
    """Return whether a line is a footer: of a virus scanner or mailing list, a request not to print, or a logo."""
    text = text[:MAX_FOOTER]
    if _PICTURE.fullmatch(text):
        return True
    if _TELLS.search(text) or holds_decision(text):
        return False
    scanned = _VIRUS.search(text) is not None and _SCANNED.search(text) is not None
    green = _PRINT.search(text) is not None and _PLANET.search(text) is not None
    return scanned or green or _SCANNED_IN_A_WORD.match(text) is not None or _LIST.match(text) is not None


def is_disclaimer(paragraph: str) -> bool:
    """Return whether a paragraph is a legal disclaimer about the mail itself.

    "Message reçu par erreur, merci de supprimer cette adresse de vos destinataires" is none, but an answer.
    """
    paragraph = paragraph[:3000]
    if len(paragraph) < MIN_DISCLAIMER or _TELLS.search(paragraph) or holds_decision(paragraph):
        return False
    found = [pattern.search(paragraph) is not None for pattern in _DISCLAIMER_TOPICS]
    return any(found[:3]) and sum(found) > 1 and _ABOUT_THE_MAIL.search(paragraph) is not None
