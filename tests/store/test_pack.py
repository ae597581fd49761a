"""Messages kept as what differs between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailer.model.message import Frame
from mailer.store.pack import Base, Packer, base_from_bytes, frame_to_bytes, framed, unframed, unpack
from tests.store.cases import content

lines = st.lists(st.sampled_from([b"", b"a", b"b", b"same", b"other", b"\n", b"\r", b"x" * 80]), max_size=30)
messages = st.one_of(st.binary(max_size=300), lines.map(b"\r\n".join))


@given(messages, messages, messages)
def test_a_base_gives_back_any_message(one: bytes, other: bytes, message: bytes) -> None:
    """Octet for octet, whatever the base was made of, and after the base itself was written and read."""
    base = Base.of(Base.common(one, other).content)

    assert base.unpack(base.pack(message)) == message


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), messages), max_size=12))
def test_a_packer_gives_back_all(batch: list[tuple[str, bytes]]) -> None:
    """Whichever way each was packed."""
    packer = Packer([])
    packed = list(packer.pack(batch))
    bases = {-number: base for number, base in enumerate(packer.new, 1)}

    assert [unpack(text, bases.get(number or 0)) for number, text in packed] == [text for _, text in batch]


def test_a_campaign_takes_little_room() -> None:
    """What is the same for all is kept once, attachments included."""
    attachment = b"\r\n".join(bytes([65 + n % 26]) * 76 for n in range(2000))
    packer = Packer([])
    packed = list(packer.pack([(str(n), content(n) + attachment) for n in range(50)]))

    assert len(packer.new) == 1
    assert max(len(text) for _, text in packed) < 300


def test_two_letters_make_two_bases() -> None:
    """A French and an English letter in one batch are told apart."""
    english = content(1).replace(b"ligne", b"line").replace(b"lettre", b"letter")
    batch = [(str(n), content(n)) for n in range(5)] + [(f"e{n}", english) for n in range(5)]
    packer = Packer([])
    list(packer.pack(batch))

    assert len(packer.new) == 2


def test_nobodys_own_lines_are_in_a_base() -> None:
    """A base is made of two recipients' messages, never of one's."""
    packer = Packer([])
    list(packer.pack([("p1", content(1)), ("p1", content(1)), ("p2", content(2))]))

    assert packer.new
    assert all(b"p1@" not in base.content for base in packer.new)


@given(
    st.lists(st.tuples(st.binary(max_size=20), st.integers(0, 3)), max_size=8),
    st.lists(st.binary(max_size=20), min_size=4, max_size=4),
)
def test_a_frame_gives_back_any_message(cut: list[tuple[bytes, int]], own: list[bytes]) -> None:
    """Octet for octet, after frame and values were written and read."""
    frame = Frame((b"start", *(chunk for chunk, _ in cut)), tuple(place for _, place in cut))
    kept = base_from_bytes(frame_to_bytes(frame))

    assert kept == frame
    assert frame.fill(unframed(framed(own))) == frame.fill(own)
