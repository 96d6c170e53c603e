"""What is the sender to this ticket? The table of who may do what starts here (contract.md)."""

from mailticket.desk.policy import Policy
from mailticket.desk.sender import Role, Sender
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import InboundMail


def sender_of(
    mail: InboundMail, verdict: Verdict, ticket: Ticket | None, policy: Policy, *, is_sent: bool = False
) -> Sender:
    """The writer of `mail` as seen from `ticket`; a From that names nobody for certain is a stranger's, unverified.

    `is_sent`: it lies in the Sent folder of the desk's own mailbox.
    """
    address = mail.from_
    if is_sent:
        return Sender(address=address, role=Role.DESK, verdict=verdict)
    if address is None or mail.from_defect:
        # a failed verdict stays failed: ambiguity must not be a way around it
        verdict = verdict if verdict is Verdict.FAIL else Verdict.NONE
        return Sender(address=address, role=Role.STRANGER, verdict=verdict)
    if policy.agent(address.addr_spec):
        return Sender(address=address, role=Role.AGENT, verdict=verdict)
    if ticket is not None and ticket.contact is not None and ticket.contact.addr_spec == address.addr_spec:
        return Sender(address=address, role=Role.REQUESTER, verdict=verdict)
    if ticket is not None and address.addr_spec in ticket.participants:
        return Sender(address=address, role=Role.PARTICIPANT, verdict=verdict)
    return Sender(address=address, role=Role.STRANGER, verdict=verdict)
