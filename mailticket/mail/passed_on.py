"""What is forwarded by hand, as the mail that its writer has sent, and what did whoever forwards it write above it?

RFC 5322 §3.6.6 leaves forwarding by hand to mail programs: they attach the mail, or put its header and words below.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailticket.mail.clean import clean_line
from mailticket.mail.forwarded import taken_apart
from mailticket.mail.language import language_of
from mailticket.mail.message import InboundMail
from mailticket.mail.reply import new_words
from mailticket.mail.subject import says_forwarded, without_prefixes

#: So many Message-IDs that may lead to a ticket are taken over.
_MOST_IDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A forwarded mail, taken apart."""

    #: Words of whoever forwards it, commands among them; "" where there are none.
    above: str
    #: As its writer sent it, as far as can be told; from_ is None where nobody is named.
    mail: InboundMail
    #: It hangs on the mail as a file of its own.
    attached: bool = False
    #: Nobody can tell where it begins: all words below the commands are taken for its writer's.
    whole: bool = False


def attached_mail(mail: InboundMail) -> bytes | None:
    """The mail that hangs on `mail` as a file, where `mail` does nothing but forward it."""
    if mail.forwarded_from is None and not says_forwarded(mail.subject):
        return None
    return next((file.data for file in mail.attachments if file.content_type == "message/rfc822"), None)


def passed_on(mail: InboundMail, attached: InboundMail | None) -> PassedOn | None:
    """What `mail` forwards, None where it forwards nothing. `attached` is attached_mail(), read.

    A mail that only says in its subject that it forwards is all its writer's, who is not known.
    """
    if mail.bounce or mail.complaint:
        return None
    forwarded = says_forwarded(mail.subject)
    known = (*mail.references, *mail.parents, mail.in_reply_to)
    parts = taken_apart(mail.reply, forwarded=forwarded)
    if parts is not None and (parts.headed or attached is None):
        inner = replace(
            mail,
            from_=parts.sender,
            subject=clean_line(parts.subject).strip() or without_prefixes(mail.subject),
            message_id="",
            text=parts.text,
            reply=new_words(parts.text) or parts.text,
            html=None,
            date=None,
        )
        return PassedOn(above=parts.above, mail=_own(inner, known))
    if attached is not None:
        ids = (*known, *attached.references, *attached.parents, attached.in_reply_to)
        # (several in From are nobody for certain)
        inner = replace(attached, from_=None if attached.from_defect else attached.from_, to=mail.to)
        return PassedOn(above=mail.reply, mail=_own(inner, ids), attached=True)
    if not forwarded:
        return None
    inner = replace(mail, from_=None, subject=without_prefixes(mail.subject), message_id="", date=None)
    return PassedOn(above=mail.reply, mail=_own(inner, known), whole=True)


def _own(mail: InboundMail, ids: Iterable[str]) -> InboundMail:
    """`mail` as whoever wrote it has sent it to the desk."""
    answers = tuple(dict.fromkeys(id_ for id_ in ids if id_))
    return replace(
        mail,
        from_defect="",
        cc=(),
        reply_to=(),
        reply_to_defect="",
        in_reply_to="",
        parents=(),
        references=answers[-_MOST_IDS:],
        markup="",
        ending="",
        language=language_of(mail.reply, ""),
        forwarded_from=None,
        # that it once came through a list says nothing about this way
        is_list=False,
    )
