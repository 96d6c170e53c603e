"""Which domains have signed this mail, and do their signatures hold? DKIM on the raw bytes (RFC 6376, RFC 8301).

The hash of the body is ours, once for all signatures and in linear time; header, key and signature are dkimpy's.
Only what can speak for the From domain is looked at: what others signed costs neither time nor questions to the DNS.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from mailticket.mail.lookup import Lookup, Unanswered

#: Signatures that are verified, and that are listed at all.
_VERIFIED, _LISTED = 4, 20
#: Bytes of a header block, and of one signature field, that are looked at.
_HEADER_BYTES, _FIELD_BYTES = 64 * 1024, 4096
#: Fields of a mail, and names in h=, beyond which signatures are not looked at: dkimpy looks for each among all.
FIELDS, _NAMES = 500, 200
#: Longer runs cost dkimpy's patterns time, and no signer makes them.
_LONG_GAP = re.compile(rb"\s{100}")
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_SIGNATURE = re.compile(rb"^dkim-signature[ \t]*:", re.IGNORECASE | re.MULTILINE)
#: An RSA key of 4096 bits has 736 characters (RFC 8301 §3.2); what is much longer is there to cost time.
_KEY_BYTES = 1100
_SMALLEST_KEY = 1024
#: dkimpy logs as errors what are results to us.
UNHEARD = logging.getLogger(f"{__name__}.dkimpy")
UNHEARD.disabled = True
_ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One DKIM-Signature field."""

    #: Lower case; "" where the field cannot be read.
    domain: str
    #: pass, or fail, none (not looked at), temperror (the key could not be asked for).
    result: str
    #: Why it is no pass; "" where it is.
    reason: str = ""

    def __str__(self) -> str:
        return f"dkim={self.result} header.d={self.domain or '?'}{f' ({self.reason})' if self.reason else ''}"


class SignedMail:
    """A mail as its signers see it."""

    def __init__(self, raw: bytes) -> None:
        end = _END_OF_HEADER.search(raw, 0, _HEADER_BYTES)
        self._raw = raw
        self._body_at = end.end() if end else len(raw)
        #: Header block with its empty line; longer ones are no mail that anybody signed.
        self.header = raw[: self._body_at] if end else raw[:_HEADER_BYTES]
        self.whole = end is not None or len(raw) <= _HEADER_BYTES
        self._hashes: dict[bytes, bytes] = {}

    @property
    def is_signed(self) -> bool:
        """There is a DKIM-Signature field; whatever is in it."""
        return self.whole and _SIGNATURE.search(self.header) is not None

    @cached_property
    def body(self) -> bytes:
        """The body with CRLF, and nothing else changed: canonicalization `simple` but for the end."""
        return self._raw[self._body_at :].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    @cached_property
    def relaxed_body(self) -> bytes:
        """The same in canonicalization `relaxed`, but for the end (RFC 6376 §3.4.4)."""
        body = self.body.replace(b"\t", b" ")
        while b"  " in body:
            body = body.replace(b"  ", b" ")
        return body.replace(b" \r\n", b"\r\n").removesuffix(b" ")

    def body_hash(self, canonicalization: bytes) -> bytes:
        """SHA-256 of the body, base64. Raises KeyError for a canonicalization that there is not."""
        body = {b"simple": "body", b"relaxed": "relaxed_body"}[canonicalization]
        if canonicalization not in self._hashes:
            digest = hashlib.sha256(_ended(getattr(self, body), canonicalization)).digest()
            self._hashes[canonicalization] = base64.b64encode(digest)
        return self._hashes[canonicalization]


def _ended(body: bytes, canonicalization: bytes) -> bytes:
    """Empty lines at the end do not count; an empty body is one line for `simple`, nothing for `relaxed`."""
    end = len(body)
    if body.endswith(b"\r\n"):
        end = len(body.rstrip(b"\r\n"))
        # a bare CR among them is no line end
        end = max(end, body.rfind(b"\r\r", end) + 1)
    if end == 0 and canonicalization == b"relaxed":
        return b""
    return body[:end] + b"\r\n"


