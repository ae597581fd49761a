"""Propose the right domain for a mistyped one: ``gmial.com``, ``orange.f``, ``free``. Nothing is corrected unasked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mailer.contacts.cells import fold, listed

_PROVIDERS = sorted(
    listed("""
    gmail.com googlemail.com hotmail.fr hotmail.com hotmail.be outlook.fr outlook.com outlook.be live.fr live.com live.be
    msn.com yahoo.fr yahoo.com ymail.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr
    icloud.com mac.com aol.com aol.fr gmx.fr gmx.com protonmail.com proton.me club-internet.fr cegetel.net aliceadsl.fr
    noos.fr 9online.fr skynet.be telenet.be mailo.com mailo.fr zaclys.net riseup.net posteo.net nordnet.fr
""")
)
_KNOWN = frozenset(_PROVIDERS)
_DEFAULT = {name.partition(".")[0]: name for name in _PROVIDERS}
"""A provider's domain by its name alone."""
_RUN_TOGETHER = {name.replace(".", ""): name for name in _PROVIDERS}
_ONLY = {
    "gmail": "gmail.com",
    "googlemail": "googlemail.com",
    "wanadoo": "wanadoo.fr",
    "icloud": "icloud.com",
}
"""Providers with one domain for all countries."""

_TOP_LEVEL = {
    **dict.fromkeys(listed("con cmo comm cim vom cpm ocm coml comn xom dom clm c copm coom cmm"), "com"),
    **dict.fromkeys(listed("f fe ft rf frr ffr fer ftr frt fre fd r dr"), "fr"),
    **dict.fromkeys(listed("ogr rog orgg orq og or ofg"), "org"),
    **dict.fromkeys(listed("nte nett ner ent n"), "net"),
}
"""Mistyped top-level domains, and the right one."""


class Slips:
    """Proposals for domains, each computed once."""

    __slots__ = ("_proposals",)

    def __init__(self) -> None:
        self._proposals: dict[str, str] = {}

    def proposal(self, domain: str) -> str:
        """Return `propose`, from the cache."""
        found = self._proposals.get(domain)
        if found is None:
            found = self._proposals[domain] = propose(domain)
        return found


def propose(domain: str) -> str:
    """Return the domain that was probably meant, or "" if this one seems right."""
    written, domain = domain.casefold(), fold(domain).strip(".").removeprefix("www.")
    if domain in _KNOWN:
        return "" if domain == written else domain
    label, dot, top = domain.rpartition(".")
    if not dot:
        return _RUN_TOGETHER.get(domain) or _DEFAULT.get(domain, "")
    if label in _ONLY:
        return _ONLY[label]
    if top in _TOP_LEVEL:
        meant = f"{label}.{_TOP_LEVEL[top]}"
        return _near(meant) or meant
    return _near(domain)


def _near(domain: str) -> str:
    label, _, top = domain.rpartition(".")
    for known in _PROVIDERS:
        known_label, _, known_top = known.rpartition(".")
        if label == known_label:
            continue
        careful = len(known_label) < 5
        if top == known_top and _one_slip(label, known_label, careful=careful):
            return known
    return ""


def _one_slip(typed: str, meant: str, *, careful: bool) -> bool:
    """Return whether one typing error leads from one name to the other: a letter swapped, replaced, added or lost.

    `careful` is for short names, where one letter more or less is often another existing domain: it allows only two
    letters swapped, and a letter doubled or no longer doubled.
    """
    if abs(len(typed) - len(meant)) > 1 or typed == meant:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, wanted = typed[start:], meant[start:]
    if len(typed) == len(meant):
        swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
        return swapped or (not careful and rest[1:] == wanted[1:])
    longer, shorter, at = (typed, meant, start) if len(typed) > len(meant) else (meant, typed, start)
    if longer[at + 1 :] != shorter[at:]:
        return False
    return not careful or (at > 0 and longer[at] == longer[at - 1])


def rare_beside_usual(domains: Mapping[str, int], usual: int = 4) -> dict[str, str]:
    """Return each domain that occurs once and is one letter away from one that occurs `usual` times or more.

    `domains` counts the domains of a list; the result gives the frequent domain for the rare one. A digit is no typing
    error, since numbers tell schools and sections of an association apart.
    """
    often = {domain for domain, count in domains.items() if count >= usual and len(domain) >= 8}
    if not often:
        return {}
    shapes = {shape: domain for domain in often for shape in _without_one(domain)}
    found = {}
    for domain, count in domains.items():
        if count == 1 and len(domain) >= 8:
            near = next((shapes[shape] for shape in _without_one(domain) if shape in shapes), "")
            if near and near != domain and _letters_differ(domain, near):
                found[domain] = near
    return found


def _without_one(domain: str) -> Iterable[str]:
    """Yield a domain, and every form of it with one character less."""
    yield domain
    for at in range(len(domain)):
        yield domain[:at] + domain[at + 1 :]


def _letters_differ(one: str, other: str) -> bool:
    difference = (Counter(one) - Counter(other)) + (Counter(other) - Counter(one))
    label, _, top = one.rpartition(".")
    return (
        not any(map(str.isdigit, difference))
        and _one_slip(label, other.rpartition(".")[0], careful=False)
        and top == other.rpartition(".")[2]
    )
