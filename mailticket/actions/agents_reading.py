"""What does an agent's mail say, and what has happened since its agent looked? Asked in the mail's transaction."""

from dataclasses import replace

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.macros import macros_for
from mailticket.actions.orders import scene_of
from mailticket.desk.answers import is_quotation
from mailticket.desk.buttons import SENDING, Word
from mailticket.desk.commands import read_commands
from mailticket.desk.leaks import leaks
from mailticket.desk.on_behalf import is_for_its_writer
from mailticket.desk.orders import PhoneCall, WriteTo
from mailticket.desk.policy import Agent
from mailticket.desk.public_part import public_part, travelling
from mailticket.desk.reading import News, Reading
from mailticket.desk.slips import corrected, without
from mailticket.desk.ticket import Ticket
from mailticket.mail.message import InboundMail
from mailticket.store import agent_endings, history, seen


def read(connection: Connection, context: Context, arrival: Arrival, agent: Agent) -> Reading:
    """The mail of `agent`, mended as its agent has said, with all that speaks against carrying it out."""
    ticket, mail = arrival.thread.ticket, arrival.mail
    # (first of all: what is looked up must not change any more)
    newest = seen.newest(connection, ticket.id) if ticket else 0
    scene = scene_of(connection, context, ticket, agent, arrival.now, macros_for(connection, context, ticket, agent))
    orders = read_commands(mail.reply, scene)
    if arrival.passed and is_for_its_writer(mail, arrival.passed, arrival.thread, context.policy):
        above = read_commands(arrival.passed.above, scene)
        if not any(isinstance(order, WriteTo | PhoneCall) for order in above.orders):
            # what is forwarded is its writer's, and holds no orders
            mail, orders = replace(mail, reply=arrival.passed.above, ending="", html=None, markup=""), above
    with_meant, left = corrected(mail.reply, orders.problems), without(mail.reply, orders.problems)
    mended = {Word.CORRECTED: with_meant, Word.WITHOUT: left}.get(arrival.word, "") if arrival.word else ""
    if orders.problems and mended:
        # (its HTML holds what was wrong)
        mail = replace(mail, reply=mended, html=None, markup="")
        orders = read_commands(mended, scene)
    reading = Reading(orders=orders, written=arrival.mail.reply, corrected=with_meant, without=left, newest=newest)
    reading = _with_words(connection, context, arrival, agent, mail, reading)
    if not reading.text:
        return reading
    return replace(
        reading,
        news=_news(connection, arrival, ticket, agent) if ticket else (),
        leaks=_leaks(connection, arrival, ticket, agent, reading),
    )


def _with_words(
    connection: Connection, context: Context, arrival: Arrival, agent: Agent, mail: InboundMail, reading: Reading
) -> Reading:
    """What of `mail` is for the customer."""
    logos = frozenset(file.attachment.sha256 for file in arrival.files if file.logo)
    endings = agent_endings.of(connection, agent.address)
    part = public_part(mail, reading.orders, endings, logos=logos, markdown=context.policy.markdown)
    files = travelling(arrival.files, part)
    if is_quotation(part.text, mail):
        return replace(reading, files=files)
    return replace(reading, text=part.text, html=part.html, ending=part.ending, files=files)


def _news(connection: Connection, arrival: Arrival, ticket: Ticket, agent: Agent) -> tuple[News, ...]:
    """What others have written since the agent looked; what a question has shown since then was looked at, too."""
    known = seen.seen(connection, ticket.id, arrival.trail.answers, agent.addresses)
    if known is None:
        return ()
    return seen.since(connection, ticket.id, max(known, arrival.shown_until), agent.addresses)


def _leaks(
    connection: Connection, arrival: Arrival, ticket: Ticket | None, agent: Agent, reading: Reading
) -> tuple[str, ...]:
    """What may be for colleagues only: passages of the answer, and files of a mail that has a note as well."""
    if arrival.word in SENDING:
        return ()
    internal, public = history.words_of(connection, ticket.id) if ticket else ((), ())
    found = leaks(reading.text, internal, (*public, agent.signature), ticket.number if ticket else "")
    files = (file.attachment for file in reading.files) if reading.orders.note else ()
    return (*found, *(file.filename for file in files if not file.inline))
