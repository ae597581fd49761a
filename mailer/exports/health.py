"""Recognise remarks on somebody's health, so that exports can withhold them (GDPR article 9: special categories of data).

A list of words cannot be complete; this one withholds some harmless remarks rather than show one on health.
"""

from __future__ import annotations

import re

from mailer.model.accents import fold_accents

_WORDS = re.compile(
    r"""\b(?:
        malad\w* | souffr\w* | sante | healt\w* | ill | illness\w* | sick\w* | unwell
      | hospita\w* | hopita\w* | clinique | clinic | urgences | emergency\ room
      | oper(?:e|ee|ation|ations) | chirurg\w* | surge(?:on|ry|ries|ons)
      | medec\w* | medic\w* | docteur | doctor | infirmi\w* | kine\w* | physio\w*
      | soin | soins | traitement\w* | treatment\w* | chimio\w* | chemo\w* | radiotherap\w* | reeduc\w* | rehab\w*
      | cancer\w* | tumeur\w* | tumou?r\w* | avc | infarctus | stroke | cardia\w* | diabet\w* | epilep\w* | covid\w*
      | grippe\w* | flu | angine | rhume | fievre\w* | fever\w* | toux | migraine\w* | gastro\w* | bronchi\w* | pneumo\w*
      | fractur\w* | entorse\w* | platre\w* | blesse\w* | blessure\w* | injur\w* | casse\ (?:le|la|un|une)
      | enceinte | grossesse | pregnan\w* | accouch\w* | matern(?:ite|ity) | fausse\ couche
      | handicap\w* | disab\w* | pmr | mobilite\ reduite | fauteuil\ roulant | wheelchair | bequille\w* | malentendant\w*
      | malvoyant\w* | sourde? | aveugle | allerg\w* | intoleran\w* | asthm\w* | depress\w* | burn\W?out | psych\w*
      | convalesc\w* | arret\ de\ travail | mi-temps\ therapeutique | sick\ leave | retablis\w* | alite\w* | contagieu\w*
    )\b""",
    re.VERBOSE,
)


def speaks_of_health(text: str) -> bool:
    """Return whether a remark may be about somebody's health."""
    return bool(_WORDS.search(fold_accents(text)))
