"""What do we ask of an OAuth2 server? Tokens, by one of three ways; each library behind it answers in these words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mailticket.errors import MailticketError, TemporaryError
from mailticket.oauth.grant import Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """What a server gave."""

    access_token: str
    #: Seconds that it holds.
    expires_in: int
    #: For the next time; "" where none came: then the old one stays good, or there is none.
    refresh_token: str = ""
    #: Seconds that this one holds, 0 where the server does not say.
    refresh_expires_in: int = 0
    #: Who has signed in, "" where the server does not say.
    account: str = ""

    def __repr__(self) -> str:
        """Without the tokens: it may come into a traceback."""
        return f"Issued(expires_in={self.expires_in})"


def issued(answer: Mapping[str, Any], account: str) -> Issued:
    """What an answer gives (RFC 6749 §5.1). Raises KeyError where there is no token in it."""
    return Issued(
        access_token=answer["access_token"],
        expires_in=int(answer.get("expires_in") or 3600),
        refresh_token=answer.get("refresh_token") or "",
        refresh_expires_in=int(answer.get("refresh_token_expires_in") or 0),
        account=account,
    )


class GrantRefused(MailticketError):
    """The OAuth2 server takes this no longer; only a person can change that."""


class ServerAway(TemporaryError):
    """The OAuth2 server does not answer as it should; the same may work later."""


class TokenServer(Protocol):
    """One server and client. Every call raises GrantRefused or ServerAway."""

    def by_application(self) -> Issued:
        """A token by the right of the desk itself."""

    def by_refresh_token(self, refresh_token: str) -> Issued:
        """A token by what somebody granted before."""


def words(grant: Grant, code: str, description: str) -> str:
    """A refusal for people: the code of RFC 6749 §5.2 and the first line of what the server adds."""
    first = " ".join((description or "").split("\r")[0].split("\n")[0].split())[:300]
    return f"{grant.endpoints.title} refuses the right to {grant.user} ({code}{': ' + first if first else ''})"


#: Codes that speak of the server's moment and not of the grant (RFC 6749 §4.1.2.1).
PASSING = frozenset({"temporarily_unavailable", "server_error", "slow_down", "internal_failure"})