def signatures(mail: SignedMail, address: str, domain: str, at: datetime, lookup: Lookup) -> list[Signature]:
    """The mail's signatures, those of other organizations than `domain`'s unverified; `address` is its From address.

    A signature counts only where it covers From and the whole body, is not past its time `at`, and its key is good.
    """
    if not mail.is_signed:
        return []
    try:
        message = dkim.DKIM(mail.header, logger=UNHEARD, minkey=_SMALLEST_KEY)
    except (dkim.DKIMException, IndexError):
        return [Signature(domain="", result="fail", reason="the header block is malformed")]
    if len(message.headers) > FIELDS:
        return [Signature(domain="", result="none", reason="too many header fields to look at")]
    froms = [value for name, value in message.headers if name.lower() == b"from"]
    if len(froms) != 1 or address.encode("utf-8", "replace") not in froms[0].lower():
        return [Signature(domain="", result="fail", reason="the signed From is not the one that people see")]
    found: list[Signature] = []
    values = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(values[:_LISTED]):
        one = _claim(value)
        if one.result == "none" and may_align(one.domain, domain):
            if sum(seen.result != "none" for seen in found) < _VERIFIED:
                one = _verified(mail, message, index, at, lookup)
            else:
                one = replace(one, reason="one of too many, not looked at")
        found.append(one)
    return found


def may_align(signer: str, domain: str) -> bool:
    """Whether the two can belong to one organization at all: one name, or at least two last labels in common."""
    return signer == domain or (signer.count(".") >= 1 and signer.split(".")[-2:] == domain.split(".")[-2:])


def _claim(value: bytes) -> Signature:
    try:
        tags = parse_tag_value(value) if len(value) <= _FIELD_BYTES and not _LONG_GAP.search(value) else {}
    except InvalidTagValueList:
        tags = {}
    domain = tags.get(b"d", b"").decode("ascii", "replace").lower().rstrip(".")
    if not domain:
        return Signature(domain="", result="fail", reason="the signature cannot be read")
    return Signature(domain=domain, result="none", reason="of another organization, not looked at")


def _verified(mail: SignedMail, message: dkim.DKIM, index: int, at: datetime, lookup: Lookup) -> Signature:
    domain = ""
    try:
        tags, covered, fields = message.verify_headerprep(index)
        domain = tags[b"d"].decode("ascii").lower().rstrip(".")
        if reason := _flaw(mail, tags, covered, at):
            return Signature(domain=domain, result="fail", reason=reason)
        # dkimpy's own look at the body takes quadratic time, and the hash is compared already
        del tags[b"bh"]
        holds = message.verify_sig(tags, covered, fields[index], key_source(lookup))
    except Unanswered:
        return Signature(domain=domain, result="temperror", reason="the DNS did not answer for its key")
    except dkim.DKIMException as error:
        return Signature(domain=domain, result="fail", reason=str(error)[:100])
    except Exception as error:  # noqa: BLE001  dkimpy lets escape whatever a strange key or signature makes Python raise
        return Signature(domain=domain, result="fail", reason=f"cannot be verified: {type(error).__name__}")
    if holds:
        return Signature(domain=domain, result="pass")
    return Signature(domain=domain, result="fail", reason="no such key, or the header was changed")


def _flaw(mail: SignedMail, tags: dict[bytes, bytes], covered: list[bytes], at: datetime) -> str:
    """Why a signature means nothing to us, before its key is asked for; "" where nothing speaks against it."""
    if tags[b"a"] not in _ALGORITHMS:
        return f"algorithm {tags[b'a'].decode('ascii', 'replace')[:20]} is not good enough"
    if b"from" not in covered:
        return "From is not signed"
    if len(covered) > _NAMES:
        return "names too many fields"
    if b"l" in tags:
        return "signs only the beginning of the body"
    if b"x" in tags and int(tags[b"x"]) < at.timestamp():
        return "expired"
    canonicalization = tags.get(b"c", b"simple/simple").partition(b"/")[2] or b"simple"
    try:
        if mail.body_hash(canonicalization) != re.sub(rb"\s+", b"", tags[b"bh"]):
            return "the body was changed"
    except KeyError:
        return "unknown canonicalization"
    return ""


def key_source(lookup: Lookup) -> Callable[..., bytes | None]:
    """Asks for keys the way dkimpy does: the first TXT record that can be one, or None. Raises Unanswered."""

    def key(name: bytes, timeout: int = 0) -> bytes | None:
        values = lookup(name.decode("ascii").rstrip(".").lower(), "TXT").values
        return next((value for value in values if len(value) <= _KEY_BYTES and b"p=" in value), None)

    return key
