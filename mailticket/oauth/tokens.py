"""Who has an access token that holds? One Tokens a process: in memory only, renewed before they end or are refused."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

import structlog

from mailticket.bearer import Token
from mailticket.errors import MailticketError, TemporaryError
from mailticket.oauth.grant import Grant
from mailticket.oauth.keeping import Keeping
from mailticket.oauth.server import GrantRefused, Issued, TokenServer
from mailticket.store.grants import Kept

log = structlog.get_logger()

#: An access token is renewed so many seconds before its end, or when a fifth of its life is left.
_EARLY = 300
#: A refused refresh token is tried again after so many seconds: an account that was locked may be free again.
_AGAIN = 3600.0


class NotSignedIn(MailticketError):
    """Nobody has signed in yet."""


@dataclass(slots=True)
class _Held:
    """One grant in this process."""

    #: One thread asks the server, the others have its answer.
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    good_until: float = 0.0
    #: The stored refresh token that was refused, and when.
    refused: bytes | None = None
    refused_at: float = 0.0
    #: What the store could not take when it came, and the stored refresh token that it came for.
    unsaved: tuple[bytes, Issued] | None = None


class Tokens:
    """Access tokens for every login that has OAuth2. From any thread."""

    def __init__(self, grants: Iterable[Grant], server: Callable[[Grant], TokenServer], keeping: Keeping) -> None:
        self._server, self.keeping = server, keeping
        self.grants = tuple(grants)
        self._held = {grant.key: _Held() for grant in self.grants}
        self._finished = False

    def grant_of(self, name: str) -> Grant | None:
        """The grant that the login of this name uses, None where it has a password."""
        return next((grant for grant in self.grants if name in grant.names), None)

    def of(self, name: str) -> Token | None:
        """What the login of this name gets its tokens from, None where it has a password."""
        grant = self.grant_of(name)
        if grant is None:
            return None

        def token(refused: str = "") -> str:
            return self.access(grant, refused)

        return token

    def access(self, grant: Grant, refused: str = "") -> str:
        """A token that holds, another one than `refused`. Raises GrantRefused, NotSignedIn, TemporaryError."""
        held = self._held[grant.key]
        with held.lock:
            if self._finished:
                raise TemporaryError("mailticket is about to end")
            if not held.token or held.token == refused or monotonic() >= held.good_until:
                asked_at = monotonic()
                issued = self._delegated(grant, held) if grant.is_delegated else self._own(grant)
                held.token = issued.access_token
                held.good_until = asked_at + issued.expires_in - min(_EARLY, issued.expires_in / 5)
            return held.token

    def renew(self, grant: Grant) -> None:
        """Asks for a new token whatever there is: unused refresh tokens die. Raises as `access` does."""
        self.access(grant, self._held[grant.key].token)

    def finish(self, timeout: float) -> None:
        """Returns when no renewal is under way, or after `timeout` seconds; none is begun any more.

        A server may have made a refresh token worthless whose successor is not stored yet.
        """
        self._finished = True
        latest = monotonic() + timeout
        for held in self._held.values():
            if held.lock.acquire(timeout=max(0.0, latest - monotonic())):
                held.lock.release()

    def _own(self, grant: Grant) -> Issued:
        try:
            issued = self._server(grant).by_application()
        except GrantRefused as refusal:
            raise self._dead(grant, None, str(refusal)) from None
        self.keeping.worked(grant)
        return issued

    def _delegated(self, grant: Grant, held: _Held) -> Issued:
        with self.keeping.turn(grant) as kept:
            if kept is None or kept.refresh_token is None:
                raise NotSignedIn(f"nobody has signed in for {grant.user} yet. {grant.mend}")
            if kept.refresh_token == held.refused and monotonic() < held.refused_at + _AGAIN:
                raise GrantRefused(f"{kept.failure or 'it was refused before'}. {grant.mend}")
            if held.unsaved and held.unsaved[0] == kept.refresh_token:
                issued = held.unsaved[1]
            else:
                issued = self._refreshed(grant, held, kept)
                held.unsaved = (kept.refresh_token, issued)
            self.keeping.renewed(grant, kept, issued)
            held.unsaved = None
            return issued

    def _refreshed(self, grant: Grant, held: _Held, kept: Kept) -> Issued:
        try:
            return self._server(grant).by_refresh_token(self.keeping.opened(grant, kept))
        except GrantRefused as refusal:
            held.refused, held.refused_at = kept.refresh_token, monotonic()
            raise self._dead(grant, kept, str(refusal)) from None

    def _dead(self, grant: Grant, kept: Kept | None, failure: str) -> GrantRefused:
        if self.keeping.failed(grant, kept, failure):
            log.error("oauth_grant_refused", user=grant.user, logins=grant.names, error=failure, mend=grant.mend)
        return GrantRefused(f"{failure}. {grant.mend}")
