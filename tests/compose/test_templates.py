"""What templates can do, and what is said of those that cannot be filled in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from mailer.compose.templates import Templates
from mailer.errors import TemplateError

FACTS = {"language": "fr", "contact": {"last_name": "Lefèvre", "civility": "Mme"}, "salutation": "Madame"}


def templates(language: str = "fr", **sources: str) -> Templates:
    """Return templates by file name; `__` in a keyword is a slash, `_dot_` a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): text.encode() for name, text in sources.items()}
    return Templates(named, folder="templates/fete", language=language)


def render(source: str, name: str = "a.txt", facts: Mapping[str, object] = FACTS) -> str:
    """Render one template."""
    return Templates({name: source.encode()}, folder="templates/fete", language="fr").render(
        name, "fr", facts
    )


@pytest.mark.parametrize(
    ("source", "line", "code", "read", "proposal"),
    [
        pytest.param(
            "a\n{{ salutaion }}", 2, "template-unknown-name", "salutaion", "salutation", id="misspelt name"
        ),
        pytest.param(
            "\n\n{{ contact.lastname }}",
            3,
            "template-unknown-name",
            "lastname",
            "last_name",
            id="misspelt inner name",
        ),
        pytest.param(
            "a\n{% if contact.x %}b{% endif %}", 2, "template-unknown-name", "x", "", id="in a condition"
        ),
        pytest.param("a\n{{ 1 / 0 }}", 2, "template-failed", "{{ 1 / 0 }}", None, id="a calculation"),
        pytest.param(
            "{{ salutation|day }}", 1, "template-failed", "{{ salutation|day }}", None, id="no date"
        ),
        pytest.param(
            "{% for x in range(10**9) %}{% endfor %}", 1, "template-failed", None, None, id="endless"
        ),
        pytest.param(
            "a\n" + "{% for x in range(9999) %}" * 3 + "{% endfor %}" * 3,
            2,
            "template-failed",
            None,
            None,
            id="attack 57: loops in loops",
        ),
        pytest.param(
            "a\n{{ 'x' * 2**31 }}", 2, "template-failed", None, None, id="attack 57: a string of 2 GB"
        ),
        pytest.param("a\n{{ [1] * 10**9 }}", 2, "template-failed", None, None, id="attack 57: a long list"),
        pytest.param(
            "a\n{{ 9 ** 99999999 }}", 2, "template-failed", None, None, id="attack 57: a long number"
        ),
        pytest.param("{{ ''.__class__ }}", 1, "template-failed", None, None, id="out of the sandbox"),
        pytest.param(
            'x\n{% include "_b.txt" %}', 2, "template-include-missing", "_b.txt", None, id="missing include"
        ),
    ],
)
def test_what_cannot_be_filled_in(source: str, line: int, code: str, read: str, proposal: str) -> None:
    """The error says file, line, what stands there, and the name that may have been meant."""
    with pytest.raises(TemplateError) as raised:
        render(source)

    assert (code, "templates/fete/a.txt", line) == (raised.value.code, raised.value.file, raised.value.line)
    assert read is None or read == raised.value.read
    assert proposal is None or proposal == raised.value.values["proposal"]


@pytest.mark.parametrize(
    ("source", "line", "read"),
    [
        pytest.param("a\nb {% if x %}", 2, "b {% if x %}", id="an if without end"),
        pytest.param("a\n\n{{ salutation }\n", 3, "{{ salutation }", id="one brace too few"),
        pytest.param("{{ salutation|upcase }}", 1, "{{ salutation|upcase }}", id="unknown filter"),
        pytest.param("{{ salutation|safe }}", 1, "{{ salutation|safe }}", id="escaping cannot be turned off"),
    ],
)
def test_what_cannot_be_compiled(source: str, line: int, read: str) -> None:
    """A template that is no template is refused before anything is written, with its line."""
    with pytest.raises(TemplateError) as raised:
        templates(good_dot_txt="fine", bad_dot_html=source)

    assert raised.value.code == "template-syntax"
    assert ("templates/fete/bad.html", line, read) == (
        raised.value.file,
        raised.value.line,
        raised.value.read,
    )


def test_an_error_in_an_include_names_the_include() -> None:
    """The file and line said are those of the included template."""
    broken = templates(a_dot_txt='{% include "_b.txt" %}', _b_dot_txt="x\n{{ nom }}")
    with pytest.raises(TemplateError) as raised:
        broken.render("a.txt", "fr", FACTS)

    assert (raised.value.file, raised.value.line) == ("templates/fete/_b.txt", 2)


