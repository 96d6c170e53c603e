"""Mail that its sender's servers have signed and sealed, and the DNS records that prove it."""

import base64
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import dkim

from mailticket.mail.lookup import Answer, Unanswered

#: Records by name and type; a TXT record is text, an MX record `(preference, host)`.
Records = Mapping[str, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key pair for DKIM and ARC."""

    private: bytes
    #: What stands in the DNS.
    record: str


@cache
def key(bits: int = 1024) -> Key:
    """An RSA key of this size, made once a run."""
    private = subprocess.run(["openssl", "genrsa", str(bits)], check=True, capture_output=True).stdout
    public = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "der"], check=True, capture_output=True, input=private
    ).stdout
    return Key(private=private, record=f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}")


def signed(raw: bytes, domain: str, *, by: Key | None = None, selector: str = "s1", **options: Any) -> bytes:
    """`raw` with the DKIM signature of `domain` on top; `options` are dkim.sign's."""
    by = by or key()
    field: bytes = dkim.sign(raw, selector.encode(), domain.encode(), by.private, **options)
    return field + raw


def sealed(raw: bytes, domain: str, found: str, *, selector: str = "s1") -> bytes:
    """`raw` with an ARC set of `domain`, which found out `found` about its sender."""
    told = f"Authentication-Results: {domain}; {found}\r\n".encode() + raw
    fields = dkim.arc_sign(told, selector.encode(), domain.encode(), key().private, domain.encode())
    return b"".join(fields) + raw


def signer(domain: str, *, by: Key | None = None, selector: str = "s1") -> dict[str, dict[str, Sequence[Any]]]:
    """The record that holds the key of `domain`."""
    return {f"{selector}._domainkey.{domain}": {"TXT": [(by or key()).record]}}


def asks(domain: str, tags: str) -> dict[str, dict[str, Sequence[Any]]]:
    """The DMARC record of `domain`: `p=reject; sp=none`."""
    return {f"_dmarc.{domain}": {"TXT": [f"v=DMARC1; {tags}"]}}


@dataclass(slots=True, kw_only=True)
class Names:
    """A DNS that is a table. What is missing and what is above nothing does not exist."""

    records: Records
    #: Names that nobody answers for; a leading dot means all below.
    mute: Sequence[str] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, name: str, kind: str) -> Answer:
        self.asked.append((name, kind))
        if any(name == one or (one.startswith(".") and name.endswith(one)) for one in self.mute):
            raise Unanswered
        if name in self.records:
            values = self.records[name].get(kind, ())
            return Answer(values=tuple(value.encode() if kind == "TXT" else value for value in values))
        return Answer(exists=any(other.endswith(f".{name}") for other in self.records))


def letter(sender: str = "Carla <carla@shop.example>", *, body: str = "My vase is broken.\r\n", **fields: str) -> bytes:
    """A mail of few words; `fields` are header fields with _ for -."""
    usual = {
        "From": sender,
        "To": "support@acme.example",
        "Subject": "Broken vase",
        "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
        "Message-ID": "<vase@shop.example>",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in usual.items())
    return f"{head}\r\n{body}".encode()


def changed(raw: bytes, pattern: str, by: str) -> bytes:
    """`raw` after somebody on its way has changed it."""
    found, count = re.subn(pattern.encode(), by.encode(), raw, count=1)
    assert count == 1
    return found
