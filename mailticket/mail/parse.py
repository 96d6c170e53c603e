"""What does this mail say? Raw bytes to InboundMail, whatever the bytes are (RFC 5322, RFC 2045 to 2049).

parse_mail() reads everything, in a process that may be killed; parse_ordinary() only what cannot be costly.
"""

import hashlib
import re
from collections.abc import Iterator

from mailticket.mail import html
from mailticket.mail.addresses import read_names
from mailticket.mail.automatic import is_auto_submitted, is_automatic_answer, is_list, is_report
from mailticket.mail.body import Costly, body_and_files, read_body
from mailticket.mail.bounce import read_bounce
from mailticket.mail.clean import clean_line
from mailticket.mail.complaint import read_complaint
from mailticket.mail.fields import Fields
from mailticket.mail.files import files_of
from mailticket.mail.forwarded import original_sender
from mailticket.mail.language import language_of
from mailticket.mail.message import InboundMail
from mailticket.mail.orders import order_numbers
from mailticket.mail.reaction import read_reaction
from mailticket.mail.scan import is_ordinary, scan
from mailticket.mail.sealed import seal
from mailticket.mail.spam import spam_sign
from mailticket.mail.subject import says_forwarded
from mailticket.mail.tnef import is_tnef, opened
from mailticket.mail.walk import Part, Tree, walk

#: Fields that say what a mail is about and to whom it goes, and that it has once (RFC 5322 §3.6); some programs write
#: one twice, with the same words.
_ONCE = (
    "Subject", "To", "Cc", "Reply-To", "Date", "Message-ID", "In-Reply-To", "References", "Content-Type",
    "Content-Transfer-Encoding",
)  # fmt: skip
#: Authentication-Results: so many, of so many characters each.
_MAX_RESULTS = 20
_MAX_RESULT = 8000
_FOLDING = dict.fromkeys(map(ord, "\r\n\t"), " ")
#: Of a long thread the first Message-ID and so many of the last are kept.
_LAST_REFERENCES = 50
#: Message-IDs of In-Reply-To that are kept.
_MOST_PARENTS = 20
#: Digests go by pieces, so that other threads get their turn and a large mail is not copied whole.
_PIECE = 1 << 20

_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x20\x7f]{1,996}>")
_BARE_ID = re.compile(r"[^<>\s@\x00-\x20\x7f]{1,400}@[^<>\s@\x00-\x20\x7f]{1,400}")


def parse_ordinary(raw: bytes) -> InboundMail | None:
    """`raw` as it is read beside the event loop; None where the mail may be costly and belongs in the sandbox."""
    if not is_ordinary(scan(raw)):
        return None
    try:
        return _parse(raw, html.ORDINARY_SECONDS)
    except Costly:
        return None


def parse_mail(raw: bytes) -> InboundMail:
    """`raw` read as far as it can be; what was wrong with it stands in `errors`. Raises on no bytes at all.

    May take seconds and much memory where somebody means harm: the service calls it in the sandbox.
    """
    return _parse(raw, None)


def digest_of(raw: bytes) -> str:
    """InboundMail.digest of a mail, without reading the rest of it."""
    tree = walk(raw, parts=False)
    return _digest(tree.fields, _message_id(tree.fields), tree.body)


