"""What is a mail that somebody wrote from the desk's mailbox itself? An answer on its ticket, or nothing of ours.

Whoever can put mail into Sent has the mailbox' password: who wrote it is no question, only what it belongs to.
"""

from mailticket.desk.confirmation import is_own
from mailticket.desk.decision import Ignore, RecordSent
from mailticket.desk.policy import Policy
from mailticket.desk.status import after_agent_answer
from mailticket.desk.threading import Sign, Thread, belongs
from mailticket.mail.message import Address, InboundMail


def outsiders(mail: InboundMail, policy: Policy) -> tuple[Address, ...]:
    """To whom it goes, the desk's own addresses left out."""
    return tuple(person for person in (*mail.to, *mail.cc) if not is_own(person.addr_spec, policy))


def is_by_the_desk(mail: InboundMail, policy: Policy) -> bool:
    """Whether its From is an address of the desk, and nobody else."""
    return mail.from_ is not None and not mail.from_defect and is_own(mail.from_.addr_spec, policy)


def recorded(mail: InboundMail, thread: Thread, policy: Policy, overtaken: bool) -> RecordSent | Ignore:
    """What becomes of a mail in Sent. `overtaken`: the customer has written since, so it is our turn again.

    A number in its subject counts only where the mail goes to somebody of that ticket. What goes to others (a supplier
    who is asked) is kept for agents: the customer knows nothing of it.
    """
    if not is_by_the_desk(mail, policy):
        return Ignore(reason="sent_from_another_address")
    if mail.auto_submitted:
        return Ignore(reason="sent_by_a_machine")
    people, ticket = outsiders(mail, policy), thread.ticket
    if not people:
        return Ignore(reason="sent_to_the_desk_itself")
    reaches = ticket is not None and any(belongs(person.addr_spec, ticket) for person in people)
    if ticket is None or (thread.sign is Sign.NUMBER and not reaches):
        return Ignore(reason="sent_without_ticket")
    status = after_agent_answer() if reaches and not overtaken else None
    return RecordSent(ticket=ticket.id, status=status, public=reaches)
