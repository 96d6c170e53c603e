"""What does the store know that a decision on a mail needs? Asked in its transaction, by index; decided by desk."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.desk.attachments import may_be_logo
from mailticket.desk.customer_buttons import PRESSES, RATINGS
from mailticket.desk.policy import Policy
from mailticket.desk.sender import Role, Sender
from mailticket.desk.threading import Found, Sign, Thread, Trail, belongs
from mailticket.desk.ticket import Status, Ticket
from mailticket.desk.undelivered import SentMail
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, Envelope, InboundMail
from mailticket.mail.tokens import Token
from mailticket.store import exposed, pictures, receipts, sent, tickets


def found(connection: Connection, trail: Trail, led_to: dict[str, int]) -> list[Found]:
    """Tickets that the trail leads to, strongest sign first; never the one that sent the mail from desk to desk.

    What is decided by how they stand is carried out on them as they stand: nobody else changes them meanwhile.
    """
    source = trail.minted.ticket if trail.minted else None
    led: list[Found] = []
    signs = [(Sign.TOKEN, _ticket_of(token, trail, led_to)) for token in trail.tokens if token.ticket]
    signs += [(Sign.REFERENCE, led_to[id_]) for id_ in trail.message_ids if id_ in led_to]
    for sign, ticket_id in signs:
        if ticket_id == source or any(one.ticket.id == ticket_id for one in led):
            continue
        if ticket := tickets.heir(connection, tickets.snapshot(connection, ticket_id)):
            led.append(Found(sign=sign, ticket=_ours(connection, ticket)))
    named = (tickets.heir(connection, tickets.find_by_number(connection, number)) for number in trail.numbers)
    return led + [Found(sign=Sign.NUMBER, ticket=_ours(connection, ticket)) for ticket in named if ticket]


def _ticket_of(token: Token, trail: Trail, led_to: dict[str, int]) -> int:
    """Id of the ticket that the mail of this token is about: what it showed may have been split off since."""
    mails = (led_to[answered] for answered in trail.answers if token.text in answered and answered in led_to)
    return next(mails, token.ticket)


def _ours(connection: Connection, ticket: Ticket) -> Ticket:
    """As it is by now; where somebody has merged it at this moment, the one that it was merged into."""
    by_now = tickets.ours(connection, ticket)
    heir = tickets.heir(connection, by_now)
    return by_now if heir is None or heir.id == by_now.id else _ours(connection, heir)


def continued(connection: Connection, thread: Thread, trail: Trail, writer: Address | None, policy: Policy) -> Thread:
    """Whoever writes once more to a closed ticket goes on where the first such mail has led: on their follow-up, while
    that is open.

    Agents mean the ticket that they name. So does who rates the help there; all else that is clicked is about what goes
    on.
    """
    ended = thread.ticket
    if ended is None or ended.status is not Status.CLOSED or writer is None or not belongs(writer.addr_spec, ended):
        return thread
    if policy.agent(writer.addr_spec) or (trail.press and PRESSES[trail.press.kind] in RATINGS):
        return thread
    next_ = ended
    while next_.status is Status.CLOSED:
        later = tickets.follow_up(connection, next_.id, writer.addr_spec)
        if later is None or not belongs(writer.addr_spec, later):
            return thread
        # (what was merged into an older ticket that has ended, too, could lead round and round)
        if later.status is Status.CLOSED and later.id <= next_.id:
            return thread
        next_ = later
    return replace(thread, ticket=_ours(connection, next_))


def is_overtaken(connection: Connection, thread: Thread, trail: Trail, envelope: Envelope) -> bool:
    """Whether the customer has written after this mail of the desk's was sent; of what lay in a mailbox for days
    answers come after everything that they could have answered. What it names itself it has seen, whatever clocks say.
    """
    heard = receipts.last_heard(connection, thread.ticket.id) if thread.ticket else None
    return heard is not None and heard[1] > envelope.received_at and heard[0] not in trail.answers


def exposed_tokens(connection: Connection, sender: Sender, trail: Trail) -> frozenset[str]:
    """Tokens that prove nothing any more; asked only where something has to be proved by a token."""
    is_agents = sender.role is Role.AGENT and sender.verdict is not Verdict.PASS
    if not is_agents and (sender.role is not Role.STRANGER or not trail.is_of_agents):
        return frozenset()
    shown = (*trail.tokens, *([trail.button] if trail.button else ()))
    return exposed.exposed(connection, [token.text for token in shown])


def logos(connection: Connection, mail: InboundMail) -> frozenset[str]:
    """Digests of its pictures that are known from signatures; most mail has none that could be."""
    digests = [file.sha256 for file in mail.attachments if may_be_logo(file)]
    return pictures.sent_before(connection, mail.from_.addr_spec, digests) if digests and mail.from_ else frozenset()


def returned(connection: Connection, mail: InboundMail, thread: Thread, trail: Trail) -> SentMail | None:
    """The mail of ours that a report speaks of; where a relay has renamed it, its thread tells the ticket at least."""
    mails = (sent.find(connection, id_) for id_ in trail.returned)
    known = next((one for one in mails if one is not None), None)
    if known is None and mail.bounce is not None and thread.ticket is not None and thread.sign is Sign.TOKEN:
        return sent.newest_to(connection, thread.ticket.id, mail.bounce.recipients)
    return known
