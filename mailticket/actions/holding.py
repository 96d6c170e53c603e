"""What happens to mail that waits for a person's word? It is kept and asked about; the word is carried out."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.outgoing import send
from mailticket.actions.waiting import discard, discard_many
from mailticket.desk import held as desk
from mailticket.desk.agent_receipts import choices, not_sent, released
from mailticket.desk.agents_mail import MORE_THAN_A_TOKEN
from mailticket.desk.button_words import held_label, just_send
from mailticket.desk.buttons import BUTTON_KINDS, BUTTON_LIFE, Button, Word, button
from mailticket.desk.decision import DecideHeld, Hold
from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Added, Held, Ignored
from mailticket.desk.sender import Role
from mailticket.desk.ticket import Ticket
from mailticket.mail.tokens import NONCE_BYTES
from mailticket.store import caps, contacts, tickets, waiting

#: Questions about held mail to one agent in an hour, about mail in the agent's own name and about others';
#: more would be a way to flood an agent.
_OWN_PER_HOUR, _OTHERS_PER_HOUR = 3, 10
#: Questions to one agent in an hour about mail that is the agent's own for certain, or has a token of the agent's.
_BACK_PER_HOUR = 60
#: Events about held mail on one ticket in an hour: whoever guesses a number could bury its history.
_EVENTS_PER_HOUR = 5
#: What becomes of a word about mail that waits no longer.
GONE = Ignored(reason="held_mail_is_gone")
#: So many held mails under one address become tickets by time; whoever borrows it could fill the desk.
_UNDECIDED = 3


def hold(connection: Connection, context: Context, arrival: Arrival, decision: Hold) -> tuple[Held, int | None]:
    """Keeps the mail for a word, and asks whoever should say it. Returns the id of the ticket that it names."""
    ticket = arrival.thread.ticket if decision.ticket is not None else None
    known = _is_known(connection, arrival)
    decide_at = _deadline(connection, context, arrival, decision, known)
    id_ = waiting.keep(
        connection,
        waiting.HELD,
        digest=arrival.mail.digest,
        from_address=arrival.address,
        subject=arrival.mail.subject,
        reason=decision.reason,
        ticket=decision.ticket,
        envelope=arrival.envelope,
        raw_sha256=arrival.raw_sha256,
        decide_at=decide_at,
        shown_until=decision.reading.newest if decision.reading else 0,
    )
    if arrival.is_news and decision.reading is not None:
        _ask_back(connection, context, arrival, decision, ticket, id_)
    elif arrival.is_news:
        for agent in desk.asked(decision, ticket, known, context.policy):
            if _may_ask(connection, agent, decision, arrival.now):
                shown = buttons(context, agent, desk.choices(decision, ticket), id_, arrival.now)
                received_at = arrival.envelope.received_at
                notice = desk.held(
                    agent, decision, arrival.mail, ticket, id_, received_at, decide_at, shown, context.policy, known
                )
                send(connection, context, notice, None, arrival.now)
    scope = f"held_on:{decision.ticket}"
    if decision.ticket is not None and _is_within(connection, scope, _EVENTS_PER_HOUR, arrival.now):
        detail = {"held": str(id_), "reason": decision.reason}
        tickets.record(connection, decision.ticket, arrival.now, "mailticket", ("mail_held", detail))
    return Held(id=str(id_), reason=decision.reason), decision.ticket


def _ask_back(
    connection: Connection, context: Context, arrival: Arrival, decision: Hold, ticket: Ticket | None, held_id: int
) -> None:
    """Asks an agent who is known for certain about an own mail: it goes on when the agent says so."""
    agent = context.policy.agent(decision.tell)
    assert agent is not None and decision.reading is not None
    if context.policy.receipts == "none" or not _may_ask(connection, agent, decision, arrival.now):
        return
    said = buttons(context, agent, choices(decision.reading), held_id, arrival.now)
    notice = not_sent(agent, decision, arrival.mail, ticket, said, context.policy)
    send(connection, context, notice, decision.ticket, arrival.now)


def _deadline(
    connection: Connection, context: Context, arrival: Arrival, decision: Hold, known: bool
) -> datetime | None:
    """When it becomes a ticket of its own, unless too many under its address are about to: those wait for a word."""
    decide_at = desk.deadline(decision, known, arrival.envelope.received_at, context.policy)
    if decide_at is None:
        return None
    before = waiting.undecided(connection, arrival.address, arrival.mail.digest, arrival.now)
    return decide_at if before < _UNDECIDED else None


def _may_ask(connection: Connection, agent: Agent, decision: Hold, now: datetime) -> bool:
    """Whether this agent has not yet been asked too often; the question counts."""
    if decision.reading is not None or decision.reason == MORE_THAN_A_TOKEN:
        scope, most = "asked_back", _BACK_PER_HOUR
    elif decision.tell:
        scope, most = "held", _OWN_PER_HOUR
    else:
        scope, most = "asked", _OTHERS_PER_HOUR
    return _is_within(connection, f"{scope}:{agent.address}", most, now)


def _is_within(connection: Connection, scope: str, most: int, now: datetime) -> bool:
    """Whether this was done less than `most` times in the last hour; if so, it counts."""
    if caps.counts(connection, [scope], now)[0] >= most:
        return False
    caps.count(connection, [scope], now)
    return True


def decide_held(connection: Connection, decision: DecideHeld, now: datetime) -> tuple[Added | Ignored, int | None]:
    """An agent's word, said by a button. A release runs the mail through its path once more, right after this commit.

    Returns the receipt and the id of the ticket that the held mail names.
    """
    if decision.word is Word.DISCARD_FAILED:
        # everything of doubtful origin that the digest has counted, and nothing that came after it
        discard_many(connection, decision.held, desk.DOUBTED, decision.agent, now)
        return Ignored(reason=f"button: {decision.word}"), None
    one = waiting.find(connection, waiting.HELD, decision.held, ours=True)
    if one is None:
        return GONE, None
    ticket = tickets.find_by_number(connection, one.ticket) if one.ticket else None
    if decision.word is Word.DISCARD:
        discard(connection, one, decision.agent, now)
    else:
        waiting.say(connection, one.id, released(decision.word, one.reason), now)
        said = {"held": str(one.id), "word": str(decision.word), "from": one.from_address}
        tickets.record(connection, ticket.id if ticket else None, now, decision.agent, ("mail_decided", said))
    if ticket is None:
        return Ignored(reason=f"button: {decision.word}"), None
    return Added(ticket=ticket.number), ticket.id


def buttons(context: Context, agent: Agent, words: Sequence[Word], held_id: int, now: datetime) -> list[Button]:
    """Buttons for `agent` alone."""
    policy, made = context.policy, []
    for word in words:
        token = context.key.mint(
            kind=BUTTON_KINDS[word],
            ticket=held_id,
            address=agent.address,
            expires=(now + BUTTON_LIFE).date(),
            nonce=secrets.token_bytes(NONCE_BYTES),
        )
        label = f"{held_label(word, policy.default_language)} ({held_id})"
        made.append(button(word, label, token, policy.desk_address, just_send(policy.default_language)))
    return made


def _is_known(connection: Connection, arrival: Arrival) -> bool:
    """Whether the desk has had to do with the address that the mail names as its sender."""
    address = arrival.sender.address
    if address is None or arrival.sender.role is Role.AGENT:
        return False
    return arrival.sender.role is not Role.STRANGER or contacts.knows(connection, address.addr_spec)
