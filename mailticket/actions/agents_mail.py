"""How is an agent's mail carried out? The answer, the note and the orders, all in the mail's transaction."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.holding import buttons
from mailticket.actions.mail import add_message, note_unclean, open_ticket, others, tie
from mailticket.actions.notifying import tell_other_desks
from mailticket.actions.orders import carry_out, obey
from mailticket.actions.outgoing import send, take_back_update
from mailticket.actions.tickets import confirm_participants, send_answer
from mailticket.actions.waiting import discard
from mailticket.desk.agent_receipts import ASKED, done
from mailticket.desk.buttons import Word
from mailticket.desk.decision import AddMessage, ApplyCommands, OpenOwn, OrderDesk
from mailticket.desk.own_signature import MOST_ENDINGS
from mailticket.desk.policy import Agent
from mailticket.desk.reading import Reading
from mailticket.desk.receipt import Added, Ignored, Opened
from mailticket.desk.status import after_agent_answer, after_customer_mail
from mailticket.desk.ticket import Direction, Ticket
from mailticket.mail.identity import Verdict
from mailticket.store import agent_endings, answers, tickets, waiting
from mailticket.store.tickets import NewMessage


def apply(
    connection: Connection, context: Context, arrival: Arrival, decision: ApplyCommands
) -> tuple[Added, int, int | None]:
    """All that the mail says, or nothing. Returns the ids of the ticket and of the answer, None where there is none.

    Words on a ticket of the agent's own are a message of a customer's, and the orders follow.
    """
    ticket, agent, reading = arrival.thread.ticket, context.policy.agent(decision.agent), decision.reading
    assert ticket is not None and ticket.id == decision.ticket and agent is not None
    said: list[int] = []

    def say(now_so: Ticket) -> Ticket:
        said.append((_write if decision.own else _answer)(connection, context, arrival, now_so, agent, reading))
        return tickets.current(connection, now_so.id)

    has_words = bool(reading.text)
    if not (has_words and decision.own):
        tie(connection, ticket.id, arrival)
    carry_out(
        connection, context, ticket, reading.orders, agent, arrival.now,
        answer=say if has_words else None,
        files=() if has_words else reading.files,
    )  # fmt: skip
    message = said[0] if said else None
    _tell(connection, context, arrival, ticket, agent, reading, message)
    return Added(ticket=ticket.number), ticket.id, message


def order_desk(connection: Connection, context: Context, arrival: Arrival, decision: OrderDesk) -> tuple[Ignored, None]:
    """Orders that are about no ticket."""
    agent, reading = context.policy.agent(decision.agent), decision.reading
    assert agent is not None
    for order in reading.orders.orders:
        obey(connection, context, order, agent, arrival.now)
    _tell(connection, context, arrival, None, agent, reading, None)
    return Ignored(reason="orders_to_the_desk"), None


def open_own(connection: Connection, context: Context, arrival: Arrival, decision: OpenOwn) -> tuple[Opened, int, int]:
    """A ticket of the agent's own, then the commands on it. Returns the ids of the ticket and of its message."""
    agent, reading = context.policy.agent(decision.agent), decision.reading
    assert agent is not None
    # (others who are on the ticket get nothing of a note, whatever is shown of the message)
    words = replace(arrival.mail, text=reading.text, reply=reading.text, html=reading.html)
    own = replace(arrival, mail=words)
    opened, id_, message = open_ticket(connection, context, own, decision.opens)
    carry_out(connection, context, tickets.current(connection, id_), reading.orders, agent, arrival.now)
    return opened, id_, message


def _answer(
    connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, agent: Agent, reading: Reading
) -> int:
    """Stores the words and sends them to the customer and to whoever is copied. Returns the message's id."""
    now, orders = arrival.now, reading.orders
    message = _store(connection, arrival, ticket, reading)
    ticket = _copied(connection, context, arrival, ticket)
    reached = {address.addr_spec for address in (*arrival.mail.to, *arrival.mail.cc)}
    take_back_update(connection, ticket.id, now)
    send_answer(
        connection, context, ticket, message, agent, arrival.actor, now, reached,
        ends=orders.status,
        status=after_agent_answer() if orders.status is None else None,
        claims=not orders.assigns,
        delay=context.policy.undo,
    )  # fmt: skip
    tell_other_desks(connection, context, arrival, ticket, message)
    agent_endings.keep(connection, agent.address, reading.ending, MOST_ENDINGS)
    _replace_held(connection, arrival, ticket, agent)
    return message


def _write(
    connection: Connection, context: Context, arrival: Arrival, ticket: Ticket, agent: Agent, reading: Reading
) -> int:
    """The agent is the customer here, and the words are one more message. Returns its id."""
    verified = arrival.sender.verdict is Verdict.PASS
    added = AddMessage(ticket=ticket.id, status=after_customer_mail(ticket.status), verified=verified)
    words = replace(arrival.mail, text=reading.text, reply=reading.text, html=reading.html)
    _, _, message = add_message(connection, context, replace(arrival, mail=words), added)
    return message


def _tell(
    connection: Connection,
    context: Context,
    arrival: Arrival,
    ticket: Ticket | None,
    agent: Agent,
    reading: Reading,
    message: int | None,
) -> None:
    """The agent hears what was done, where the desk wants that, or how an answer that waits can be taken back."""
    policy, now = context.policy, arrival.now
    if not arrival.is_news or not (policy.undo or policy.receipts == "all"):
        return
    answer = answers.find(connection, message) if message is not None else None
    undo = buttons(context, agent, [Word.UNDO], answer.message, now)[0] if answer and policy.undo else None
    if undo or policy.receipts == "all":
        sent_to = answer.to if answer else ()
        notice = done(agent, reading, arrival.mail, ticket, sent_to, undo, now + policy.undo, policy)
        send(connection, context, notice, ticket.id if ticket else None, now)


def _replace_held(connection: Connection, arrival: Arrival, ticket: Ticket, agent: Agent) -> None:
    """Who was asked about an own answer and has written another one does not want both. A command alone is none."""
    for one in waiting.of_agent(connection, ticket.id, agent.addresses, ASKED, but=arrival.mail.digest):
        discard(connection, one, agent.address, arrival.now)


def _store(connection: Connection, arrival: Arrival, ticket: Ticket, reading: Reading) -> int:
    mail = arrival.mail
    message = NewMessage(
        at=arrival.now,
        direction=Direction.OUTBOUND,
        from_=arrival.sender.address,
        to=mail.to,
        cc=mail.cc,
        from_customer=False,
        # it goes out under a Message-ID of ours; the agent's own would tell the customer where it came from
        message_id="",
        # neither the note nor the commands nor what is quoted below: whoever exports a ticket gets all of this
        text=reading.text,
        reply=reading.text,
        html=reading.html,
        verdict=arrival.sender.verdict,
    )
    id_ = tickets.add_message(connection, ticket.id, message, reading.files)
    note_unclean(connection, ticket.id, id_, reading.files, arrival.now)
    return id_


def _copied(connection: Connection, context: Context, arrival: Arrival, ticket: Ticket) -> Ticket:
    """The ticket with those on it whom the agent's mail names beside the customer."""
    people = others(arrival, context)
    if arrival.sender.verdict is not Verdict.PASS:
        # who has nothing but a token answers the customer; whoever stole it must not reach anybody else by us
        return ticket
    contact = ticket.contact.addr_spec if ticket.contact else ""
    return confirm_participants(connection, ticket, [person for person in people if person.addr_spec != contact])
