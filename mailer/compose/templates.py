"""Compile and render the templates of a campaign in Jinja's sandbox.

What an officer writes is a template; what a contact list says is data. Data is never compiled, and in HTML it is always
escaped. A template that ends in ``.txt`` is not escaped, so HTML cannot include one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from datetime import date, datetime
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailer.compose.marks import is_text, written
from mailer.compose.tongues import TONGUES, Tongue
from mailer.errors import TemplateError

_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
_NOT_PROSE = {
    ".txt": re.compile(f"({_JINJA})", re.DOTALL),
    ".html": re.compile(rf"({_JINJA}|<style\b.*?</style>|<(?:{_JINJA}|[^>])*>)", re.DOTALL | re.IGNORECASE),
}
"""What lies between the words of a template, and is not typeset."""
_MISSING_NAME = re.compile(r"'([^']+)' is undefined|has no (?:attribute|element) '?([^']+)'?")


MOST_TURNS = 100_000
"""How many turns all loops of one letter may have; Jinja's sandbox bounds a single range alone."""


class Templates:
    """The compiled templates of one campaign. Raises TemplateError for the first that cannot be compiled.

    `folder` is their folder in error messages; `language` is theirs. Templates in another language are in a folder
    named after it: for a letter in English, every name, also an included one, is looked up in ``en`` first.
    """

    __slots__ = ("_environments", "_folder", "_language", "_sources", "_taking_up", "_turns")

    def __init__(self, sources: Mapping[str, bytes], *, folder: str, language: str) -> None:
        self._folder = folder
        self._language = language
        self._sources = {
            name: self._decode(name, source)
            for name, source in sources.items()
            if name.endswith(tuple(_NOT_PROSE))
        }
        self._taking_up: dict[str, bool] = {}
        self._turns = 0
        foreign = {name.partition("/")[0] for name in self._sources if "/" in name} & TONGUES.keys()
        self._environments = {spoken: self._environment(spoken) for spoken in {language, *foreign}}
        for spoken in self._environments:
            for name in sorted(self._sources):
                if name.startswith(f"{spoken}/") or ("/" not in name and spoken == language):
                    self._get(name.removeprefix(f"{spoken}/"), spoken)

    @property
    def text(self) -> str:
        """Return all templates as the officer wrote them."""
        return "\n".join(self._sources.values())

    @property
    def write_straight(self) -> bool:
        """Return whether no macro or ``{% set %}`` block captures the output."""
        environment = next(iter(self._environments.values()))
        for name in self._sources.keys() - self._taking_up.keys():
            self._taking_up[name] = _takes_up(environment.parse(self._sources[name]))
        return not any(self._taking_up.values())

    def speaks(self, language: str, name: str) -> bool:
        """Return whether there is a template of this name in this language."""
        return f"{language}/{name}" in self._sources

    def path(self, name: str, language: str) -> str:
        """Return the path of a template in one language, for error messages."""
        return f"{self._folder}/{self._source_name(name, language)}"

    def render(self, name: str, language: str, facts: Mapping[str, object]) -> str:
        """Render one template. Raises TemplateError with file, line and the text of that line."""
        template = self._get(name, language)
        self._turns = 0
        try:
            return template.render(facts)
        except jinja2.UndefinedError as error:
            self._complain_of_name(error, facts)
        except jinja2.TemplateNotFound as error:
            self._complain("template-include-missing", error, read=str(error.name))
        except (jinja2.TemplateError, RecursionError, *_VALUE_ERRORS) as error:
            self._complain("template-failed", error, reason=str(error))

    def _counted(self, items: Iterable[object]) -> Iterator[object]:
        """Yield what a loop goes over, and end a letter whose loops within loops would not come to an end."""
        for item in items:
            self._turns += 1
            if self._turns > MOST_TURNS:
                raise jinja2.TemplateRuntimeError(f"the loops have more than {MOST_TURNS} turns")
            yield item

    def _environment(self, language: str) -> jinja2.Environment:
        environment = _Environment(
            loader=_Loader(self, language),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=written,
        )
        environment.tests["string"] = is_text
        environment.filters.pop("safe")
        environment.filters.update(_FILTERS)
        environment.filters["counted"] = jinja2.pass_context(lambda _context, items: self._counted(items))
        return environment

    def _get(self, name: str, language: str) -> jinja2.Template:
        try:
            return self._environments[language].get_template(name)
        except jinja2.TemplateSyntaxError as error:
            at, line = error.filename or name, error.lineno
            raise TemplateError(
                "template-syntax",
                file=f"{self._folder}/{at}",
                line=line,
                read=self._line(at, line),
                reason=error.message or "",
            ) from error
        except jinja2.TemplateNotFound as error:
            raise TemplateError("template-missing", file=f"{self._folder}/{error.name}") from error

    def load(self, name: str, language: str, environment: jinja2.Environment) -> tuple[nodes.Template, str]:
        """Parse a template with its words typeset, and return it with the name of its file for errors."""
        file = self._source_name(name, language)
        if file not in self._sources:
            raise jinja2.TemplateNotFound(name)
        tongue = TONGUES[language if file != name else self._language]
        pieces = _NOT_PROSE[file[file.rindex(".") :]].split(self._sources[file])
        pieces[::2] = map(tongue.typeset, pieces[::2])
        template = environment.parse("".join(pieces), name, file)
        for loop in template.find_all(nodes.For):
            if getattr(loop.iter, "name", "") != "counted":
                loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        self._taking_up[file] = _takes_up(template)
        return template, file

    def _source_name(self, name: str, language: str) -> str:
        return f"{language}/{name}" if self.speaks(language, name) else name

    def _complain_of_name(self, error: jinja2.UndefinedError, facts: Mapping[str, object]) -> NoReturn:
        """Raise TemplateError for an unknown name, with the known name most like it."""
        missing = _MISSING_NAME.search(str(error))
        read = (missing[1] or missing[2]) if missing else ""
        proposal = next(iter(difflib.get_close_matches(read, _names(facts), 1)), "")
        self._complain("template-unknown-name", error, read=read, proposal=proposal)

    def _complain(self, code: str, error: Exception, *, read: str = "", **values: str) -> NoReturn:
        at, line = self._place(error)
        read = read or self._line(at, line)
        raise TemplateError(code, file=f"{self._folder}/{at}", line=line, read=read, **values) from error

    def _place(self, error: BaseException) -> tuple[str, int]:
        """Return the file and line of an error, which Jinja puts into the traceback."""
        at, line, trace = "", 0, error.__traceback__
        while trace is not None:
            if (file := trace.tb_frame.f_code.co_filename) in self._sources:
                at, line = file, trace.tb_lineno
            trace = trace.tb_next
        return at, line

    def _line(self, name: str, number: int) -> str:
        lines = self._sources.get(name, "").splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def _decode(self, name: str, source: bytes) -> str:
        """Decode a template as UTF-8, or as Windows-1252, in which a plain editor may have saved it."""
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return source.decode(encoding).replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                line = source.count(b"\n", 0, error.start) + 1
        raise TemplateError("template-encoding", file=f"{self._folder}/{name}", line=line)