def test_a_missing_template_is_named() -> None:
    """A letter without a template says which file to write."""
    with pytest.raises(TemplateError) as raised:
        templates(a_dot_txt="").render("cancel.txt", "fr", FACTS)

    assert (raised.value.code, raised.value.file) == ("template-missing", "templates/fete/cancel.txt")


@pytest.mark.parametrize(
    "value", ["{{ 7*7 }}", "</p><script>alert(1)</script>", "{% raw %}", "<b>&amp;", "\"'>", "{# no #}"]
)
def test_data_is_data(value: str) -> None:
    """What a list says arrives literally: never compiled, and escaped in HTML."""
    facts = {**FACTS, "contact": {"last_name": value}}
    page = render("<p>{{ contact.last_name }}</p>", "a.html", facts)

    assert value == render("{{ contact.last_name }}", "a.txt", facts)
    assert not set("<>") & set(page.removeprefix("<p>").removesuffix("</p>"))


def test_html_cannot_include_text() -> None:
    """Values of a text are not escaped, so HTML cannot take one in."""
    mixed = templates(a_dot_html='{% include "_b.txt" %}', _b_dot_txt="{{ salutation }}")
    with pytest.raises(TemplateError, match="template-failed"):
        mixed.render("a.html", "fr", FACTS)


@pytest.mark.parametrize(
    ("language", "expected"),
    [pytest.param("fr", "page fr: notice fr"), pytest.param("en", "page fr: notice en")],
)
def test_each_name_is_looked_up_in_the_language_of_the_letter(language: str, expected: str) -> None:
    """A page that only exists once takes in the notice in the language of the letter."""
    both = templates(
        a_dot_txt='{% extends "_page.txt" %}',
        en__a_dot_txt='{% extends "_page.txt" %}',
        _page_dot_txt='page fr: {% include "_notice.txt" %}',
        _notice_dot_txt="notice fr",
        en___notice_dot_txt="notice en",
    )

    assert expected == both.render("a.txt", language, {**FACTS, "language": language}).replace(
        "\u00a0", " "
    ).replace(" :", ":")


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        pytest.param("a.txt", "Objet : {{ salutation }} !", "Objet\u00a0: Madame\u00a0!", id="text"),
        pytest.param(
            "a.html",
            '<style>p : a { color : red }</style><p title="a : b">Où ?</p>',
            '<style>p : a { color : red }</style><p title="a : b">Où\u00a0?</p>',
            id="not inside markup",
        ),
        pytest.param(
            "a.html", '<a href="{{ 1 > 2 }} : x">é ;</a>', '<a href="False : x">é\u00a0;</a>', id="> in Jinja"
        ),
    ],
)
def test_the_officers_words_are_typeset(name: str, source: str, expected: str) -> None:
    """No-break spaces are put into the words of a template."""
    assert expected == render(source, name)


def test_the_lists_words_are_not_typeset() -> None:
    """A name stays as the list has it."""
    assert render("{{ contact.last_name }}", facts={**FACTS, "contact": {"last_name": "A : B"}}) == "A : B"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("é\r\nb".encode(), id="Windows line ends"),
        pytest.param("\ufeffé\nb".encode(), id="byte order mark"),
        pytest.param("é\nb".encode("cp1252"), id="Windows code page"),
    ],
)
def test_any_editor_will_do(source: bytes) -> None:
    """A template saved by a plain Windows editor is read like any other."""
    written = Templates({"a.txt": source}, folder="t", language="fr")

    assert written.render("a.txt", "fr", FACTS) == "é\nb"


def test_octets_that_are_no_text_are_refused() -> None:
    """A file in no encoding we know is refused with the line of the first odd octet."""
    with pytest.raises(TemplateError) as raised:
        Templates({"a.txt": b"a\n\x81\x8d"}, folder="t", language="fr")

    assert (raised.value.code, raised.value.file, raised.value.line) == ("template-encoding", "t/a.txt", 2)


def test_loops_and_products_as_letters_have_them() -> None:
    """Attack 57: what is bounded is far beyond any letter: long agendas, loops in loops, lines of dashes."""
    facts = {**FACTS, "rows": list(range(300))}
    square = "{% for a in rows %}{% for b in rows %}x{% endfor %}{% endfor %}"
    numbered = "{% for a in rows %}{{ loop.index }}/{{ loop.length }} {% endfor %}"

    assert render(square, facts=facts) == "x" * 90_000
    assert render(numbered, facts=facts).endswith("300/300 ")
    assert render("{{ '-' * 72 }}{{ 3 * 4.5 }}{{ 2 ** 10 }}") == "-" * 72 + "13.51024"
    assert render("{% for a in [] %}x{% else %}none{% endfor %}") == "none"
