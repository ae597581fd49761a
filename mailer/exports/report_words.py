"""The words of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailer.model.invitation import Kind


@dataclass(frozen=True, slots=True)
class ReportWords:
    """What the report says in one language."""

    title: str
    colon: str
    as_of: str
    numbers: str
    invited: str
    unreachable: str
    to_check: str
    turnout: str
    turnout_sure: str
    places: str
    waiting: str
    over_time: str
    no_answer_yet: str
    as_table: str
    day: str
    by_channel: str
    by_group: str
    without_group: str
    others: str
    left: str
    left_note: str
    name: str
    organisation: str
    phone: str
    address: str
    delivery: str
    more: str
    footer: str
    kinds: Mapping[Kind, str]


REPORT: Mapping[str, ReportWords] = MappingProxyType(
    {
        "fr": ReportWords(
            title="Suivi des réponses",
            colon="\u00a0: ",
            as_of="Situation au {now:%d/%m/%Y} à {now:%H:%M}",
            numbers="Chiffres",
            invited="invités",
            unreachable="dont injoignables",
            to_check="à vérifier",
            turnout="Nombre de chaises à prévoir\u00a0: entre {least} et {most}.",
            turnout_sure="Nombre de chaises à prévoir\u00a0: {least}.",
            places="Places attribuées\u00a0: {taken} sur {capacity}\u00a0; encore libres\u00a0: {free}.",
            waiting="Sur liste d'attente\u00a0: {waiting}.",
            over_time="Les réponses au fil du temps",
            no_answer_yet="Aucune réponse pour l'instant.",
            as_table="Les mêmes chiffres en tableau",
            day="Jour",
            by_channel="Par quel moyen elles sont arrivées",
            by_group="Par groupe",
            without_group="(sans groupe)",
            others="(autres)",
            left="Qui rappeler",
            left_note="Invitations sans réponse\u00a0: {count}. Les adresses qui ne fonctionnent pas viennent en premier.",
            name="Nom",
            organisation="Organisme",
            phone="Téléphone",
            address="Courriel",
            delivery="Envoi",
            more="… et {count} de plus, dans le tableau exporté.",
            footer="Document interne contenant des données personnelles\u00a0: ne pas le diffuser,"
            " et le supprimer après la réunion.",
            kinds=MappingProxyType(
                {
                    Kind.INVITATION: "invitation",
                    Kind.REMINDER: "relance",
                    Kind.UPDATE: "modification",
                    Kind.CANCEL: "annulation",
                    Kind.DETAILS: "derniers détails",
                    Kind.THANKS: "remerciements",
                }
            ),
        ),
        "en": ReportWords(
            title="Answers so far",
            colon=": ",
            as_of="As of {now:%d/%m/%Y}, {now:%H:%M}",
            numbers="Numbers",
            invited="invited",
            unreachable="of them unreachable",
            to_check="to check",
            turnout="Chairs to put out: between {least} and {most}.",
            turnout_sure="Chairs to put out: {least}.",
            places="Places given: {taken} of {capacity}; still free: {free}.",
            waiting="On the waiting list: {waiting}.",
            over_time="Answers over time",
            no_answer_yet="No answer yet.",
            as_table="The same numbers as a table",
            day="Day",
            by_channel="How they came",
            by_group="By group",
            without_group="(no group)",
            others="(others)",
            left="Who to call",
            left_note="Invitations without an answer: {count}. Addresses that do not work come first.",
            name="Name",
            organisation="Organisation",
            phone="Telephone",
            address="E-mail",
            delivery="Delivery",
            more="… and {count} more, in the exported table.",
            footer="Internal document with personal data: do not pass it on, and delete it after the meeting.",
            kinds=MappingProxyType(
                {
                    Kind.INVITATION: "invitation",
                    Kind.REMINDER: "reminder",
                    Kind.UPDATE: "update",
                    Kind.CANCEL: "cancellation",
                    Kind.DETAILS: "last details",
                    Kind.THANKS: "thanks",
                }
            ),
        ),
    }
)
