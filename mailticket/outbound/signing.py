"""How does a receiver know that a mail is the desk's? By its DKIM signature (RFC 6376, Ed25519: RFC 8463).

Made at every attempt, last of all, and never stored: a mail that waited for days leaves with the key that is in
force, and what the outbox keeps can be rendered, shown and sent without one.
"""

import base64
from collections import Counter
from email.utils import parseaddr

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from mailticket.errors import MailticketError

#: Signed once more than they stand there, present or not: whoever adds one breaks the signature (RFC 6376 §8.15).
OVERSIGNED = (
    "From", "Subject", "To", "Reply-To", "Cc", "Date", "Message-ID", "In-Reply-To", "References",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted",
)  # fmt: skip

#: Receivers pass over shorter RSA keys (RFC 8301 §3.2).
_SHORTEST_KEY = 1024
#: Octets of one string in a TXT record (RFC 1035 §3.3.14).
_TXT_STRING = 255


class UnusableKey(MailticketError):
    """The key cannot sign mail."""


class Signer:
    """Signs with one key. Thread-safe; a signature with RSA costs milliseconds of CPU."""

    def __init__(self, domain: str, selector: str, key: bytes, *, others: bool = False) -> None:
        """`key`: a private key, RSA or Ed25519, in PEM. Raises UnusableKey.

        `others`: mail from an address for which `domain` does not speak is signed by that address' own domain.
        """
        self.domain = domain
        self.selector = selector
        self._others = others
        self._algorithm, self._key, self._public = _loaded(key)

    def domain_for(self, addr_spec: str) -> str:
        """Which domain signs mail from this address."""
        return addr_spec.rpartition("@")[2] if self._others and not covers(self.domain, addr_spec) else self.domain

    def sign(self, raw: bytes) -> bytes:
        """`raw` with a signature over its whole body (no l=) on top, not otherwise changed."""
        signer = dkim.DKIM(raw, signature_algorithm=self._algorithm)
        there = Counter(name.lower() for name, _ in signer.headers)
        names = [name.lower().encode() for name in OVERSIGNED]
        from_ = next((value for name, value in signer.headers if name.lower() == b"from"), b"")
        domain = self.domain_for(parseaddr(from_.decode("utf-8", "replace"))[1].lower())
        field = signer.sign(
            self.selector.encode(),
            domain.encode(),
            self._key,
            canonicalize=(dkim.Relaxed, dkim.Relaxed),
            include_headers=[name for name in names for _ in range(there[name] + 1)],
        )
        return bytes(field) + raw

    def record_name(self, domain: str = "") -> str:
        """Where receivers look for the key of `domain`, "" for the main one."""
        return f"{self.selector}._domainkey.{domain or self.domain}"

    @property
    def record(self) -> str:
        """What the TXT record has to say; without spaces, so that no form and no terminal breaks it."""
        kind = "ed25519" if self._algorithm.startswith(b"ed25519") else "rsa"
        return f"v=DKIM1;k={kind};p={self._public}"

    def zone_line(self, domain: str = "") -> str:
        """The record of `domain` as a zone file has it: in strings of at most 255 octets, which may stand on lines."""
        pieces = (self.record[at : at + _TXT_STRING] for at in range(0, len(self.record), _TXT_STRING))
        return f"{self.record_name(domain)}. IN TXT ( " + " ".join(f'"{piece}"' for piece in pieces) + " )"

    def is_published_by(self, record: str) -> bool:
        """Whether this TXT record lets receivers verify what we sign."""
        tags = dict(tag.partition("=")[::2] for tag in "".join(record.split()).split(";"))
        kind = "ed25519" if self._algorithm.startswith(b"ed25519") else "rsa"
        return tags.get("k", "rsa") == kind and tags.get("p") == self._public


def covers(domain: str, addr_spec: str) -> bool:
    """Whether a signature by `domain` speaks for this address: DMARC's relaxed alignment within one tree of names."""
    of_address = addr_spec.rpartition("@")[2]
    return of_address == domain or of_address.endswith(f".{domain}")


def _loaded(key: bytes) -> tuple[bytes, bytes, str]:
    """Algorithm, key in the form that dkimpy takes, public key as the record has it."""
    try:
        private = pem.load_pem_private_key(key, password=None)
    except TypeError:
        raise UnusableKey(
            "it is protected by a password; write it without one: openssl pkey -in KEY -out NEW"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        # not chained: that exception may speak of the key's bytes
        raise UnusableKey("it is no private key in PEM; make one: openssl genrsa -out KEY 2048") from None
    public = private.public_key()
    match private:
        case RSAPrivateKey() if private.key_size < _SHORTEST_KEY:
            raise UnusableKey(f"an RSA key of {private.key_size} bits is too short; make one of 2048")
        case RSAPrivateKey():
            form = pem.PrivateFormat.TraditionalOpenSSL
            secret = private.private_bytes(pem.Encoding.PEM, form, pem.NoEncryption())
            der = public.public_bytes(pem.Encoding.DER, pem.PublicFormat.SubjectPublicKeyInfo)
            return b"rsa-sha256", secret, base64.b64encode(der).decode()
        case Ed25519PrivateKey():
            secret = base64.b64encode(private.private_bytes_raw())
            der = public.public_bytes(pem.Encoding.Raw, pem.PublicFormat.Raw)
            return b"ed25519-sha256", secret, base64.b64encode(der).decode()
        case _:
            raise UnusableKey("it is neither an RSA nor an Ed25519 key")
