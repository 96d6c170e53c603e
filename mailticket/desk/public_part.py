"""What of an agent's mail reaches the customer? The new words with their form, their pictures and the files: no more.

Commands, notes, quoted mail and the agent's private signature stay here. Pure: two readings of a mail are the same.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mailticket.desk.attachments import INLINE_IMAGES, Judged
from mailticket.desk.orders import Macro, Orders
from mailticket.desk.own_signature import Ending, closing, ending_of, is_signature, signature_begins
from mailticket.mail.markdown import as_html
from mailticket.mail.markup import Simple, simplified
from mailticket.mail.markup_cut import Cut, cut, line_ends
from mailticket.mail.message import Attachment, InboundMail

#: What mail programs add to sign or to encrypt: nobody has attached it.
_SEALS = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"application/pgp-keys", "application/ms-tnef"}
)
#: Nobody may send so much; its form is not looked for.
_LONGEST = 50_000
_PICTURE = re.compile(r"\[(?:cid:|image: ?)([^\[\]\n]{1,300})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPart:
    """An agent's answer."""

    #: "" where the mail has nothing for the customer: commands, a note, a signature.
    text: str = ""
    #: The same with its form, safe to be shown; None where it is text only.
    html: str | None = None
    #: Pictures that `html` shows by their Content-IDs.
    images: tuple[Attachment, ...] = ()
    #: Files beside the words.
    attachments: tuple[Attachment, ...] = ()
    #: To be remembered: by the last few of these an agent's own signature is known.
    ending: Ending = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the agent has written to the customer."""

    lines: tuple[str, ...]
    #: So many of them are for the customer; the rest is the agent's own signature.
    kept: int
    #: Where the kept ones stand in the HTML: from, to; None where they are not found there.
    place: tuple[int, int] | None = None


def public_part(
    mail: InboundMail,
    orders: Orders,
    endings: Sequence[Ending] = (),
    *,
    logos: Collection[str] = (),
    markdown: bool = False,
    written: Sequence[str] | None = None,
) -> PublicPart:
    """The part of an agent's `mail` that is for the customer; `orders` is what read_commands() makes of `mail.reply`.

    Whether there is an answer at all is told by the text that comes back, and not by `orders.text`: the signature below
    a command is none. `endings`: how the agent's last replies ended (PublicPart.ending). `logos`: digests of pictures
    that are known from signatures. `markdown`: text without HTML is taken for Markdown. `written`: the command lines as
    they stand in the mail where `orders` is a mended reading of it. Where form and words do not agree to the letter,
    the words go alone.
    """
    macro = next((order for order in orders.orders if isinstance(order, Macro)), None)
    prepared = macro.text.strip("\n") if macro else ""
    own = orders.text[len(prepared) :].strip("\n") if orders.text.startswith(prepared) else orders.text
    above = [line for line in (orders.lines if written is None else written) if line.strip()]
    above = above[:-1] if orders.note else above
    shown, words = _read(mail, above, _lines(mail, orders, own), endings, only=not (prepared or orders.lines))
    text = "\n".join(words.lines[: words.kept]).strip()
    form = _cut(mail, shown, words, logos) if shown is not None and words.place and text else None
    text = form.text if form is not None else text
    everything = "\n\n".join(part for part in (prepared, text) if part)
    images, files = _files(mail, form, text, shown, logos)
    return PublicPart(
        text=_PICTURE.sub(_named, everything),
        html=_html(prepared, text, form, markdown=markdown),
        images=images,
        attachments=files,
        ending=ending_of(words.lines) if text else (),
    )


def travelling(files: Sequence[Judged], part: PublicPart) -> tuple[Judged, ...]:
    """Those of a mail's `files` that belong to the answer, to be stored with it; one that is withheld holds the answer
    up, others are nobody's business: pictures of a signature or of quoted mail, seals of the mail program."""
    shown = {(file.sha256, file.content_id) for file in part.images}
    beside = {(file.sha256, file.filename) for file in part.attachments}
    found: list[Judged] = []
    for file in files:
        attachment = file.attachment
        if (attachment.sha256, attachment.content_id) in shown and attachment.inline:
            found.append(replace(file, logo=False))
        elif (attachment.sha256, attachment.filename) in beside:
            found.append(replace(file, attachment=replace(attachment, inline=False), logo=False))
    return tuple(found)


def _lines(mail: InboundMail, orders: Orders, own: str) -> tuple[str, ...]:
    """The agent's words down to their very end, with what reading has taken for a signature."""
    below = f"\n\n{mail.ending}" if mail.ending.strip() and not orders.note else ""
    return tuple(f"{own}{below}".strip("\n").split("\n")) if own.strip() or below else ()


