"""How does the service read a mail? It is parsed and its files are looked into: all that bytes can harm, in one step.

So the board and the sandbox stand around libmagic as they do around the parser.
"""

from dataclasses import replace

from mailticket.mail.message import InboundMail
from mailticket.mail.parse import parse_mail, parse_ordinary
from mailticket.mail.sniff import UNKNOWN, sniff

#: Files of one mail whose content is looked at; the others are set aside by their number anyway.
_FILES_SNIFFED = 100


def read_ordinary(raw: bytes) -> InboundMail | None:
    """`parse_ordinary`, with the media type of every file by its content."""
    mail = parse_ordinary(raw)
    return _with_types(mail) if mail is not None else None


def read_mail(raw: bytes) -> InboundMail:
    """`parse_mail`, with the media type of every file by its content. For the sandbox."""
    return _with_types(parse_mail(raw))


def _with_types(mail: InboundMail) -> InboundMail:
    if not mail.attachments:
        return mail
    files = (
        replace(file, media_type=sniff(file.data) if count < _FILES_SNIFFED else UNKNOWN)
        for count, file in enumerate(mail.attachments)
    )
    return replace(mail, attachments=tuple(files))
