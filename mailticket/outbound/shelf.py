"""What does one folder of templates say? Jinja2 in a sandbox, over the templates that stand beneath it.

`LANGUAGE/KIND.txt` opens with a line `Subject: …`; `LANGUAGE/KIND.html` beside it is the same in HTML.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill, wrap
from typing import Any

from jinja2 import ChoiceLoader, DictLoader, StrictUndefined, TemplateSyntaxError, pass_context, select_autoescape
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mailticket.desk.notice import NoticeKind
from mailticket.errors import MailticketError
from mailticket.outbound.local import FILTERS
from mailticket.outbound.phrases import WORDS_FILE, Phrases, read

_SUBJECT = "Subject:"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The files of a folder, as they were when it was read."""

    #: Template texts by their path.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: Phrases by the folder of their language.
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: What could not be read.
    problems: tuple[Problem, ...] = ()

    def below(self, prefix: str) -> "Sources":
        """Those in the folder `prefix` (ending in "/"), by their paths from there."""
        return Sources(
            texts={name.removeprefix(prefix): text for name, text in self.texts.items() if name.startswith(prefix)},
            phrases={
                name.removeprefix(prefix): phrases for name, phrases in self.phrases.items() if name.startswith(prefix)
            },
        )

    def over(self, others: "Sources") -> "Sources":
        """Both, these before `others`."""
        languages = {**others.phrases, **self.phrases}
        return Sources(
            texts={**others.texts, **self.texts},
            phrases={name: {**others.phrases.get(name, {}), **self.phrases.get(name, {})} for name in languages},
        )


def read_folder(folder: Path) -> Sources:
    """All templates and phrases in `folder`."""
    texts: dict[str, str] = {}
    phrases: dict[str, Mapping[str, str]] = {}
    problems: list[Problem] = []
    for path in sorted(path for ending in ("txt", "html") for path in folder.glob(f"**/*.{ending}")):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(template=name, message=f"cannot be read as UTF-8 text: {error}"))
    for path in sorted(folder.glob(f"**/{WORDS_FILE}")):
        name = path.relative_to(folder).as_posix()
        try:
            phrases[name.rpartition("/")[0]] = read(path)
        except (OSError, ValueError) as error:
            problems.append(Problem(template=name, message=str(error)))
    return Sources(texts=texts, phrases=phrases, problems=tuple(problems))


class Shelf:
    """The templates of one folder, with those of `beneath` to be included or extended."""

    def __init__(self, prefix: str, own: Sources, beneath: Sources) -> None:
        """`prefix` is the folder's path below the operator's, for messages."""
        self.prefix = prefix
        self.names = frozenset(own.texts)
        self._subjects = frozenset(_split(own.texts)) - self.names
        self._phrases = own.over(beneath).phrases
        self._spoken: dict[str, Phrases] = {}
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([DictLoader(_split(own.texts)), DictLoader(_split(beneath.texts))]),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html"], default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters.update(FILTERS)
        self._environment.filters.update(breaks=_breaks, quoted=_quoted, wrapped=_wrapped, said=self._said)

    def has(self, language: str, kind: NoticeKind) -> bool:
        """Whether mails of this kind have a template here."""
        return f"{language}/{kind}.txt" in self.names

    def languages(self, kind: NoticeKind) -> list[str]:
        """Those in which mails of this kind have a template here."""
        return sorted(name.removesuffix(f"/{kind}.txt") for name in self.names if name.endswith(f"/{kind}.txt"))

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
            raise TemplateFault(f"{name}: {_line_of(error)}{type(error).__name__}: {error}") from error

    @pass_context
    def _said(self, context: Context, phrase: Any) -> str:
        language = str(context.get("language"))
        if language not in self._spoken:
            base = self._phrases.get(language.partition("-")[0], {})
            self._spoken[language] = Phrases({**base, **self._phrases.get(language, {})})
        return self._spoken[language].said(str(phrase))


def _line_of(error: Exception) -> str:
    """`line 12: `, of the template that was being rendered; Jinja2 puts its lines into the traceback."""
    lines, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            lines = step.tb_lineno
        step = step.tb_next
    return f"line {lines}: " if lines else ""


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


def _quoted(text: str) -> str:
    """Text with its lines marked as quoted, and wrapped."""
    lines = (part for line in str(text).splitlines() for part in wrap(line, 75, break_long_words=False) or [""])
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _wrapped(text: str) -> str:
    """A line of ours in lines that mail programs do not break; words that are longer stay whole."""
    return fill(str(text), 78, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _breaks(text: str) -> Markup:
    """Text as HTML that keeps its lines."""
    return Markup("<br>\n").join(escape(line) for line in str(text).splitlines())
