"""Give with each mail the words of our letters that it may bring back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mailer import inbox, mime
from mailer.errors import MailerError
from mailer.model.address import normal
from mailer.model.invitation import TOKEN, MessageKey
from mailer.model.own_words import OwnWords
from mailer.store import Store
from mailer.versions import Values, Version, with_gaps

_HEADER = 16 * 1024
"""Octets of a mail in which its identifiers are looked for; they stand in its header."""
_MOST = 12
"""Letters that are given with one mail, the newest first."""
_BLANK = re.compile(rb"\r?\n\r?\n")
_IDENTIFIER = re.compile(r"<[^<>\s]{1,250}@[^<>\s]{1,250}>")
_FROM = re.compile(r"^(?:from|reply-to):(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>\"(),;:]{1,64}@[^\s<>\"(),;:]{1,255}")

Letter = tuple[str, str, MessageKey]
"""A letter: campaign, reference of the invitee, and key."""


class SentLetters:
    """The letters of the ledger, read as they are needed; each version is read once.

    `latest` is the campaign whose letters a mail is compared with that shows no letter and comes from nobody invited.
    """

    def __init__(self, store: Store, index: inbox.Index, latest: str) -> None:
        self._store, self._index, self._latest = store, index, latest
        self._letters: dict[inbox.Holder, list[MessageKey]] | None = None
        self._tokens: dict[inbox.Holder, str] | None = None
        self._versions: dict[tuple[str, str], Version | None] = {}
        self._texts: dict[str, tuple[str, ...]] = {}
        self._of_latest: tuple[OwnWords, ...] | None = None

    def given_with(self, content: bytes | None) -> tuple[OwnWords, ...]:
        """Return the words of the letters that a mail may bring back, given its octets: those to the invitees it shows.

        It shows them by a Message-ID or token in its header, or else by its sender. The words are for recognising only, so that
        nothing rests on them: anybody may write any header.
        """
        if not content:
            return ()
        blank = _BLANK.search(content, 0, _HEADER)
        header = content[: blank.start() if blank else _HEADER].decode("latin-1").replace("\r\n", "\n")
        holders = list(dict.fromkeys(self._shown(header)))[:_MOST]
        letters = [
            (holder.campaign, holder.invitee, key)
            for holder in holders
            for key in self._keys().get(holder, ())
        ]
        if not holders:
            return self._any()
        return tuple(self._read(letters[-_MOST:]))

    def _shown(self, header: str) -> Iterator[inbox.Holder]:
        index = self._index
        shown = False
        for name, table in ((_IDENTIFIER, index.message_ids), (TOKEN, index.tokens)):
            for found in name.finditer(header):
                if holder := table.get(found[0].lower()):
                    shown = True
                    yield holder
        if not shown:
            for field in _FROM.findall(header):
                for address in _ADDRESS.findall(field):
                    yield from index.addresses.get(normal(address), ())

    def _keys(self) -> dict[inbox.Holder, list[MessageKey]]:
        """Return the keys of the letters to each invitee, oldest first."""
        if self._letters is None:
            self._letters = defaultdict(list)
            for message_id, key in self._index.keys.items():
                self._letters[self._index.message_ids[message_id]].append(key)
        return self._letters

    def _token_of(self) -> dict[inbox.Holder, str]:
        if self._tokens is None:
            self._tokens = {holder: token for token, holder in self._index.tokens.items()}
        return self._tokens

    def _read(self, letters: Sequence[Letter]) -> Iterator[OwnWords]:
        for slug, ref, key in letters:
            try:
                kept = self._store.letter(slug, ref, key)
                made = self._words(slug, ref, key, *kept) if kept else self._of_octets(slug, ref, key)
            except MailerError:
                continue  # a damaged letter is named by `mailer verify`; answers to it are read as before
            if made:
                yield made

    def _words(self, slug: str, ref: str, key: MessageKey, digest: str, written: str) -> OwnWords | None:
        version = self._version(slug, digest)
        if version is None:
            return None
        values = Values.from_json(written)
        name = f"{slug}/{ref}/{key}" if values.personal else f"{digest}.{values.variant}"
        if name not in self._texts:
            letter = with_gaps(version.pieces, version.variant(values))
            self._texts[name] = inbox.texts_of_letter(letter)
        token = self._token_of().get(inbox.Holder(slug, ref), "")
        return OwnWords(name, self._texts[name], tuple(filter(None, (*values.texts.values(), token))))

    def _version(self, slug: str, digest: str) -> Version | None:
        if (slug, digest) not in self._versions:
            content = self._store.version(slug, digest)
            self._versions[slug, digest] = Version.from_bytes(content) if content else None
        return self._versions[slug, digest]

    def _of_octets(self, slug: str, ref: str, key: MessageKey) -> OwnWords | None:
        """Return the words of a letter that an older program wrote, which is kept as it left."""
        name = f"{slug}/{ref}/{key}"
        if name not in self._texts:
            octets = self._store.octets(slug, ref, key)
            self._texts[name] = inbox.texts_of_letter(mime.read(octets)) if octets else ()
        return OwnWords(name, self._texts[name]) if self._texts[name] else None

    def _any(self) -> tuple[OwnWords, ...]:
        """Return the words of the latest campaign's letters without anybody's values: one letter of each variant."""
        if self._of_latest is None:
            self._of_latest = tuple(self._variants(self._latest))
        return self._of_latest

    def _variants(self, slug: str) -> Iterator[OwnWords]:
        for digest in _newest(self._index.versions.get(slug, ())):
            try:
                version = self._version(slug, digest)
            except MailerError:
                continue
            for number, variant in enumerate(version.variants if version else ()):
                name = f"{digest}.{number}"
                if version and name not in self._texts:
                    self._texts[name] = inbox.texts_of_letter(with_gaps(version.pieces, variant))
                yield OwnWords(name, self._texts[name])


def _newest(digests: Iterable[str]) -> list[str]:
    return list(digests)[-_MOST:]