_VALUE_ERRORS = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""The exceptions that an expression in a template can raise."""


_MOST_OCTETS = 1_000_000
"""How long a text may be that a template makes by ``*``, and a number by ``**``."""


_TEXTS = (str, list, tuple)


def _size(value: object) -> float:
    if isinstance(value, _TEXTS):
        return len(value)
    return abs(value) if isinstance(value, int | float) else 0


class _Loader(jinja2.BaseLoader):
    """Jinja loader of the templates of one language."""

    def __init__(self, templates: Templates, language: str) -> None:
        self._templates = templates
        self._language = language

    def load(
        self,
        environment: jinja2.Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002
    ) -> jinja2.Template:
        parsed, file = self._templates.load(name, self._language, environment)
        code = environment.compile(parsed, name, file)
        return environment.template_class.from_code(environment, code, globals or {})


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja environment in which HTML cannot include a text, whose values are not escaped, and products are bounded."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        is_text = isinstance(left, _TEXTS) or isinstance(right, _TEXTS)
        if (operator == "**" or is_text) and _size(left) * _size(right) > _MOST_OCTETS:
            raise jinja2.TemplateRuntimeError(f"more than {_MOST_OCTETS} letters or digits")
        return super().call_binop(context, operator, left, right)

    def join_path(self, template: str, parent: str) -> str:
        if parent.endswith(".html") and not template.endswith(".html"):
            raise jinja2.TemplateRuntimeError(f"{template} is no HTML")
        return template


@jinja2.pass_context
def _day(context: Context, moment: date) -> str:
    return _tongue(context).day(moment)


@jinja2.pass_context
def _time(context: Context, moment: datetime) -> str:
    return _tongue(context).time(moment)


@jinja2.pass_context
def _typeset(context: Context, text: str) -> str:
    return _tongue(context).typeset(str(text))


def _tongue(context: Context) -> Tongue:
    return TONGUES[context["language"]]


_TAKING_UP = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.FilterBlock,
    nodes.AssignBlock,
    nodes.Import,
    nodes.FromImport,
)


def _takes_up(template: nodes.Template) -> bool:
    """Return whether a template captures output; a call whose result is written at once does not."""
    written_at_once = {id(node) for output in template.find_all(nodes.Output) for node in output.nodes}
    calls = [call for call in template.find_all(nodes.Call) if id(call) not in written_at_once]
    return bool(calls) or next(template.find_all(_TAKING_UP), None) is not None


_FILTERS = {"day": _day, "time": _time, "typeset": _typeset}
"""The filters of templates, such as ``{{ meeting.starts|day }}``, in the language of the letter."""


def _names(facts: Mapping[str, object]) -> list[str]:
    """Return every name a template may use, the inner ones without the part before the dot."""
    groups = (fact for fact in facts.values() if isinstance(fact, Iterable) and not isinstance(fact, str))
    return [*facts, *(name for group in groups for name in group if isinstance(name, str))]