def _parse(raw: bytes, html_seconds: float | None) -> InboundMail:
    try:
        return _read(raw, walk(raw), html_seconds)
    except (Costly, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  libraries raise what they like on hostile input; the mail still counts
        return _header_only(raw, error)


def _read(raw: bytes, tree: Tree, html_seconds: float | None) -> InboundMail:
    fields = tree.fields
    errors = list(tree.errors)
    names = read_names(fields)
    shown, files = body_and_files(_unwrapped(tree, html_seconds, errors))
    subject = fields.text("subject")
    forwarded = says_forwarded(subject)
    body = read_body(shown, html_seconds, errors, forwarded=forwarded)
    attachments = files_of(files, body.html or "", errors)
    # a mail without words still says something to people: that it is sealed, or what its invitation is about
    instead = seal(tree.parts) or next((file.summary for file in attachments if file.summary), "")
    return_path = _return_path(fields)
    complaint = read_complaint(tree.parts)
    bounce = (
        None
        if complaint
        else read_bounce(tree, body.text, subject, names.from_.addr_spec if names.from_ else "", return_path)
    )
    report = is_report(tree.content_type, (part.content_type for part in tree.parts))
    message_id = _message_id(fields)
    reaction = read_reaction(tree.parts)
    parents = tuple(dict.fromkeys(_message_ids(fields, "in-reply-to")))[:_MOST_PARENTS]
    return InboundMail(
        subject=subject,
        from_=names.from_,
        from_defect=names.from_defect,
        doubled=next((name for name in _ONCE if fields.differ(name.lower())), ""),
        to=names.to,
        cc=names.cc,
        reply_to=names.reply_to,
        reply_to_defect=names.reply_to_defect,
        message_id=message_id,
        in_reply_to=parents[0] if parents else "",
        parents=parents,
        references=_references(fields),
        date=names.date,
        text=body.text or instead,
        reply=reaction or body.reply or instead,
        reaction=reaction,
        ending=body.ending,
        html=body.html,
        markup=body.markup,
        attachments=attachments,
        language=language_of(body.reply, fields.text("content-language")),
        order_numbers=order_numbers(subject, body.reply),
        forwarded_from=None
        if bounce or complaint or report
        else original_sender(body.reply, files, forwarded=forwarded),
        auto_submitted=(
            bounce is not None or complaint is not None or report or is_auto_submitted(fields, subject, return_path)
        ),
        automatic_answer=report or is_automatic_answer(fields, subject),
        is_list=is_list(fields),
        bounce=bounce,
        complaint=complaint,
        hops=fields.count("received"),
        loop_marks=tuple(map(clean_line, fields.all("x-mailticket-loop"))),
        return_path=return_path,
        spam=spam_sign(fields),
        authentication_results=tuple(map(_result, fields.all("authentication-results")[:_MAX_RESULTS])),
        digest=_digest(fields, message_id, tree.body),
        size=len(raw),
        errors=(*_header_errors(fields, names.from_defect, message_id, has_date=names.date is not None), *errors),
    )


def _unwrapped(tree: Tree, html_seconds: float | None, errors: list[str]) -> list[Part]:
    """The parts of the mail, with what Outlook has wrapped up. Raises Costly where that is not for here."""
    if not any(map(is_tnef, tree.parts)):
        return tree.parts
    if html_seconds is not None:
        raise Costly
    return opened(tree.parts, errors)


def _header_only(raw: bytes, error: Exception) -> InboundMail:
    """What is left of a mail on which a library failed: enough to know it again, to look at it and not to answer it."""
    tree = walk(raw, parts=False)
    message_id = _message_id(tree.fields)
    return InboundMail(
        subject=tree.fields.text("subject"),
        from_defect="The mail could not be read.",
        message_id=message_id,
        auto_submitted=True,
        hops=tree.fields.count("received"),
        digest=_digest(tree.fields, message_id, tree.body),
        size=len(raw),
        errors=(f"The mail could not be read: {clean_line(repr(error))[:200]}.",),
        readable=False,
    )


def _result(value: str) -> str:
    """An Authentication-Results, "" where it holds what cannot be seen: without that it may bear another name than it
    did for the relay that drops forged ones."""
    value = value[:_MAX_RESULT]
    return clean_line(value) if value.translate(_FOLDING).isprintable() else ""


def _header_errors(fields: Fields, from_defect: str, message_id: str, *, has_date: bool) -> Iterator[str]:
    if from_defect:
        yield from_defect
    if not message_id:
        yield "The Message-ID is not usable." if "message-id" in fields else "There is no Message-ID."
    if not has_date:
        yield "The Date cannot be read." if "date" in fields else "There is no Date field."


def _message_ids(fields: Fields, name: str) -> list[str]:
    return [clean_line(found) for found in _MESSAGE_ID.findall(fields.raw(name))]


def _message_id(fields: Fields) -> str:
    """The first Message-ID; one that only lacks its angle brackets gets them."""
    if found := _message_ids(fields, "message-id"):
        return found[0]
    bare = fields.text("message-id").strip("<>")
    return f"<{bare}>" if _BARE_ID.fullmatch(bare) else ""


def _references(fields: Fields) -> tuple[str, ...]:
    found = list(dict.fromkeys(_message_ids(fields, "references")))
    return tuple(found if len(found) <= _LAST_REFERENCES + 1 else [found[0], *found[-_LAST_REFERENCES:]])


def _return_path(fields: Fields) -> str | None:
    return fields.text("return-path").strip("<> ") if "return-path" in fields else None


def _digest(fields: Fields, message_id: str, body: memoryview) -> str:
    """As InboundMail.digest says. Without a Message-ID a daily report with the same words is still another mail."""
    names = ("from",) if message_id else ("date", "from", "to", "subject")
    known_by = [message_id, *(" ".join(fields.raw(name).split()) for name in names)]
    digest = hashlib.sha256("\0".join(known_by).encode("utf-8", "replace") + b"\0")
    for at in range(0, len(body), _PIECE):
        # relays change line ends and blanks, and a signature holds all the same (RFC 6376 §3.4.4)
        digest.update(bytes(body[at : at + _PIECE]).translate(None, b" \t\r\n"))
    return digest.hexdigest()
