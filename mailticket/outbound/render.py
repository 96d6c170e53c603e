"""Which words does a notice get? Jinja2 templates by language, the operator's before ours, in a sandbox.

`LANGUAGE/KIND.txt` opens with a line `Subject: …`; `LANGUAGE/KIND.html` beside it is the same in HTML.
config/templates/README.md tells operators the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from jinja2 import ChoiceLoader, DictLoader, StrictUndefined, TemplateSyntaxError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.errors import MailticketError
from mailticket.mail.message import Address
from mailticket.outbound.samples import SAMPLES

log = structlog.get_logger()

_BUILT_IN = Path(__file__).parents[1] / "templates"
_SUBJECT = "Subject:"
_LAST_LANGUAGE = "en"


class TemplateFault(MailticketError):
    """A template cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a mail says."""

    #: Without the ticket's tag, one line.
    subject: str
    text: str
    #: "" where the mail is text only.
    html: str
    #: Language in which a template was found.
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one of the operator's templates."""

    #: Path below the override folder.
    template: str
    message: str


class Templates:
    """The operator's templates over the built-in ones, as they were on disk when this was made.

    Later changes on disk are taken up by making another one (SIGHUP), so a half-written file is never used.
    """

    def __init__(self, override_dir: Path | None, default_language: str = _LAST_LANGUAGE) -> None:
        """`default_language` speaks where there is no template in the language that is asked for."""
        self._default_language = default_language
        built_in, _ = _sources(_BUILT_IN)
        own, self._unreadable = _sources(override_dir) if override_dir else ({}, [])
        self._built_in = _Shelf(built_in, {})
        self._own = _Shelf(own, built_in)
        for problem in self._unreadable:
            log.error("template_failed", template=problem.template, error=problem.message)

    def render(self, notice: Notice, facts: Mapping[str, Any]) -> Words:
        """The words of `notice` in its language, else that language's base, else the default's, else English.

        `facts` joins `notice.details`: plain values only (text, numbers, lists, tables). A template of the operator's
        that fails is logged, and the built-in one speaks in its place. Raises TemplateFault where that fails too.
        """
        values = _values(notice, facts)
        for language in _languages(notice.language, self._default_language):
            if self._own.has(language, notice.kind):
                try:
                    return self._own.words(language, notice.kind, values)
                except TemplateFault as fault:
                    log.error("template_failed", template=f"{language}/{notice.kind}", error=str(fault))
            if self._built_in.has(language, notice.kind):
                return self._built_in.words(language, notice.kind, values)
        raise TemplateFault(f"there is no template for {notice.kind}")

    def check(self) -> list[Problem]:
        """Every template of the operator's, rendered with sample data, full and bare; what fails is named."""
        tried = (self._check(name) for name in sorted(self._own.names))
        return [*self._unreadable, *(problem for problem in tried if problem is not None)]

    def _check(self, name: str) -> Problem | None:
        language, _, file = name.rpartition("/")
        kind, _, ending = file.rpartition(".")
        if not language:
            return None  # shared pieces, such as layout.html: they are tried by those that use them
        if ending not in ("txt", "html") or kind not in set(NoticeKind):
            message = f"is not used: it is named for no kind of mail, which are {', '.join(NoticeKind)}"
            return Problem(template=name, message=message)
        if not self._own.has(language, NoticeKind(kind)):
            return Problem(template=name, message=f"is not used: there is no {kind}.txt beside it")
        if ending == "html":
            return None  # is tried with its text
        for sample in (SAMPLES[NoticeKind(kind)], {}):
            try:
                self._own.words(language, NoticeKind(kind), _values(_sample_notice(NoticeKind(kind), language), sample))
            except TemplateFault as fault:
                return Problem(template=name, message=str(fault))
        return None


class _Shelf:
    """The templates of one folder, with those of `beneath` to be included or extended."""

    def __init__(self, sources: Mapping[str, str], beneath: Mapping[str, str]) -> None:
        self.names = frozenset(sources)
        self._subjects = frozenset(_split(sources)) - self.names
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([DictLoader(_split(sources)), DictLoader(_split(beneath))]),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html"], default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["breaks"] = _breaks

    def has(self, language: str, kind: NoticeKind) -> bool:
        return f"{language}/{kind}.txt" in self.names

    def words(self, language: str, kind: NoticeKind, values: Mapping[str, Any]) -> Words:
        """Raises TemplateFault."""
        values = {**values, "language": language}
        name = f"{language}/{kind}"
        html = f"{name}.html"
        if f"{name}.txt:subject" not in self._subjects:
            raise TemplateFault(f'{name}.txt: its first line must be "Subject: …"')
        return Words(
            subject=" ".join(self._render(f"{name}.txt:subject", values).split()),
            text=self._render(f"{name}.txt", values).strip("\n") + "\n",
            html=self._render(html, values) if html in self.names else "",
            language=language,
        )

    def _render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise TemplateFault(f"{error.name or name}: line {error.lineno}: {error.message}") from error
        except Exception as error:  # what an operator's template may divide or add is anybody's guess
            raise TemplateFault(f"{name}: {type(error).__name__}: {error}") from error


def _sources(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """Template texts by their path below `folder`, and what could not be read."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(path for ending in ("txt", "html") for path in folder.glob(f"**/*.{ending}")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(template=name, message=f"cannot be read as UTF-8 text: {error}"))
    return texts, problems


def _split(sources: Mapping[str, str]) -> dict[str, str]:
    """Each .txt becomes two templates, so that no value in a subject can run over into the text, nor the other way.

    An emptied first line keeps the numbers of the others, for error messages.
    """
    split = dict(sources)
    for name, source in sources.items():
        first, _, rest = source.partition("\n")
        if name.endswith(".txt") and first.startswith(_SUBJECT):
            split[name] = "\n" + rest
            split[f"{name}:subject"] = first.removeprefix(_SUBJECT)
    return split


def _languages(*wanted: str) -> Iterator[str]:
    """`de-AT`, `de`, `en`."""
    with_bases = (one for language in wanted for one in (language, language.partition("-")[0]))
    yield from dict.fromkeys((*with_bases, _LAST_LANGUAGE))


def _values(notice: Notice, facts: Mapping[str, Any]) -> dict[str, Any]:
    """All that a template may name: what every notice has, what its kind has (blank where not told), then the rest."""
    blank = {name: type(value)() for name, value in SAMPLES[notice.kind].items()}
    common = {"number": notice.number, "title": notice.title, "from_name": notice.from_.name}
    told = {**blank, **common, **notice.details, **facts}
    return {name: _plain(name, value) for name, value in told.items()}


def _plain(name: str, value: Any) -> Any:
    """Only values without behaviour reach a template; a method of ours in there would be a way out of the sandbox."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{name}.{key}", item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, item) for item in value]
    raise TemplateFault(f"{name}: a {type(value).__name__} may not be shown to templates")


def _breaks(text: str) -> Markup:
    """Text as HTML that keeps its lines."""
    return Markup("<br>\n").join(escape(line) for line in str(text).splitlines())


def _sample_notice(kind: NoticeKind, language: str) -> Notice:
    person = Address(name="Carla Customer", addr_spec="carla@shop.example")
    desk = Address(name="Acme Support", addr_spec="support@acme.example")
    return Notice(kind=kind, to=(person,), from_=desk, title="Broken vase", number="2611-0042", language=language)
