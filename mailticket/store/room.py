"""Which of the due mails may leave just now? Those of domains that are not busy, and not too large for what is left."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, true

from mailticket.desk.urgency import Rank
from mailticket.store.tables import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Which of the due mails may leave just now; as it stands here: all."""

    #: Domains that have as much as they may.
    busy: Collection[str] = ()
    #: Most recipients of a mail, by rank; None: any number.
    recipients: Mapping[Rank, int] | None = None

    def has(self) -> ColumnElement[bool]:
        """True for rows that may leave."""
        fits = (
            true() if self.recipients is None else outbox.c.recipients <= case(self.recipients, value=outbox.c.priority)
        )
        return and_(fits, outbox.c.domain.not_in(self.busy)) if self.busy else fits


#: Nothing but the time holds a mail back.
ANY = Room()
