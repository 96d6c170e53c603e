"""How does an access token become a login? SASL OAUTHBEARER (RFC 7628), and XOAUTH2 that came before it.

A server that refuses a token first says why, in JSON, and wants one more answer before it says no.
"""

import json
from collections.abc import Callable
from typing import Literal, Protocol

Mechanism = Literal["OAUTHBEARER", "XOAUTH2"]

#: The standard before its forerunner.
_MECHANISMS: tuple[Mechanism, ...] = ("OAUTHBEARER", "XOAUTH2")
#: What a refusal may tell; nothing else of it is shown to anybody.
_TOLD = ("status", "scope", "schemes")


class Token(Protocol):
    """Where access tokens come from."""

    def __call__(self, refused: str = "") -> str:
        """An access token, another one than `refused`, which a server did not take. Raises MailticketError."""


def mechanism_of(offers: Callable[[str], bool]) -> Mechanism | None:
    """The best mechanism that the server `offers`, None where it takes no tokens."""
    return next((one for one in _MECHANISMS if offers(one)), None)


class Login:
    """One try to log in by a token; `refusal` says afterwards why the server did not want it."""

    def __init__(self, mechanism: Mechanism, user: str, token: str, host: str, port: int) -> None:
        self.mechanism = mechanism
        self.refusal = ""
        self._said = False
        if mechanism == "XOAUTH2":
            self._words = f"user={user}\x01auth=Bearer {token}\x01\x01"
        else:
            name = user.replace("=", "=3D").replace(",", "=2C")
            self._words = f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"

    def answer(self, challenge: bytes | None = None) -> str:
        """The next thing to say; the first time the token, then no more than that its refusal was heard."""
        if not self._said:
            self._said = True
            return self._words
        self.refusal = _told(challenge or b"")
        return "" if self.mechanism == "XOAUTH2" else "\x01"


def _told(challenge: bytes) -> str:
    """`{"status":"invalid_token","scope":"…"}` as `status invalid_token, scope …`; "" where it says nothing."""
    try:
        said = json.loads(challenge)
    except ValueError:
        return ""
    known = [f"{key} {said[key]}" for key in _TOLD if said.get(key)] if isinstance(said, dict) else []
    return ", ".join(" ".join(one.split()) for one in known)[:300]
