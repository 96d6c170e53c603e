"""How does a mail of ours look on the wire? Its header: RFC 5322 fields, RFC 2047 words, RFC 3834 marks.

Seven-bit but for addresses that need SMTPUTF8, so no relay has to convert it. Written here and not by the standard
library, whose folding (3.11) turns long Message-IDs into encoded words; then no mail program finds the thread.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

import idna

from mailticket.errors import MailticketError
from mailticket.mail.clean import clean_line, plain_line
from mailticket.mail.message import Address, Attachment
from mailticket.mail.parts import body

#: References keep the thread's root and its newest members.
_REFERENCES_KEPT = 20
_LINE = 76

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}|\"(?:[ !#-\[\]-~]|\\[ -~]){0,62}\"")
_ATOM_DOTS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LOCAL_OCTETS = 64
_DOMAIN = re.compile(r"(?=.{1,255}$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|\[[A-Za-z0-9.:]{1,64}\]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_LINK = re.compile(r"mailto:[!-;=?-~]{1,900}")
_MARK = re.compile(r"[A-Za-z0-9_., -]{1,200}")


class Unsendable(MailticketError):
    """No relay would take this mail as it is; trying again does not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail of ours with all its words, ready to be written down."""

    from_: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...] = ()
    #: With the ticket's tag in it.
    subject: str
    date: datetime
    #: In angle brackets, like those below.
    message_id: str
    #: The mail that this one answers, "" where it answers none.
    in_reply_to: str = ""
    #: The thread so far, oldest first.
    references: tuple[str, ...] = ()
    text: str
    #: "" where the mail is text only.
    html: str = ""
    #: Pictures that `html` shows by their Content-IDs.
    images: tuple[Attachment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    #: Language of the words, such as "en"; "" where it is not known.
    language: str = ""
    #: Value of X-Mailticket-Notice.
    notice: str
    #: Value of X-Mailticket-Loop.
    loop: str
    #: Value of Auto-Submitted (RFC 3834 §5), "" for what a person wrote.
    auto_submitted: str = ""
    #: Ask Exchange not to answer (X-Auto-Response-Suppress).
    suppress_answers: bool = False
    #: Link by which its reader gets no more of its kind (List-Unsubscribe, RFC 2369 §3.2), "" where there is none.
    unsubscribe: str = ""


def compose(mail: OutgoingMail) -> bytes:
    """The mail as it goes to a relay: CRLF line ends, no line over 998 bytes, ASCII only but for local parts of To, Cc.

    Raises Unsendable where an address or the Message-ID cannot be written down.
    """
    return "".join(_field(name, value) for name, value in _header(mail)).encode() + body(
        mail.text, mail.html, mail.attachments, mail.images
    )


def tagged_subject(title: str, tag: str) -> str:
    """`title` with `tag` (such as `[#2611-0042]`) once in front of it; "" adds none."""
    words = " ".join(title.replace(tag, " ").split()) if tag else title
    return f"{tag} {words}".strip()


def ascii_address(addr_spec: str) -> str:
    """`addr_spec` as every relay understands it. Raises Unsendable where only SMTPUTF8 (RFC 6531) could carry it."""
    address = wire_address(addr_spec)
    if not address.isascii():
        raise Unsendable(f"{clean_line(addr_spec)} needs SMTPUTF8, and nothing of the desk's own may")
    return address


def wire_address(addr_spec: str) -> str:
    """`addr_spec` as it stands in header and envelope: the domain in its IDNA form (RFC 5890), the local part as it is.

    A local part beyond ASCII makes its mail one for relays with SMTPUTF8. Raises Unsendable for what is no address.
    """
    local, _, domain = addr_spec.rpartition("@")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise Unsendable(f"{clean_line(addr_spec)} has a domain that does not exist in DNS's spelling") from None
    if not _is_local(local) or not _DOMAIN.fullmatch(domain):
        raise Unsendable(f"{clean_line(addr_spec)!r} is not a mail address")
    return f"{local}@{domain}"


def _is_local(local: str) -> bool:
    """Beyond ASCII letters, their marks and digits only: nothing that a program could take for an end or a space."""
    if local.isascii():
        return _LOCAL.fullmatch(local) is not None
    plain = "".join("x" if unicodedata.category(character)[0] in "LMN" else character for character in local)
    return _ATOM_DOTS.fullmatch(plain) is not None and len(local.encode()) <= _LOCAL_OCTETS


def _header(mail: OutgoingMail) -> Iterable[tuple[str, str]]:
    """Names and encoded values, in the order in which people expect them."""
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise Unsendable(f"{clean_line(mail.message_id)!r} is not a Message-ID")
    thread = _thread(mail)
    yield "From", _mailbox(mail.from_, ascii_address)
    yield "To", _mailboxes(mail.to)
    yield "Cc", _mailboxes(mail.cc)
    yield "Subject", _unstructured(mail.subject)
    yield "Date", format_datetime(mail.date)
    yield "Message-ID", mail.message_id
    yield "In-Reply-To", mail.in_reply_to if mail.in_reply_to in thread else ""
    yield "References", "\r\n ".join(thread)
    yield "Auto-Submitted", _mark(mail.auto_submitted)
    yield "X-Auto-Response-Suppress", "OOF, AutoReply" if mail.suppress_answers else ""
    yield "List-Unsubscribe", f"<{mail.unsubscribe}>" if _LINK.fullmatch(mail.unsubscribe) else ""
    yield "X-Mailticket-Loop", _mark(mail.loop)
    yield "X-Mailticket-Notice", _mark(mail.notice)
    yield "Content-Language", mail.language if _LANGUAGE.fullmatch(mail.language) else ""


def _field(name: str, value: str) -> str:
    return f"{name}: {value}\r\n" if value else ""


def _thread(mail: OutgoingMail) -> tuple[str, ...]:
    """The root and the newest references; what is no Message-ID is left out (RFC 5322 §3.6.4)."""
    known = [m for m in (*mail.references, mail.in_reply_to) if _MESSAGE_ID.fullmatch(m)]
    if known and known[-1] == mail.in_reply_to:
        known = [m for m in known if m != mail.in_reply_to] + known[-1:]
    unique = tuple(dict.fromkeys(known))
    return unique if len(unique) <= _REFERENCES_KEPT + 1 else (unique[0], *unique[-_REFERENCES_KEPT:])


def _mailboxes(addresses: Iterable[Address]) -> str:
    return ",\r\n ".join(_mailbox(address) for address in addresses)


def _mailbox(address: Address, written: Callable[[str], str] = wire_address) -> str:
    addr_spec = written(address.addr_spec)
    name = _phrase(" ".join(plain_line(address.name).split()))
    return f"{name}\r\n <{addr_spec}>" if len(name) > _LINE // 2 else f"{name} <{addr_spec}>" if name else addr_spec


def _phrase(name: str) -> str:
    if not name.isascii() or "=?" in name or len(name) > _LINE // 2:
        return _encoded_words(name)
    if _ATOMS.fullmatch(name) or not name:
        return name
    return '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'


def _unstructured(value: str) -> str:
    words = plain_line(value).split()
    line = " ".join(words)
    if not line.isascii() or "=?" in line or any(len(word) >= _LINE // 2 for word in words):
        return _encoded_words(line)
    return "\r\n ".join(textwrap.wrap(line, _LINE - len("Subject: "), break_long_words=False, break_on_hyphens=False))


def _encoded_words(text: str) -> str:
    """RFC 2047 §2: encoded words of at most 75 characters, no character cut in two; room for "Subject: "."""
    return Header(text, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")


def _mark(value: str) -> str:
    """One of our own words; anything else in its place would be a way into the header."""
    return value if _MARK.fullmatch(value) else ""
