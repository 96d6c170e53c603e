"""What does a mail of ours say to whoever reads it with whatever program? Everything in it, by all its names."""

import html
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from urllib.parse import parse_qs, unquote, urlsplit

_TAG = re.compile(r"<[^>]*>")
_TOKEN = re.compile(r"(?<![a-z0-9])[a-z2-7]{48}(?![a-z0-9])")
_LINK = re.compile(r"mailto:[^\s\"'<>]+")


@dataclass(frozen=True, eq=False)
class Letter:
    """A mail that has left, as one of its recipients has it."""

    kind: str
    #: All its recipients.
    to: frozenset[str]
    ticket: int | None
    raw: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        return mail

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @cached_property
    def text(self) -> str:
        """The text part."""
        part = self.mail.get_body(("plain",))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""

    @cached_property
    def html(self) -> str:
        """The HTML part."""
        part = self.mail.get_body(("html",))
        return str(part.get_content()) if part is not None else ""

    @cached_property
    def everything(self) -> str:
        """Header fields of all parts and all texts, as they stand there and decoded, in lower case."""
        found = [self._as_it_stands]
        for part in self.mail.walk():
            found += [f"{name}: {value}" for name, value in part.items()]
        for text in self._texts:
            found += [html.unescape(text), html.unescape(_TAG.sub("", text)), unquote(text)]
        return "\n".join(found).lower()

    @cached_property
    def tokens(self) -> frozenset[str]:
        """All that has the form of a token of ours, wherever it stands."""
        return frozenset(_TOKEN.findall(self._as_it_stands))

    @cached_property
    def _texts(self) -> list[str]:
        payloads = (part.get_payload(decode=True) for part in message_from_bytes(self.raw).walk())
        return [payload.decode("utf-8", "replace") for payload in payloads if isinstance(payload, bytes)]

    @property
    def _as_it_stands(self) -> str:
        return "\n".join((self.raw.decode("ascii", "replace"), *self._texts))

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Its mailto: links, each once."""
        texts = (self.text, html.unescape(self.html))
        return tuple(dict.fromkeys(link for text in texts for link in _LINK.findall(text)))


def press(letter: Letter, label: str) -> tuple[str, str, str]:
    """Subject, body and recipient of the mail that opens by a click on the link below a line that begins so."""
    found = re.search(rf"^ *{re.escape(label)}[^\n]*\n(?:[^\n]+\n)?? *(mailto:\S+)$", letter.text, re.MULTILINE)
    assert found is not None, f"there is no {label} in\n{letter.text}"
    return mail_of(found[1])


def mail_of(link: str) -> tuple[str, str, str]:
    """Subject, body and recipient of the mail that a mailto: link opens."""
    parts = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return query.get("subject", ""), query.get("body", "") + "\n", unquote(parts.path)
