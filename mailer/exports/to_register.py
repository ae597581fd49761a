"""The entry of a campaign in the record of processing activities, RGPD article 30, for the data protection officer.

It tells what the campaign and the program do, and leaves open what only the town hall knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from types import MappingProxyType

from mailer.exports.html import page
from mailer.model.campaign import Campaign

_STYLE = """
dt{font-weight:600;margin-top:1rem}
dd{margin:.2rem 0 0}
.open{background:#FDEFCF;padding:0 .3rem}
"""

Entry = tuple[str, Sequence[str]]
"""A heading, and the lines below it; no line is a gap to be filled in by hand."""

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "fr": {
            "title": "Fiche de registre des activités de traitement",
            "article": "RGPD, article 30",
            "open": "à compléter",
            "name": "Traitement",
            "called": "Invitation à une réunion et suivi des réponses\u00a0: {subject}",
            "date": "Fiche établie le",
            "controller": "Responsable du traitement",
            "officer": "Délégué(e) à la protection des données",
            "contact": "Contact pour l'exercice des droits",
            "purposes": "Finalités",
            "more_purposes": "Compter les places, préparer l'accueil, établir la liste des présents.",
            "basis": "Base légale et origine des données",
            "list": "{file}\u00a0: {basis}\u00a0; recueilli le {date}\u00a0; origine\u00a0: {origin}",
            "unknown": "non indiqué",
            "persons": "Personnes concernées",
            "count": "Personnes invitées\u00a0: {count}",
            "data": "Données traitées",
            "identity": "Civilité, nom, prénom, organisme, fonction, adresse électronique, autres colonnes des listes.",
            "answers": "Réponse, nombre de personnes, date et moyen de la réponse, texte des messages reçus, présence.",
            "sensitive": "Un message peut contenir une remarque sur la santé\u00a0: elle n'apparaît dans aucun export sauf demande.",
            "recipients": "Destinataires",
            "processors": "Sous-traitants",
            "transfers": "Transferts hors de l'Union européenne",
            "retention": "Durée de conservation",
            "objection": "Une opposition est conservée sous forme d'empreinte, pour ne plus écrire à cette adresse.",
            "security": "Mesures de sécurité",
            "one": "Un message par personne\u00a0: aucun destinataire ne voit l'adresse d'un autre.",
            "tracking": "Ni image distante, ni mesure d'ouverture, ni lien de suivi.",
            "tls": "Échanges chiffrés avec les serveurs de messagerie\u00a0; certificats vérifiés.",
            "journal": "Journal des réponses en ajout seul, chaîné par empreintes\u00a0; journaux techniques sans adresses.",
            "access": "Accès limité au poste et au dossier de travail du service organisateur.",
        },
        "en": {
            "title": "Record of processing activities: entry",
            "article": "GDPR, article 30",
            "open": "to be completed",
            "name": "Processing",
            "called": "Invitation to a meeting and its answers: {subject}",
            "date": "Written on",
            "controller": "Controller",
            "officer": "Data protection officer",
            "contact": "Contact for data subjects",
            "purposes": "Purposes",
            "more_purposes": "To count places, prepare the reception, and list who was present.",
            "basis": "Legal basis and origin of the data",
            "list": "{file}: {basis}; collected on {date}; origin: {origin}",
            "unknown": "not stated",
            "persons": "Data subjects",
            "count": "People invited: {count}",
            "data": "Data",
            "identity": "Title, last and first name, organisation, function, e-mail address, other columns of the lists.",
            "answers": "Answer, number of people, when and how it came, text of the messages received, presence.",
            "sensitive": "A message may hold a remark on health: it appears in no export unless asked for.",
            "recipients": "Recipients",
            "processors": "Processors",
            "transfers": "Transfers outside the European Union",
            "retention": "Retention",
            "objection": "An objection is kept as a hash, so that the address is not written to again.",
            "security": "Security",
            "one": "One message per person: no recipient sees another's address.",
            "tracking": "No remote image, no measuring of openings, no tracking link.",
            "tls": "Encrypted connections to the mail servers; certificates are verified.",
            "journal": "Append-only ledger of answers, chained by digests; logs without addresses.",
            "access": "Access is limited to the machine and the folder of the organising service.",
        },
    }
)


def write(
    campaign: Campaign,
    *,
    invited: int,
    hosts: Sequence[str],
    now: datetime,
    officer: str = "",
    language: str = "fr",
) -> bytes:
    """Write the entry. `hosts` are the mail servers, whoever runs them is a processor; `officer` is the DPO."""
    words = _WORDS[language]
    entries = _entries(campaign, words, invited, hosts, now, officer)
    return page(f"{words['title']} – {campaign.slug}", _body(words, entries), language, _STYLE)


def _entries(
    campaign: Campaign,
    words: Mapping[str, str],
    invited: int,
    hosts: Sequence[str],
    now: datetime,
    officer: str,
) -> Iterator[Entry]:
    notice = campaign.notice
    yield words["name"], [words["called"].format(subject=campaign.subject)]
    yield words["date"], [f"{now:%d/%m/%Y}"]
    yield words["controller"], [notice.controller]
    yield words["officer"], [officer]
    yield words["contact"], [notice.contact or campaign.contact]
    yield words["purposes"], [notice.purpose, words["more_purposes"]]
    yield words["basis"], list(_sources(campaign, words))
    yield words["persons"], [words["count"].format(count=invited)]
    yield words["data"], [words["identity"], words["answers"], words["sensitive"]]
    yield words["recipients"], [notice.recipients]
    yield words["processors"], list(dict.fromkeys(filter(None, hosts)))
    yield words["transfers"], []
    yield words["retention"], [notice.retention, words["objection"]]
    yield words["security"], [words[name] for name in ("one", "tracking", "tls", "journal", "access")]


def _sources(campaign: Campaign, words: Mapping[str, str]) -> Iterator[str]:
    for source in campaign.lists:
        yield words["list"].format(
            file=source.path,
            basis=source.legal_basis or campaign.notice.basis or words["unknown"],
            date=source.collected_on or words["unknown"],
            origin=source.obtained_from or words["unknown"],
        )


def _body(words: Mapping[str, str], entries: Iterator[Entry]) -> Iterator[str]:
    yield f"<header><p>{escape(words['article'])}</p><h1>{escape(words['title'])}</h1></header><main><dl>"
    for heading, lines in entries:
        told = [line for line in lines if line]
        yield f"<dt>{escape(heading)}</dt>"
        yield from (f"<dd>{escape(line)}</dd>" for line in told)
        if not told:
            yield f'<dd><span class="open">{escape(words["open"])}</span></dd>'
    yield "</dl></main>"
