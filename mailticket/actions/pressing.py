"""What happens when an agent presses a button? What the same commands would do, once; only trouble is answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailticket.actions import aliases
from mailticket.actions.arrival import Arrival
from mailticket.actions.context import Context
from mailticket.actions.holding import GONE, decide_held
from mailticket.actions.notifying import not_buried
from mailticket.actions.orders import carry_out, scene_of
from mailticket.actions.outgoing import send
from mailticket.desk.agent_receipts import gone
from mailticket.desk.agent_receipts import pressed as receipt
from mailticket.desk.button_words import label
from mailticket.desk.buttons import ACTS, Act, Word, commands, is_overtaken
from mailticket.desk.commands import read_commands
from mailticket.desk.decision import DecideHeld, PressButton
from mailticket.desk.notice import NoticeKind
from mailticket.desk.receipt import Added, Ignored
from mailticket.desk.ticket import Ticket
from mailticket.errors import NotValid
from mailticket.store import exposed, outbox, seen, tickets, used_buttons, waiting

#: An agent hears no more often in an hour that a button has done nothing.
_RECEIPTS_PER_HOUR = 20
#: What its agent hears of a button that would bring back what has ended.
ENDED = "it has been resolved or closed since then; to go on with it write #open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What became of it."""

    #: As it is then, None where it is gone.
    ticket: Ticket | None
    #: It was pressed before, and did its work then.
    before: datetime | None = None
    #: Why it did nothing, "" where it did.
    problem: str = ""


def button_of(connection: Connection, context: Context, token: str, now: datetime) -> tuple[PressButton, Ticket] | None:
    """What a token does that somebody brings who was sent it, and to which ticket.

    None where it is nothing that could be pressed now: unknown, expired, used, seen by others (the agent has quoted it
    in a mail to them), of an agent who is none any more.
    """
    read = context.key.read(token.lower(), today=now.date())
    if read is None or read.kind not in ACTS or used_buttons.is_used(connection, read.text):
        return None
    if exposed.exposed(connection, [read.text]):
        return None
    agent = next((one for one in context.policy.agents if read.is_for(one.address)), None)
    ticket = tickets.heir(connection, tickets.snapshot(connection, read.ticket))
    if agent is None or ticket is None:
        return None
    return PressButton(act=ACTS[read.kind], ticket=read.ticket, token=read.text, agent=agent.address), ticket


def press(connection: Connection, context: Context, decision: PressButton, now: datetime) -> Pressed:
    """Does to the ticket what the button says, the first time that it is pressed."""
    ticket = tickets.heir(connection, tickets.snapshot(connection, decision.ticket))
    agent = context.policy.agent(decision.agent)
    if ticket is None or agent is None:
        return Pressed(ticket=None)
    # (of two who press at the same moment one is the first)
    seen.lock(connection, ticket.id)
    ticket = tickets.heir(connection, tickets.snapshot(connection, ticket.id))
    assert ticket is not None
    before = used_buttons.use(connection, decision.token, now)
    if before is not None:
        return Pressed(ticket=ticket, before=before)
    if decision.act is Act.TAKE and ticket.assignee not in ("", agent.address):
        # two press it in the same minute: the first one has it, and the other one hears so
        return Pressed(ticket=ticket, problem=f"{_name(context, ticket.assignee)} has it; to take it over write #claim")
    if is_overtaken(decision.act, ticket):
        return Pressed(ticket=ticket, problem=ENDED)
    scene = scene_of(connection, context, ticket, agent, now, {})
    orders = read_commands(commands(decision.act, ticket), scene)
    if orders.problems:
        return Pressed(ticket=ticket, problem=orders.problems[0].message)
    after = carry_out(connection, context, ticket, orders, agent, now)
    if decision.act is Act.SPAM:
        for unsent in outbox.queued_of(connection, ticket.id, NoticeKind.CONFIRMATION):
            outbox.cancel(connection, unsent, now, agent.address)
    return Pressed(ticket=after)


def _name(context: Context, address: str) -> str:
    agent = context.policy.agent(address)
    return agent.name if agent else address


def press_by_mail(
    connection: Connection, context: Context, arrival: Arrival, decision: PressButton
) -> tuple[Added | Ignored, int | None]:
    """The same for the mail of a button. Returns its receipt and the id of the ticket."""
    pressed = press(connection, context, decision, arrival.now)
    if pressed.ticket is None:
        return Ignored(reason="button_of_a_gone_ticket"), None
    _tell(connection, context, arrival, decision, pressed)
    if pressed.before is not None:
        return Ignored(reason="button_used_before"), pressed.ticket.id
    if pressed.problem:
        return Ignored(reason=f"button_not_carried_out: {pressed.problem}"), pressed.ticket.id
    return Added(ticket=pressed.ticket.number), pressed.ticket.id


def _tell(connection: Connection, context: Context, arrival: Arrival, decision: PressButton, pressed: Pressed) -> None:
    """Whoever presses a button hears of it where it has done nothing, or where the desk wants every receipt."""
    policy = context.policy
    agent, ticket = policy.agent(decision.agent), pressed.ticket
    is_wanted = policy.receipts == "all" or (policy.receipts == "problems" and (pressed.before or pressed.problem))
    if agent is None or ticket is None or not is_wanted or not arrival.is_news:
        return
    if not not_buried(connection, [agent], "pressed", _RECEIPTS_PER_HOUR, arrival.now):
        return
    words = label(decision.act, policy.default_language)
    notice = receipt(agent, words, pressed.before, pressed.problem, arrival.mail, ticket, policy)
    send(connection, context, notice, ticket.id, arrival.now)


def decide_by_mail(
    connection: Connection, context: Context, arrival: Arrival, decision: DecideHeld
) -> tuple[Added | Ignored, int | None]:
    """An agent's word about held mail. Who comes too late with it hears so: an answer may have been meant to go out.

    Returns the receipt and the id of the ticket that the held mail names.
    """
    policy, now = context.policy, arrival.now
    if decision.word is Word.ADD_ALIAS:
        done = add_alias(connection, context, decision, now)
    else:
        done = decide_held(connection, decision, now)
    is_wanted = done[0] == GONE and policy.receipts != "none" and arrival.is_news
    pressers = [one for one in policy.agents if one.address == decision.agent] if is_wanted else []
    for agent in not_buried(connection, pressers, "pressed", _RECEIPTS_PER_HOUR, now):
        send(connection, context, gone(agent, arrival.mail, policy), None, now)
    return done


def add_alias(
    connection: Connection, context: Context, decision: DecideHeld, now: datetime
) -> tuple[Added | Ignored, int | None]:
    """The address that held mail came from is the agent's from now on, and the mail is run once more."""
    one = waiting.find(connection, waiting.HELD, decision.held, ours=True)
    if one is None:
        return GONE, None
    try:
        aliases.add(connection, context.policy, one.from_address, decision.agent, decision.agent, now)
    except NotValid as refusal:
        return Ignored(reason=f"alias_refused: {refusal.message}"), None
    waiting.say(connection, one.id, Word.RELEASE, now)
    return Ignored(reason=f"button: {decision.word}"), None
