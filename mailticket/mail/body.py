"""Which text does a mail show, and which of its words are new?

Of a multipart/alternative (RFC 2046 §5.1.4) the plain text counts where it has any; parts beside each other follow
each other. What is shown is told from files by disposition and filename (RFC 2183).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from mailticket.mail import html, quoted_html
from mailticket.mail.charset import decode
from mailticket.mail.charset_guess import named_inside
from mailticket.mail.clean import clean_text
from mailticket.mail.flowed import unflowed
from mailticket.mail.reply import words_and_ending
from mailticket.mail.sealed import is_nobodys_file, without_armour
from mailticket.mail.walk import Part

#: Bytes of text that are read, all parts together; the raw mail has the rest.
MAX_TEXT = 2_000_000

_SHOWN = ("text/plain", "text/html")


class Costly(Exception):
    """Reading on would take longer than was allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a mail shows."""

    text: str
    #: Never empty where `text` is not.
    reply: str
    #: What stood below the words of `reply`: "Best regards", a name, a signature.
    ending: str
    #: Sanitised, None where there is no HTML.
    html: str | None
    #: The same as it came, "" where there is none.
    markup: str


@dataclass(slots=True)
class _Section:
    """One alternative, or one part that stands alone."""

    plain: str = ""
    rich: str = ""


def body_and_files(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The parts that are shown, and all others."""
    body = [part for part in parts if _is_shown(part) and not part.filename]
    if not body:
        # some programs name even the text that they show
        body = [part for part in parts if _is_shown(part)][:1]
    return body, [part for part in parts if part not in body and not is_nobodys_file(part)]


def _is_shown(part: Part) -> bool:
    return part.content_type in _SHOWN and part.disposition != "attachment"


def read_body(parts: Iterable[Part], seconds: float | None, errors: list[str], *, forwarded: bool = False) -> Body:
    """Reads `parts` as body_and_files() chose them, and appends to `errors` what was wrong.

    `forwarded`: the subject says that another mail is shown; then its header is no history. Raises Costly where the
    HTML may take more than `seconds`; None: it may take what it takes.
    """
    sections = _sections(parts, errors)
    rich = [section.rich for section in sections if section.rich]
    if seconds is not None and sum(map(html.weigh_roughly, rich)) > seconds:
        raise Costly
    weight = sum(map(html.weigh, rich))
    if seconds is not None and weight > seconds:
        raise Costly
    marked = weight <= html.BEARABLE_SECONDS
    texts = [_as_texts(section, marked=marked) for section in sections]
    text = "\n".join(shown for shown, _ in texts).rstrip("\n")
    new = words_and_ending("\n".join(quoted for _, quoted in texts), forwarded=forwarded)
    if marked and _may_hold_history(new.words, text) and any(map(_may_tell_more, sections)):
        # plain text may quote without a sign of it, where the HTML beside it tells
        told = words_and_ending("\n".join(map(_as_quoted_text, sections)), forwarded=forwarded)
        new = told if told.words else new
    markup = "\n".join(map(_as_html, sections)) if rich else ""
    return Body(
        text=text,
        reply=new.words.strip() or text.strip() or text,
        ending=new.ending if new.words.strip() else "",
        html=clean_text(html.sanitise(markup)) if rich else None,
        markup=markup,
    )


def _sections(parts: Iterable[Part], errors: list[str]) -> list[_Section]:
    sections: list[_Section] = []
    current = 0
    room = MAX_TEXT
    for part in parts:
        if room <= 0:
            break
        if not part.alternative or part.alternative != current:
            sections.append(_Section())
        current = part.alternative
        text = _text_of(part, room, errors)
        room -= len(text)
        if part.content_type == "text/html":
            sections[-1].rich += text
        else:
            sections[-1].plain += f"\n{text}" if sections[-1].plain else text
    return sections


def _text_of(part: Part, room: int, errors: list[str]) -> str:
    data, fault = part.decoded()
    if len(data) > room:
        data = data[:room].rpartition(b"\n")[0]
        _note(errors, f"The text is longer than {MAX_TEXT} bytes; the rest was not read")
    inside = named_inside(data) if part.content_type == "text/html" else ""
    text, charset_fault = decode(data, part.charset, inside=inside)
    for sentence in (fault, charset_fault):
        _note(errors, sentence)
    text = clean_text(text)
    if part.content_type != "text/plain":
        return text
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return without_armour(text)


def _note(errors: list[str], sentence: str) -> None:
    sentence = f"{sentence[:1].upper()}{sentence[1:]}."
    if len(sentence) > 1 and sentence not in errors:
        errors.append(sentence)


def _as_texts(section: _Section, *, marked: bool) -> tuple[str, str]:
    """Its text, and the same with marked history in quoted lines (only where `marked`: it takes a tree)."""
    if section.plain.strip() or not section.rich:
        return section.plain, section.plain
    if not marked:
        return (text := clean_text(html.to_text(section.rich))), text
    shown, quoted = html.to_texts(section.rich)
    return clean_text(shown), clean_text(quoted)


def _as_quoted_text(section: _Section) -> str:
    return clean_text(html.to_texts(section.rich)[1]) if section.rich else section.plain


def _may_hold_history(new: str, text: str) -> bool:
    """Whether no more than a signature was taken from `text`."""
    return 2 * len(new) > len(text)


def _may_tell_more(section: _Section) -> bool:
    """Whether there is HTML beside the plain text with marks that the text lacks."""
    return bool(section.plain.strip()) and quoted_html.is_worth_a_look(section.rich)


def _as_html(section: _Section) -> str:
    return section.rich or f"<pre>{escape(section.plain)}</pre>"
