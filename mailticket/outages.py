"""Who hears that a mailbox cannot be read? The leads, by mail, once an outage: the desk itself cannot tell them.

A fault of minutes is everyday life and stands in the log; an outage is over when all was well for as long as it takes
to be told of one, so that a mailbox that comes and goes is one outage.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from mailticket.actions import troubles
from mailticket.desk.alerts import Trouble
from mailticket.intake.imap import WatcherState
from mailticket.ledger import Ledger
from mailticket.settings.intake import ImapSettings
from mailticket.store.troubles import forget, known

log = structlog.get_logger()

#: So long a mailbox cannot be read before anybody is told, and can be read before that is over.
PATIENCE = timedelta(minutes=15)

#: What the names of these troubles begin with.
_PREFIX = "mailbox "

States = Callable[[], Iterable[tuple[ImapSettings, WatcherState]]]


class Outages:
    """Looks after the mailboxes of one service; what was told is in the store, and outlives a restart."""

    def __init__(self, states: States, causes: Mapping[str, str] | None = None) -> None:
        """`causes` names, by mailbox, the trouble that says it all where it is known: a refused sign-in."""
        self._states, self._causes = states, causes or {}
        #: Mailboxes of which the store has what is the case; whether they are out of order.
        self._told: dict[str, bool] = {}
        self._has_looked = False

    def look(self, ledger: Ledger, now: datetime) -> None:
        """Tells what is new. Raises TemporaryError where the store does not answer: the next look makes up for it."""
        states = list(self._states())
        if not self._has_looked:
            self._forget_others(ledger, {_name(mailbox) for mailbox, _ in states})
            self._has_looked = True
        for mailbox, state in states:
            # a moment to come is one of long ago: the clock was set back
            if state.failing_since is not None and abs(now - state.failing_since) >= PATIENCE:
                self._begin(ledger, mailbox, outage(mailbox, state.error, state.failing_since), now)
            elif state.well_since is not None and abs(now - state.well_since) >= PATIENCE:
                self._end(ledger, mailbox, now)

    def _forget_others(self, ledger: Ledger, names: Collection[str]) -> None:
        """What was wrong with a mailbox that the settings name no longer is over without a word."""
        with ledger.store.reading() as connection:
            gone = {name for name in known(connection) if name.startswith(_PREFIX) and name not in names}
        if gone:
            ledger.write(lambda connection: [forget(connection, name) for name in gone]).result()
            log.info("mailbox_outages_forgotten", mailboxes=sorted(gone))

    def _begin(self, ledger: Ledger, mailbox: ImapSettings, outage: Trouble, now: datetime) -> None:
        if self._told.get(mailbox.name) is True:
            return
        context = ledger.context

        def tell(connection: Connection) -> bool:
            return self._causes.get(mailbox.name) not in known(connection) and troubles.begin(
                connection, context, outage, now
            )

        if ledger.write(tell).result():
            log.error("mailbox_out_of_order", mailbox=mailbox.name, since=outage.since.isoformat())
            self._told[mailbox.name] = True

    def _end(self, ledger: Ledger, mailbox: ImapSettings, now: datetime) -> None:
        if self._told.get(mailbox.name) is False:
            return
        context = ledger.context
        if ledger.write(lambda connection: troubles.end(connection, context, _name(mailbox), now)).result():
            log.info("mailbox_in_order_again", mailbox=mailbox.name)
        self._told[mailbox.name] = False


def _name(mailbox: ImapSettings) -> str:
    return _PREFIX + mailbox.name


def outage(mailbox: ImapSettings, error: str, since: datetime) -> Trouble:
    """What is told of a mailbox that cannot be read."""
    return Trouble(
        name=_name(mailbox),
        headline=f"Mailbox {mailbox.name} cannot be read",
        since=since,
        happened=f"The last try ended so: {error}",
        means="What customers write waits in the mailbox, and nothing of it is lost; but it becomes no ticket, and "
        "nobody gets a confirmation.",
        mend=(
            f"Look whether the mailbox of {mailbox.user} opens in a mail program with the same server and password.",
            "Where its password was changed, write the new one to where the settings of this mailbox have it: it is "
            "read anew at every try, and no restart is needed after a change in password_file.",
            "mailticket check says more; as soon as the mailbox answers it is read on from where it was.",
        ),
    )
