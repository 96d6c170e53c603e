"""May these two tickets belong together? One goes up in another one, or becomes a part of it; never in a circle."""

from collections.abc import Collection

from mailticket.desk.ticket import Status, Ticket
from mailticket.errors import NotValid

NOTHING_TO_SPLIT = "needs a second message: nothing would be left of this ticket"


def refuse_merge(ticket: Ticket, into: Ticket) -> None:
    """Raises NotValid where `ticket` cannot go up in `into`."""
    if ticket.merged_into is not None:
        raise NotValid("merge", f"{ticket.number} has been merged already")
    if into.merged_into is not None:
        raise NotValid("merge", f"{into.number} has itself been merged into another ticket; name that one")
    if ticket.id == into.id:
        raise NotValid("merge", f"{ticket.number} is this very ticket")
    if into.status is Status.CLOSED:
        raise NotValid("merge", f"{into.number} is closed; merge it into this one, or open it first")


def refuse_parent(ticket: Ticket, parent: Ticket, lineage: Collection[int]) -> None:
    """Raises NotValid where `ticket` cannot be a part of `parent`, which is itself a part of those in `lineage`."""
    if ticket.id == parent.id:
        raise NotValid("parent", f"{parent.number} is this very ticket")
    if ticket.id in lineage:
        raise NotValid("parent", f"{parent.number} is itself a part of {ticket.number}")
    if parent.merged_into is not None:
        raise NotValid("parent", f"{parent.number} has been merged into another ticket; name that one")
