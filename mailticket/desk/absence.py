"""Does an absence notice give a ticket back? A ticket that was just given to somebody who is away.

It would wait there unseen until they are back.
"""

from datetime import datetime, timedelta

from mailticket.desk.ticket import Status, Ticket

#: What was taken on longer ago is somebody's work: its agent has known of it.
JUST = timedelta(hours=24)


def gives_back(ticket: Ticket, absent: str, assigned_at: datetime | None, worked_on: bool, now: datetime) -> bool:
    """Whether `ticket` goes back to its team because its agent is `absent` (a registered address).

    `worked_on`: somebody of the desk has written on it since it was assigned.
    """
    if not absent or ticket.assignee != absent or ticket.status is Status.CLOSED:
        return False
    return assigned_at is not None and now - assigned_at < JUST and not worked_on


def status_without_agent(status: Status) -> Status:
    """Where the ticket goes that nobody has any more."""
    return Status.OPEN if status is Status.IN_PROGRESS else status
