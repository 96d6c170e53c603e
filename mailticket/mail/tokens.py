"""How do we know our own mail when it comes back? Tokens in Message-IDs and plus-addresses that nobody can guess.

A token is 30 bytes in lower-case base32 (RFC 4648 §6), so that it survives every mail server's habits: kind,
ticket, person, expiry and nonce in 14 bytes, then 128 bits of HMAC-SHA256 over them.
"""

import base64
import binascii
import hmac
import re
import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

#: Random bytes that the caller of `mint` brings.
NONCE_BYTES = 3

_PAYLOAD = struct.Struct(">cI4sH3s")
_MAC_BYTES = 16
_EPOCH = date(1970, 1, 1)
_LOCAL_PART_OCTETS = 64
_BOUNCE_ADDRESS = re.compile(r"\+b-([a-z2-7]{48})@([^@\s<>]+)$", re.IGNORECASE)
_BUTTON = re.compile(r"\{mt-([a-z2-7]{48})\}", re.IGNORECASE)
_PROOF = re.compile(r"\{re-([a-z2-7]{48})\}", re.IGNORECASE)
_OF_SUBJECTS = re.compile(r"\{(?:mt|re)-[a-z2-7]{48}\}", re.IGNORECASE)
_PROBE = re.compile(r"\{probe-([a-z2-7]{48})\}", re.IGNORECASE)
#: (mail filters wrap links in links of their own: https%3A%2F%2F…%2Fact%2FTOKEN, or %252F)
_BARE = re.compile(r"(?:(?<![a-z0-9])|(?<=2f))[a-z2-7]{48}(?![a-z0-9])", re.IGNORECASE)
_CARRIER = re.compile(r"(?:<|\+[a-z]-)([a-z2-7]{48})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What one of our own tokens says; only `TokenKey.read` makes them."""

    #: One ASCII character: what the token was minted for.
    kind: str
    #: Id of the ticket, 0 where it is about none.
    ticket: int
    #: Last day on which it counts.
    expires: date
    #: Keyed digest of the address that it was sent to.
    person: bytes = field(repr=False)
    key: "TokenKey" = field(repr=False, compare=False)
    #: As it was minted.
    text: str = field(repr=False)

    def is_for(self, address: str) -> bool:
        """Whether the token was sent to this address, letter case aside."""
        return hmac.compare_digest(self.person, self.key.person(address))


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The secret behind all tokens; the same on every node."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < 32:
            raise ValueError("a token key has at least 32 bytes")

    def mint(self, *, kind: str, ticket: int, address: str, expires: date, nonce: bytes) -> str:
        """A token of 48 characters. `nonce` is NONCE_BYTES of randomness: it makes two tokens of one day differ.

        Raises ValueError for a kind, ticket, day or nonce that does not fit.
        """
        try:
            payload = _PAYLOAD.pack(
                _exact(kind.encode("ascii"), 1), ticket, self.person(address), (expires - _EPOCH).days,
                _exact(nonce, NONCE_BYTES),
            )  # fmt: skip
        except (struct.error, UnicodeEncodeError) as error:
            raise ValueError(f"no token can say this: {error}") from None
        return base64.b32encode(payload + self._mac(payload)).decode("ascii").lower()

    def read(self, token: str, *, today: date) -> Token | None:
        """What `token` says, or None where it is not ours, was altered, is malformed or has expired. Never raises."""
        try:
            data = base64.b32decode(token.encode("ascii").upper())
        except (binascii.Error, UnicodeEncodeError):
            return None
        payload, mac = data[: _PAYLOAD.size], data[_PAYLOAD.size :]
        if len(payload) != _PAYLOAD.size or not hmac.compare_digest(mac, self._mac(payload)):
            return None
        kind, ticket, person, days, _ = _PAYLOAD.unpack(payload)
        expires = _EPOCH + timedelta(days=days)
        if today > expires:
            return None
        return Token(
            kind=kind.decode("ascii"), ticket=ticket, expires=expires, person=person, key=self, text=token.lower()
        )

    def person(self, address: str) -> bytes:
        """Four bytes that stand for an address and tell nothing about it.

        They need not be more: whoever presents a token chooses neither these bytes, which the MAC covers, nor the
        addresses that they are compared with, which are the agents' in the settings; and without the key nobody can
        look for an address that has the same. More would cost plus-addresses their room (64 octets).
        """
        return self._digest(b"person", address.strip().lower().encode("utf-8", "replace"))[:4]

    def _mac(self, payload: bytes) -> bytes:
        return self._digest(b"token", payload)[:_MAC_BYTES]

    def _digest(self, purpose: bytes, data: bytes) -> bytes:
        """Purposes are kept apart, so that no address can be chosen that yields a token's MAC."""
        return hmac.digest(self.key, purpose + b"\0" + data, "sha256")


def message_id(token: str, domain: str) -> str:
    """The Message-ID that carries `token`, in angle brackets (RFC 5322 §3.6.4)."""
    return f"<{token}@{domain}>"


def bounce_address(token: str, address: str) -> str:
    """The reverse-path `local+b-TOKEN@domain` for mail from `address`.

    It is `address` itself where its local part leaves no room for a token (RFC 5321 §4.5.3.1.1).
    """
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+b-{token}"
    return f"{tagged}@{domain}" if len(tagged) <= _LOCAL_PART_OCTETS else address


def returned_to(addresses: Iterable[str]) -> tuple[str, ...]:
    """Message-IDs of the mails that come back to these addresses: each token marks both (see `bounce_address`)."""
    found = (match for address in addresses if (match := _BOUNCE_ADDRESS.search(address)))
    return tuple(message_id(match[1].lower(), match[2].lower()) for match in found)


def find_tokens(texts: Iterable[str]) -> tuple[str, ...]:
    """Everything in Message-IDs and plus-addresses that has a token's form, unread, in order, each once."""
    found = (match.group(1).lower() for text in texts for match in _CARRIER.finditer(text))
    return tuple(dict.fromkeys(found))


def find_button(subject: str) -> str:
    """What a subject holds that has the form of a button's token, unread; "" where there is none."""
    found = _BUTTON.search("".join(subject.split()))
    return found[1].lower() if found else ""


def find_proof(subject: str) -> str:
    """What a subject holds that has the form of the token of a mail with words, unread; "" where there is none."""
    found = _PROOF.search("".join(subject.split()))
    return found[1].lower() if found else ""


def without_button(subject: str) -> str:
    """`subject` without what has the form of a token that buttons put there."""
    return " ".join(_OF_SUBJECTS.sub(" ", subject).split())


def find_probe(subject: str) -> str:
    """What a subject holds that has the form of a probe's token, unread; "" where there is none."""
    found = _PROBE.search("".join(subject.split()))
    return found[1].lower() if found else ""


def bare_tokens(text: str) -> frozenset[str]:
    """Everything in `text` that has a token's form, unread."""
    return frozenset(_BARE.findall(text))


def without_tokens(text: str, kept: Collection[str] = ()) -> str:
    """`text` without anything that has a token's form: what was sent to one is not for another. `kept` may stay."""
    return _BARE.sub(lambda found: found[0] if found[0] in kept else "…", text)


def _exact(data: bytes, length: int) -> bytes:
    """`struct` would pad or cut in silence."""
    if len(data) != length:
        raise ValueError(f"{length} bytes are needed, not {len(data)}")
    return data
