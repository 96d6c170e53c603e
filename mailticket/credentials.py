"""Who gives service and commands their access tokens, and tells people when that ends? OAuth2 and its alerts."""

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from mailticket import assembly, config
from mailticket.actions import troubles as telling_leads
from mailticket.bearer import Token
from mailticket.config import Settings
from mailticket.desk.alerts import Trouble
from mailticket.ledger import Ledger
from mailticket.oauth import telling
from mailticket.oauth.grant import Grant
from mailticket.oauth.grant import grants_of as of_logins
from mailticket.oauth.keeping import Keeping, Told, Write, direct
from mailticket.oauth.sealing import Seal
from mailticket.oauth.tending import tend
from mailticket.oauth.tokens import Tokens
from mailticket.store import troubles
from mailticket.store.engine import Store

if TYPE_CHECKING:
    from mailticket.oauth.discovered import DiscoveredServer
    from mailticket.oauth.named import NamedServer

Result = TypeVar("Result")

#: Seconds that a command waits for an OAuth2 server whose answer may be the only good refresh token.
_LONGEST = 20.0


def grants_of(settings: Settings) -> list[Grant]:
    """The OAuth2 grants that the settings ask for."""
    outbound = [("outbound", settings.outbound)] if settings.outbound.transport == "smtp" else []
    return of_logins([*((mailbox.name, mailbox) for mailbox in settings.intake.imap), *outbound])


def causes(settings: Settings) -> dict[str, str]:
    """What is wrong, by mailbox, where it cannot be read because its grant was refused: the name of that trouble."""
    return {name: telling.refused_name(grant) for grant in grants_of(settings) for name in grant.names}


def keeping_of(
    settings: Settings, store: Store, write: Write, now: Callable[[], datetime], told: Told | None = None
) -> Keeping:
    """What keeps OAuth2 grants in `store`. Raises ConfigError where their key cannot be read or made."""
    seal = assembly.key_at(config.oauth_key_path(settings), "key of stored sign-ins", Seal)
    return Keeping(store, write, seal, secrets.token_hex(8), now, told)


def oauth_server(asked: Grant) -> "DiscoveredServer | NamedServer":
    """Who is asked for tokens of a grant."""
    # here, and not above: these libraries take 20 MB, and most desks have a password
    from mailticket.oauth.discovered import DiscoveredServer
    from mailticket.oauth.named import NamedServer

    secret = partial(config.client_secret_of, asked.settings)
    if asked.endpoints.issuer:
        return DiscoveredServer(asked, secret)
    return NamedServer(asked, secret, partial(config.service_account_of, asked.settings))


@contextmanager
def command_tokens(settings: Settings) -> Iterator[Callable[[], Tokens]]:
    """Access tokens for one command; the store is opened when somebody first asks for them.

    What a command finds refused is told to nobody else: the service finds it as well.
    """
    lock = threading.Lock()
    with contextlib.ExitStack() as ends:

        @cache
        def opened() -> Tokens:
            store = assembly.open_store(settings)
            ends.callback(store.close)
            keeping = keeping_of(settings, store, direct(store), lambda: datetime.now(UTC))
            tokens = Tokens(grants_of(settings), oauth_server, keeping)
            ends.callback(tokens.finish, _LONGEST)
            return tokens

        def tokens() -> Tokens:
            with lock:
                return opened()

        yield tokens


class Credentials:
    """Of one service. Every method from any thread but the ledger's."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        now: Callable[[], datetime],
        note_end: Callable[[str, datetime], None] = lambda *_: None,
    ) -> None:
        """`note_end` hears the name and end of each credential that has one. Raises ConfigError."""
        self._ledger, self._now, self._note_end = ledger, now, note_end
        self._tokens: Tokens | None = None
        if grants := grants_of(settings):
            told = Told(refused=self._refused, works=self._works)
            keeping = keeping_of(settings, ledger.store, self._write, now, told)
            self._tokens = Tokens(grants, oauth_server, keeping)

    def token(self, name: str) -> Token | None:
        """What the login of this name gets its tokens from, None where it has a password."""
        return self._tokens.of(name) if self._tokens else None

    def finish(self, timeout: float) -> None:
        """Lets renewals end that were begun, while the ledger still writes; then no more tokens are given."""
        if self._tokens:
            self._tokens.finish(timeout)

    def tend(self, _ledger: Ledger, now: datetime) -> None:
        """Looks after what is granted: a job."""
        if self._tokens:
            tend(self._tokens, now, partial(self._warn, now), self._note_end)

    def _write(self, action: Callable[[Connection], Result]) -> Result:
        return self._ledger.write(action).result()

    def _refused(self, connection: Connection, grant: Grant, failure: str) -> None:
        trouble, context = telling.refused(grant, failure, self._now()), self._ledger.context
        # a mail that leaves by this very grant would come when all is well again
        telling_leads.begin(connection, context, trouble, self._now(), by_mail="outbound" not in grant.names)

    def _works(self, connection: Connection, grant: Grant) -> None:
        telling_leads.end(connection, self._ledger.context, telling.refused_name(grant), self._now())

    def _warn(self, now: datetime, trouble: Trouble | None, others: tuple[str, ...]) -> None:
        with self._ledger.store.reading() as connection:
            known = troubles.known(connection)
        over = known.intersection(others)
        begins = trouble is not None and trouble.name not in known
        if not (over or begins):
            return

        def tell(connection: Connection) -> None:
            for name in over:
                if trouble is None:
                    telling_leads.end(connection, self._ledger.context, name, now)
                else:
                    troubles.forget(connection, name)  # the nearer warning says it all
            if trouble is not None and begins:
                telling_leads.begin(connection, self._ledger.context, trouble, now)

        self._write(tell)
