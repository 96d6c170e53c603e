"""Keys that openssl makes, and who signs with them."""

import subprocess
from collections.abc import Sequence
from functools import cache

from mailticket.outbound.signing import Signer

#: What openssl is told for a key of each kind.
RSA, ED25519 = ("genrsa", "2048"), ("genpkey", "-algorithm", "ed25519")


@cache
def key(*how: str) -> bytes:
    """A key, made once."""
    return subprocess.run(["openssl", *how], check=True, capture_output=True).stdout


def signer(how: Sequence[str] = RSA) -> Signer:
    """Who signs for acme.example."""
    return Signer("acme.example", "desk2026", key(*how))
