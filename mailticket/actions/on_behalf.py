"""What becomes of a mail in which an agent writes for a customer? A ticket of that customer's, in one transaction."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.actions import agents_mail, mail
from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.finding import continued, found
from mailticket.actions.holding import hold
from mailticket.actions.opening import open_for
from mailticket.actions.orders import carry_out
from mailticket.desk.agents_mail import ANSWER_TO_A_QUESTION
from mailticket.desk.attachments import judge
from mailticket.desk.buttons import Word
from mailticket.desk.case import title_of
from mailticket.desk.decision import AddMessage, ApplyCommands, Hold, NameWriter, OnBehalf, OpenFor, OpenTicket
from mailticket.desk.desks import written_to
from mailticket.desk.notice import NoticeKind
from mailticket.desk.on_behalf import WHOSE_MAIL
from mailticket.desk.orders import Change, Orders, WriteTo
from mailticket.desk.reading import Reading
from mailticket.desk.receipt import Added, Held, Ignored, Opened
from mailticket.desk.roles import sender_of
from mailticket.desk.status import after_customer_mail
from mailticket.desk.threading import Thread, belongs, choose, trail_of
from mailticket.desk.ticket import Source, Status
from mailticket.mail.identity import Verdict
from mailticket.store import outbox, references, sent, tickets, waiting


def pass_on(
    connection: Connection, context: Context, arrival: Arrival, decision: OnBehalf
) -> tuple[Opened | Added, int, int]:
    """The forwarded mail opens a ticket of its writer's, or goes to the one that it names; the agent's words are a
    note, and the commands follow. Returns the ids of ticket and message.

    The writer hears of the number as if the mail had come by itself, unless the agent says #quiet.
    """
    agent, orders = context.policy.agent(decision.agent), decision.reading.orders
    assert agent is not None
    inner = _as_its_own(connection, context, arrival, decision)
    led_to = inner.thread.ticket
    ticket = led_to if led_to and belongs(decision.writer.addr_spec, led_to) else None
    hint = led_to.number if led_to and ticket is None and led_to.contact else ""
    receipt: Opened | Added
    if ticket is None or ticket.status is Status.CLOSED:
        opens = OpenTicket(
            title=title_of(inner.mail, context.policy.subject_tag),
            possible_reply_to=hint,
            follows=ticket.id if ticket else None,
            silent="quiet" if Change(field="quiet", value=True) in orders.orders else "",
        )
        receipt, id_, message = mail.open_ticket(connection, context, inner, opens)
    else:
        adds = AddMessage(ticket=ticket.id, status=after_customer_mail(ticket.status), verified=True)
        receipt, id_, message = mail.add_message(connection, context, inner, adds)
    told = {"message": str(message), "writer": decision.writer.addr_spec}
    tickets.record(connection, id_, arrival.now, agent.address, ("passed_on", told))
    references.tie_references(connection, id_, [arrival.trail.own] if arrival.trail.own else [], expected_new=False)
    if arrival.passed is None or not arrival.passed.whole:
        orders = _with_note(decision.reading)
    carry_out(connection, context, tickets.current(connection, id_), orders, agent, arrival.now)
    return receipt, id_, message


def _as_its_own(connection: Connection, context: Context, arrival: Arrival, decision: OnBehalf) -> Arrival:
    """The forwarded mail as if its writer had sent it; the agent vouches for that."""
    policy, writer, words = context.policy, decision.writer, decision.reading.orders.text
    assert arrival.passed is not None
    own = replace(arrival.passed.mail, from_=writer)
    if arrival.passed.whole:
        own = replace(own, text=words, reply=words, html=None)
    trail = trail_of(own, arrival.envelope, context.key, policy.subject_tag)
    led_to = references.led_to(connection, trail.message_ids)
    thread = choose(found(connection, trail, led_to), writer)
    if arrival.thread.ticket and belongs(writer.addr_spec, arrival.thread.ticket):
        # (the agent has put the number into the subject)
        thread = arrival.thread
    thread = continued(connection, thread, trail, writer, policy)
    files = judge(own.attachments, policy.attachments, policy.attachments.max_count, unclean=arrival.unclean)
    return replace(
        arrival,
        mail=own,
        sender=sender_of(own, Verdict.PASS, thread.ticket, policy),
        thread=thread,
        trail=trail,
        led_to=led_to,
        files=files,
    )


def open_ticket_for(
    connection: Connection, context: Context, arrival: Arrival, decision: OpenFor
) -> tuple[Opened, int, int | None]:
    """A ticket that the agent has: its customer is written to, or the words are notes of a call. Returns the ids of
    the ticket and of what was sent, None where that is nothing."""
    policy, now, order = context.policy, arrival.now, decision.order
    agent, written = policy.agent(decision.agent), written_to(arrival.mail, arrival.envelope, policy)
    assert agent is not None
    title = title_of(arrival.mail, policy.subject_tag)
    source = Source(str(arrival.envelope.transport))
    ticket = open_for(
        connection, context, order, title, source, agent, agent.address, now, written, arrival.mail.language
    )
    opened = Opened(ticket=ticket.number)
    if isinstance(order, WriteTo):
        own = replace(arrival, thread=Thread(ticket=ticket))
        carried = ApplyCommands(ticket=ticket.id, agent=agent.address, reading=decision.reading)
        _, id_, message = agents_mail.apply(connection, context, own, carried)
        return opened, id_, message
    mail.tie(connection, ticket.id, arrival)
    carry_out(connection, context, ticket, _with_note(decision.reading), agent, now, files=decision.reading.files)
    return opened, ticket.id, None


def name_writer(
    connection: Connection, context: Context, arrival: Arrival, decision: NameWriter
) -> tuple[Ignored | Held, int | None]:
    """The held mail that our question was about runs once more, as that of whom the agent names. Where the question was
    another one, or is settled, the mail waits for the agent: words to a customer may stand in it.
    """
    for answered in decision.answers:
        question = sent.find(connection, answered)
        if question is None or question.kind is not NoticeKind.HELD or decision.agent not in question.recipients:
            continue
        row = outbox.find(connection, question.id)
        held = waiting.find(connection, waiting.HELD, int(row.notice.details["held_id"])) if row else None
        if held is not None and held.reason == WHOSE_MAIL:
            waiting.name_writer(connection, held, decision.writer)
            waiting.say(connection, held.id, Word.RELEASE, arrival.now)
            said = {"held": str(held.id), "word": str(Word.RELEASE), "writer": decision.writer.addr_spec}
            tickets.record(connection, None, arrival.now, decision.agent, ("mail_decided", said))
            return Ignored(reason="writer_was_named"), None
    ticket = arrival.thread.ticket.id if arrival.thread.ticket else None
    return hold(connection, context, arrival, Hold(reason=ANSWER_TO_A_QUESTION, ticket=ticket, tell=decision.agent))


def _with_note(reading: Reading) -> Orders:
    """The orders, with all words of the agent's as the note."""
    return replace(reading.orders, note=reading.as_note, text="")
