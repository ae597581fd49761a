"""Put into words what somebody said besides yes and no: a range, adults and children, a proxy, who comes instead."""

from __future__ import annotations

from mailer.exports.health import speaks_of_health
from mailer.model.attendance import Standing
from mailer.model.finding import Answer, PartStat
from mailer.translation.catalogue import translator

COMES = (PartStat.ACCEPTED, PartStat.TENTATIVE)


def span(least: int, most: int, language: str) -> str:
    """Return a range of numbers of people as it is said: ``3 or 4``, ``10 to 15``."""
    _ = translator(language).gettext
    said = _("{least} or {most}") if most - least == 1 else _("{least} to {most}")
    return said.format(least=least, most=most)


def number(said: Standing | Answer, language: str) -> str:
    """Return how many people come, as it was said: ``3 or 4``, ``4, with 2 children``; empty where no number was."""
    heads = said.headcount
    if heads is None or said.partstat not in COMES:
        return ""
    told = span(said.least, heads, language) if said.least and said.least < heads else str(heads)
    return ", ".join(filter(None, (told, apart(said, language))))


def apart(said: Standing | Answer, language: str) -> str:
    """Return the adults and the children of those who come, where they were told apart: ``2 adults and 3 children``."""
    ngettext, _ = translator(language).ngettext, translator(language).gettext
    if said.partstat not in COMES:
        return ""
    adults, children = said.adults, said.children
    told = []
    if adults is not None:
        told.append(ngettext("{n} adult", "{n} adults", adults).format(n=adults))
    if children is not None:
        told.append(ngettext("{n} child", "{n} children", children).format(n=children))
    if len(told) == 1 and children is not None:
        return _("with {children}").format(children=told[0])
    return _(" and ").join(told)


def others(said: Standing | Answer, language: str) -> str:
    """Return who holds the proxy of somebody, or comes instead of them; empty for nobody."""
    _ = translator(language).gettext
    told = []
    if said.proxy_to:
        told.append(_("proxy given to {who}").format(who=said.proxy_to))
    if said.delegate:
        told.append(_("replaced by {who}").format(who=said.delegate))
    return ", ".join(told)


def withheld(language: str) -> str:
    """Return what stands in place of a remark on health that is not shown."""
    return translator(language).gettext("(see mailer why)")


def shown(remark: str, language: str, *, health: bool) -> str:
    """Return a remark as a document shows it: one on health only where that is asked for."""
    text = " ".join(remark.split())
    return withheld(language) if text and not health and speaks_of_health(text) else text
