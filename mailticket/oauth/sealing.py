"""How does a refresh token lie in the database? Encrypted (AES-256-GCM) under a key that is not in it."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mailticket.errors import MailticketError

_VERSION = b"\x01"
_NONCE_BYTES = 12
_PURPOSE = b"mailticket: refresh tokens, version 1"


class Unsealable(MailticketError):
    """The stored sign-in was encrypted under another key. Put oauth.key back, or sign in anew: mailticket authorize"""


class Seal:
    """Encrypts and decrypts; what belongs to one grant cannot be put in another one's place."""

    def __init__(self, key: bytes) -> None:
        """`key`: at least 16 bytes that nobody can guess. Raises ValueError."""
        if len(key) < 16:
            raise ValueError("it is shorter than 16 bytes")
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key))

    def close(self, text: str, grant: str) -> bytes:
        """`text` as it may be stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), grant.encode())

    def open(self, sealed: bytes, grant: str) -> str:
        """What was closed. Raises Unsealable."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _VERSION:
                raise Unsealable
            return self._cipher.decrypt(nonce, body, grant.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unsealable from error
