"""Which words does a notice get? Templates by language, the operator's before ours.

config/templates/README.md tells operators the rest.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Desk
from mailticket.outbound.samples import SAMPLES, sample_notice
from mailticket.outbound.shelf import Problem, Shelf, Sources, TemplateFault, Words, read_folder

log = structlog.get_logger()

_BUILT_IN = Path(__file__).parents[1] / "templates"
_LAST_LANGUAGE = "en"


@lru_cache
def _read_built_in() -> Sources:
    return read_folder(_BUILT_IN)


@lru_cache
def _built_in_shelf() -> Shelf:
    """Ours do not change while we run, and compiling them takes a second."""
    return Shelf("", _read_built_in(), Sources())


class Templates:
    """The operator's templates over the built-in ones, as they were on disk when this was made.

    Later changes on disk are taken up by making another one (SIGHUP), so a half-written file is never used.
    """

    def __init__(
        self,
        override_dir: Path | None,
        default_language: str = _LAST_LANGUAGE,
        folders: Collection[str] = (),
    ) -> None:
        """`default_language` speaks where there is no template in the language that is asked for.

        `folders` of `override_dir` belong to one desk each (`[[team]] templates`), and its mail is looked for there
        first.
        """
        self._default_language = default_language
        built_in = _read_built_in()
        found = read_folder(override_dir) if override_dir else Sources()
        self._problems = list(found.problems)
        own = Sources(
            texts={name: text for name, text in found.texts.items() if name.partition("/")[0] not in folders},
            phrases={name: text for name, text in found.phrases.items() if name.partition("/")[0] not in folders},
        )
        self._built_in = _built_in_shelf()
        self._own = Shelf("", own, built_in)
        self._of_desks: dict[str, Shelf] = {}
        for folder in dict.fromkeys(folders):
            theirs = found.below(f"{folder}/")
            self._of_desks[folder] = Shelf(f"{folder}/", theirs, own.over(built_in))
            if not theirs.texts:
                self._problems.append(Problem(template=f"{folder}/", message="there are no templates in this folder"))
        for problem in self._problems:
            log.error("template_failed", template=problem.template, error=problem.message)

    def render(
        self, notice: Notice, facts: Mapping[str, Any], desk: Desk | None = None, *, strict: bool = False
    ) -> Words:
        """The words of `notice` in its language, else that language's base, else the desk's, the default's, English.

        `facts` joins `notice.details`: plain values only (text, numbers, lists, tables). `desk`: whose mail it is; in
        each language its own folder comes first. A template of the operator's that fails is logged, and the next one
        speaks in its place. Raises TemplateFault where the built-in one fails too; where it is `strict`, at the first.
        """
        values = _values(notice, facts)
        shelves = [self._of_desks[desk.templates]] if desk and desk.templates in self._of_desks else []
        for language in _languages(notice.language, desk.language if desk else "", self._default_language):
            for shelf in (*shelves, self._own):
                if not shelf.has(language, notice.kind):
                    continue
                try:
                    return shelf.words(language, notice.kind, values)
                except TemplateFault as fault:
                    if strict:
                        raise
                    name = f"{shelf.prefix}{language}/{notice.kind}"
                    log.error("template_failed", template=name, error=str(fault))
            if self._built_in.has(language, notice.kind):
                return self._built_in.words(language, notice.kind, values)
        raise TemplateFault(f"there is no template for {notice.kind}")

    def built_in(self, kind: NoticeKind) -> list[str]:
        """The languages in which mails of this kind have words of ours."""
        return self._built_in.languages(kind)

    def own(self, kind: NoticeKind) -> list[str]:
        """The operator's templates of this kind, such as `returns/en`."""
        shelves = (self._own, *self._of_desks.values())
        return [shelf.prefix + language for shelf in shelves for language in shelf.languages(kind)]

    def check(self) -> list[Problem]:
        """Every template, ours as well, rendered with sample data, full and bare; what fails is named."""
        shelves = (self._built_in, self._own, *self._of_desks.values())
        tried = (_check(shelf, name) for shelf in shelves for name in sorted(shelf.names))
        return [*self._problems, *(problem for problem in tried if problem is not None)]


def _check(shelf: Shelf, name: str) -> Problem | None:
    """What is wrong with this template, None where it can be used."""
    language, _, file = name.rpartition("/")
    kind, _, ending = file.rpartition(".")
    if not language:
        return None  # shared pieces, such as layout.html: they are tried by those that use them
    if ending not in ("txt", "html") or kind not in set(NoticeKind):
        message = f"is not used: it is named for no kind of mail, which are {', '.join(NoticeKind)}"
        return Problem(template=shelf.prefix + name, message=message)
    if not shelf.has(language, NoticeKind(kind)):
        return Problem(template=shelf.prefix + name, message=f"is not used: there is no {kind}.txt beside it")
    if ending == "html":
        return None  # is tried with its text
    for sample in (SAMPLES[NoticeKind(kind)], {}):
        try:
            shelf.words(language, NoticeKind(kind), _values(sample_notice(NoticeKind(kind), language), sample))
        except TemplateFault as fault:
            said = str(fault).removeprefix(f"{shelf.prefix}{name}: ")
            return Problem(template=shelf.prefix + name, message=said)
    return None


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
