"""Recognise two addresses of one mailbox (a provider's rules), to know who wrote; nobody is ever written to by it."""

from __future__ import annotations

from mailer.model.address import normal

RENAMED = {
    "googlemail.com": "gmail.com",
    "wanadoo.fr": "orange.fr",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "skynet.be": "proximus.be",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}
"""Domains of a provider that it renamed, or has besides another: the same local part is the same mailbox."""

_DOTLESS = frozenset({"gmail.com", "proton.me"})
"""Providers for which a full stop in a local part makes no difference; elsewhere it makes another mailbox."""


def mailbox_form(address: str, *, tag: bool = False) -> str:
    """Return the form that the addresses of one mailbox have in common; with `tag`, a plus-tag makes another one.

    Anybody can run a server on which ``paul+x`` is not Paul: without other evidence a tag must not be dropped.
    """
    local, at, domain = normal(address).rpartition("@")
    domain = RENAMED.get(domain, domain)
    name, plus, rest = local.partition("+")
    if domain in _DOTLESS:
        name = name.replace(".", "")
    kept = f"{name}{plus}{rest}" if tag or not name else name
    return f"{kept}{at}{domain}"
