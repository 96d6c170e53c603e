"""Which status follows? The contract's table of states as pure functions."""

from mailticket.desk.notice import NoticeKind
from mailticket.desk.ticket import Status

#: Names that are taken for another one (contract.md, JSON of ticket show).
ALIASES = {
    "pending_admin": Status.PENDING_AGENT,
    "resolve": Status.RESOLVED,
    "solved": Status.RESOLVED,
    "close": Status.CLOSED,
    "reopen": Status.OPEN,
}

#: A ticket that is over for the customer until somebody writes again.
DONE = frozenset({Status.RESOLVED, Status.CLOSED})


#: The customer's words wait for an answer: who works on them has not given it.
UNANSWERED = frozenset({Status.OPEN, Status.IN_PROGRESS, Status.PENDING_AGENT})


def after_customer_mail(status: Status) -> Status:
    """Where a ticket goes when its customer writes. A closed one stays closed: triage opens a follow-up."""
    return status if status in (Status.OPEN, Status.PENDING_AGENT, Status.CLOSED) else Status.PENDING_AGENT


def after_agent_answer() -> Status:
    """Where a ticket goes when an agent answers publicly: the next word is the customer's, whatever it was."""
    return Status.PENDING_CUSTOMER


def after_taking(status: Status) -> Status:
    """Where a ticket goes when an agent takes it."""
    return Status.IN_PROGRESS if status is Status.OPEN else status


def after_sleeping(status: Status) -> Status:
    """Where a ticket goes whose time has come: whoever it waited for, an agent has to look at it now."""
    return Status.PENDING_AGENT if status in (Status.PENDING_CUSTOMER, Status.IN_PROGRESS) else status


def after_failed_delivery(status: Status) -> Status:
    """Where a ticket goes when our mail about it did not arrive: nobody may wait for what the customer cannot know."""
    return Status.PENDING_AGENT if status in (Status.PENDING_CUSTOMER, Status.RESOLVED) else status


def notice_of_change(old: Status, new: Status, *, tell_when_taken: bool = False) -> NoticeKind | None:
    """What the customer hears when an agent moves a ticket from `old` to `new`; None where nothing changes for them.

    `tell_when_taken`: somebody who begins to work on it is news.
    """
    if old is new:
        return None
    if new is Status.RESOLVED:
        return NoticeKind.RESOLVED
    if new is Status.CLOSED:
        return NoticeKind.CLOSED
    taken = tell_when_taken and (old, new) == (Status.OPEN, Status.IN_PROGRESS)
    return NoticeKind.STATUS_CHANGED if old in DONE or taken else None
