"""Who lets us in where no password does? Somebody who signs in, or the app's own right; then both logins are tried.

Nothing is kept before the settings are written: until then the tokens are in memory only.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from mailticket import assembly, credentials
from mailticket.bearer import Token
from mailticket.cli import authorizing
from mailticket.cli.setup.asking import Person
from mailticket.config import Settings
from mailticket.errors import MailticketError
from mailticket.intake.imap_login import MailboxFault
from mailticket.oauth.grant import Grant
from mailticket.oauth.keeping import direct
from mailticket.oauth.server import Issued
from mailticket.setup.relay import RelayFault

Found = TypeVar("Found")

_AGAIN, _ANEW, _SKIP = "again", "anew", "skip"


class Permission:
    """What was granted, good for as long as the questions take."""

    def __init__(self, grant: Grant, issued: Issued) -> None:
        self._grant, self._issued = grant, issued

    def token(self, refused: str = "") -> str:
        """See bearer.Token: there is but one, and it is new."""
        return self._issued.access_token

    def tried(self, person: Person, attempt: Callable[[Token], Found]) -> Found | None:
        """What `attempt` finds; None where a person gives up on it.

        Raises MailboxFault, RelayFault where nobody is there.
        """
        while True:
            try:
                return attempt(self.token)
            except (MailboxFault, RelayFault) as fault:
                if not person.is_there:
                    raise
                person = person.attentive()
                person.say(f"  That did not work. {fault}")
                question = "Try it again, let us in anew (as somebody else, say), or skip it and look at it later"
                word = person.chosen(question, "", default=_AGAIN, among=(_AGAIN, _ANEW, _SKIP))
                if word == _SKIP:
                    return None
                if word == _ANEW and (issued := _issued(person, self._grant)):
                    self._issued = issued

    def keep(self, settings: Settings) -> None:
        """Stores the sign-in where the service looks for it. Raises MailticketError."""
        store = assembly.open_store(settings)
        try:
            assembly.token_key(settings)  # to `check` a database without it looks as if it had been lost
            keeping = credentials.keeping_of(settings, store, direct(store), lambda: datetime.now(UTC))
            keeping.sign_in(self._grant, self._issued)
        finally:
            store.close()


def given(person: Person, settings: Settings) -> Permission | None:
    """What opens the logins of `settings`; None where somebody has to sign in, and nobody does so now.

    Raises MailticketError where the app has no right, and nobody is there.
    """
    (grant,) = credentials.grants_of(settings)
    if grant.is_delegated and (
        person.quiet or not person.is_there or not person.agrees("Sign in at the provider now?", default=True)
    ):
        return None
    issued = _issued(person, grant)
    return Permission(grant, issued) if issued else None


def _issued(person: Person, grant: Grant) -> Issued | None:
    """None where a person leaves it at that. Raises MailticketError where nobody is there."""
    while True:
        try:
            if not grant.is_delegated:
                return credentials.oauth_server(grant).by_application()
            issued = authorizing.signed_in(grant, person.say)
        except MailticketError as fault:
            if not person.is_there:
                raise
            person = person.attentive()
            person.say(f"  That did not work. {fault}")
            if not person.agrees("Try it again?", default=True):
                return None
        else:
            person.say(f"  Signed in{f' as {issued.account}' if issued.account else ''}.")
            return issued