def _read(
    mail: InboundMail, above: Sequence[str], lines: tuple[str, ...], endings: Sequence[Ending], *, only: bool
) -> tuple[Simple | None, _Words]:
    """Finds the words in the HTML, and where the signature below them begins.

    `only`: there is nothing else in the mail, so something of it has to be for the customer.
    """
    name = mail.from_.name if mail.from_ else ""
    kept = min(_without_ending(mail, lines), signature_begins(lines, endings, name))
    shown, begin, ends = _found(mail, above, lines)
    if shown is not None and len(ends) == len(lines):
        kept = min(kept, _before_signature(shown, begin, ends))
    if any(map(str.strip, lines[:kept])) and (only or not is_signature(lines[:kept], name)):
        kept += closing(lines[kept:])
    else:
        # "Best regards" below a command is no answer, nor is the agent's name
        kept = len(lines) if only else 0
    place = (begin, ends[kept - 1]) if 0 < kept <= len(ends) else None
    return shown, _Words(lines=lines, kept=kept, place=place)


def _without_ending(mail: InboundMail, lines: Sequence[str]) -> int:
    """How many lines are left without those that reading has taken for a signature."""
    below = mail.ending.strip("\n").split("\n") if mail.ending.strip() else []
    ended = bool(below) and list(lines[-len(below) :]) == below
    return len(lines) - len(below) if ended else len(lines)


def _found(mail: InboundMail, above: Sequence[str], lines: Sequence[str]) -> tuple[Simple | None, int, list[int]]:
    """Where in the HTML `lines` begin and each of them ends, `above` standing over them; None where they are not there.

    Some write below what they answer: then its marked history is left out.
    """
    best: tuple[Simple | None, int, list[int]] = (None, 0, [])
    if not mail.markup or not lines or sum(map(len, lines)) > _LONGEST:
        return best
    for with_history in (True, False):
        shown = simplified(mail.markup, with_history=with_history)
        if shown is None:
            return best
        commands = line_ends(above, shown, 0) if above else [0]
        if len(commands) < len(above):
            continue
        ends = line_ends(lines, shown, commands[-1])
        if len(ends) == len(lines):
            return shown, commands[-1], ends
        best = (shown, commands[-1], ends) if len(ends) > len(best[2]) else best
    return best


def _before_signature(shown: Simple, begin: int, ends: Sequence[int]) -> int:
    """How many lines stand above the signature that the mail program has marked at the end of the words."""
    at = ends[-1]
    spans = sorted(shown.signatures, reverse=True)
    for first, last in spans:
        if begin <= first < at <= last:
            at = first
    return sum(1 for _ in takewhile(lambda end: end <= at, ends)) if at < ends[-1] else len(ends)


def _cut(mail: InboundMail, shown: Simple, words: _Words, logos: Collection[str]) -> Cut | None:
    assert words.place is not None
    begin, end = words.place
    pictures = [file for file in mail.attachments if file.content_id and file.media_type in INLINE_IMAGES]
    allowed = {file.content_id for file in pictures} - shown.aside
    # what follows the words is a picture of theirs, or the logo of a signature that nothing marks
    complete = words.kept == len(words.lines)
    behind = {file.content_id for file in pictures if file.sha256 not in logos} & allowed if complete else ()
    return cut(shown, begin, end, allowed, behind)


def _html(prepared: str, text: str, form: Cut | None, *, markdown: bool) -> str | None:
    """None where there is nothing to be shown that the text does not show."""
    if form is None and not prepared and not markdown:
        return None
    own = form.html if form is not None else as_html(text) if markdown else as_html(text, plain=True)
    return "\n".join(part for part in (as_html(prepared) if prepared else "", own if text else "") if part) or None


def _files(
    mail: InboundMail, form: Cut | None, text: str, shown: Simple | None, logos: Collection[str]
) -> tuple[tuple[Attachment, ...], tuple[Attachment, ...]]:
    """Pictures among the words, and files beside them."""
    images = tuple(file for file in mail.attachments if form and file.inline and file.content_id in form.pictures)
    placed = {match[1].strip().casefold() for match in _PICTURE.finditer(text)} if form is None else set()
    files: list[Attachment] = []
    for file in mail.attachments:
        if file in images or file.content_type in _SEALS or file.sha256 in logos:
            continue
        if not file.inline or f"cid:{file.content_id}" not in mail.markup:
            files.append(replace(file, inline=False))
        elif {file.content_id.casefold(), file.filename.casefold()} & placed:
            # its place is in the words, and they go without their form
            files.append(replace(file, inline=False))
    return images, tuple(files)


def _named(picture: re.Match[str]) -> str:
    """The name of a picture, without what only the mail program needs."""
    return f"[{picture[1].partition('@')[0].strip()}]"
