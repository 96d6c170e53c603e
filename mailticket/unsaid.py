"""What of a server's words is not to be repeated? Some quote the line that they refuse, and ours held a secret."""

import base64
import binascii
import re

_HIDDEN = "(hidden)"
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}")


def unsaid(words: str, secret: str) -> str:
    """`words` without `secret`, as it is or in the base64 in which a login says it (RFC 4616, RFC 7628)."""
    if not secret:
        return words
    return _BASE64.sub(
        lambda run: _HIDDEN if secret.encode() in _decoded(run[0]) else run[0], words.replace(secret, _HIDDEN)
    )


def _decoded(run: str) -> bytes:
    try:
        return base64.b64decode(run + "==")
    except binascii.Error:
        return b""
