"""What shall happen with an agent's mail? Answers, commands and notes; and when is the agent asked first?

An ordered table like triage's: the first rule that answers wins. What is not certain is held with all its words, and
its agent decides with one click; nothing of it is done until then.
"""

from dataclasses import replace

from mailticket.desk.answers import why_no_answer, why_no_note
from mailticket.desk.asking import question
from mailticket.desk.buttons import SENDING
from mailticket.desk.case import Case, Rule, appended, opened
from mailticket.desk.decision import ApplyCommands, Decision, Hold, Ignore, OpenOwn, OrderDesk
from mailticket.desk.desks import is_for_another
from mailticket.desk.feedback import no_more_updates, thanks
from mailticket.desk.loops import MOST, is_machine
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.on_behalf import for_somebody, forwarded, names_the_writer
from mailticket.desk.orders import Away, Copy, Merge, Release, Requester
from mailticket.desk.policy import Agent
from mailticket.desk.sender import Role
from mailticket.desk.ticket import Ticket
from mailticket.mail.identity import Verdict

#: Why mail with an agent's token is held that no token is enough for.
MORE_THAN_A_TOKEN = "more_than_a_token"
#: Why mail is held that answers our question about held mail.
ANSWER_TO_A_QUESTION = "answer_to_a_question"
#: Tokens of mail to agents that no customer's words are in, and no answer to a customer follows.
_QUESTIONS = frozenset({TOKEN_KINDS[NoticeKind.HELD], TOKEN_KINDS[NoticeKind.DIGEST]})
#: Orders that reach further than a ticket and those who are on it.
_BEYOND = Release | Merge | Requester | Copy | Away


def reaction(case: Case) -> Decision | None:
    """A sign clicked below a mail of ours says nothing to anybody else; as an answer it would puzzle the customer."""
    return Ignore(reason="reaction_of_an_agent") if case.mail.reaction else None


def answer_to_a_question(case: Case) -> Decision | None:
    """What an agent says to our question about held mail is for the desk, whatever ticket its subject names."""
    if case.sender.verdict is not Verdict.PASS or case.mail.auto_submitted or case.word is not None:
        return None
    if is_machine(case.quick) or not any(token.kind in _QUESTIONS for token in case.trail.tokens):
        return None
    if _has_only_orders_for_the_desk(case):
        return None
    return Hold(reason=ANSWER_TO_A_QUESTION, ticket=case.ticket_id, tell=_agent(case).address)


def by_a_machine(case: Case) -> Decision | None:
    """No agent is told of a machine; and without proof anybody could put words on a ticket in an agent's name."""
    if not case.mail.auto_submitted:
        return None
    if case.thread.ticket is None or not _is_proved(case):
        return Ignore(reason="automatic_mail_of_an_agent")
    return appended(case, automatic=True, absent=_agent(case).address if case.mail.automatic_answer else "")


def too_quick(case: Case) -> Decision | None:
    """Three times faster than a person can: one question, because a machine would answer every one of them."""
    if not is_machine(case.quick):
        return None
    first = case.quick == MOST
    return Hold(reason="too_quick", ticket=case.ticket_id, tell=_agent(case).address if first else "")


def not_verified(case: Case) -> Decision | None:
    """Neither known for certain, nor with a token of a notification to that agent about that ticket."""
    if _is_proved(case):
        return None
    return Hold(reason="agent_not_verified", ticket=case.ticket_id, tell=_agent(case).address)


def beyond_its_ticket(case: Case) -> Decision | None:
    """A token is about one ticket and its people. What is held may be the forger's own, and so may a new address."""
    if case.sender.verdict is Verdict.PASS or _is_said(case):
        return None
    if not any(isinstance(order, _BEYOND) for order in case.read().orders.orders):
        return None
    return Hold(reason=MORE_THAN_A_TOKEN, ticket=case.ticket_id, tell=_agent(case).address)


def wrong_command(case: Case) -> Decision | None:
    """A mail with one wrong command is not carried out at all, and is answered."""
    return _asked(case, "wrong_command") if case.read().orders.problems else None


def note_too_long(case: Case) -> Decision | None:
    """What no note can hold is not kept in part: its agent hears of it, and nothing else of that mail is done."""
    reason = why_no_note(case.read().orders.note)
    return Hold(reason=reason, ticket=case.ticket_id, tell=_agent(case).address) if reason else None


def for_the_desk(case: Case) -> Decision | None:
    """#away, #release and #help in a mail that names no ticket and has no words for anybody."""
    if case.thread.ticket is not None or not _has_only_orders_for_the_desk(case):
        return None
    return OrderDesk(agent=_agent(case).address, reading=case.read())


def new_ticket(case: Case) -> Decision | None:
    """A mail that names no ticket is the agent's own request; its commands are for that one."""
    if case.thread.ticket is not None:
        return None
    opens = opened(case)
    return OpenOwn(opens=opens, agent=_agent(case).address, reading=case.read()) if case.read().is_order else opens


def for_another_desk(case: Case) -> Decision | None:
    """Words for the people there, which the customer must not get."""
    ticket = _ticket(case)
    if _is_own(case) or not is_for_another(case.mail, ticket, case.policy):
        return None
    return opened(case, possible_reply_to=ticket.number)


def as_a_customer(case: Case) -> Decision | None:
    """On a ticket of the agent's own."""
    if not _is_own(case):
        return None
    if case.read().is_order:
        return _apply(case, own=True)
    return no_more_updates(case) or thanks(case) or appended(case)


def no_answer(case: Case) -> Decision | None:
    """What has neither words that can be sent, nor commands or a note."""
    reading = case.read()
    if reading.is_order and not reading.text and not reading.files:
        return None
    if reading.orders.note and not reading.text:
        return None
    named = next((order.person for order in reading.orders.orders if isinstance(order, Requester)), None)
    ticket = replace(_ticket(case), contact=named) if named else _ticket(case)
    reason = why_no_answer(reading.text, ticket)
    return Hold(reason=reason, ticket=case.ticket_id, tell=_agent(case).address) if reason else None


def file_refused(case: Case) -> Decision | None:
    """An answer is not sent without what belongs to it. A note is: agents see what was refused."""
    reading = case.read()
    return _asked(case, "file_refused") if reading.text and reading.refused and not _is_said(case) else None


def may_leak(case: Case) -> Decision | None:
    """The answer holds words that were for agents only, or something like a command."""
    return _asked(case, "may_leak") if case.read().leaks and not _is_said(case) else None


def changed_since(case: Case) -> Decision | None:
    """A colleague has answered, or the customer has written, since the agent looked. What was asked about is seen."""
    reading = case.read()
    return _asked(case, "changed_since") if reading.text and reading.news else None


def carried_out(case: Case) -> Decision:
    """The words to the customer, the note to the agents, the commands to the ticket."""
    return _apply(case)


#: The order is part of the meaning.
RULES: tuple[Rule, ...] = (
    reaction,
    question,
    names_the_writer,
    answer_to_a_question,
    by_a_machine,
    too_quick,
    not_verified,
    beyond_its_ticket,
    wrong_command,
    note_too_long,
    for_the_desk,
    for_somebody,
    forwarded,
    new_ticket,
    for_another_desk,
    as_a_customer,
    no_answer,
    file_refused,
    may_leak,
    changed_since,
    carried_out,
)


def agents_mail(case: Case) -> Decision | None:
    """The first answer of `RULES`; None where no agent has written it."""
    if case.sender.role is not Role.AGENT or case.sender.address is None:
        return None
    return next(decision for rule in RULES if (decision := rule(case)) is not None)


def _agent(case: Case) -> Agent:
    assert case.sender.address is not None
    registered = case.policy.agent(case.sender.address.addr_spec)
    assert registered is not None
    return registered


def _ticket(case: Case) -> Ticket:
    assert case.thread.ticket is not None
    return case.thread.ticket


def _has_only_orders_for_the_desk(case: Case) -> bool:
    reading = case.read()
    return reading.orders.for_the_desk and not reading.text and not reading.orders.note


def _is_own(case: Case) -> bool:
    contact, agent = _ticket(case).contact, _agent(case)
    return contact is not None and contact.addr_spec in agent.addresses


def _is_said(case: Case) -> bool:
    """Whether the agent was shown all of it, and wants it so."""
    return case.word in SENDING


def _is_proved(case: Case) -> bool:
    """(A button of the agent's own has been pressed for what was held in a question to that agent.)"""
    return case.sender.verdict is Verdict.PASS or _is_said(case) or _holds_token(case)


def _holds_token(case: Case) -> bool:
    return any(
        token.kind == TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION]
        and token.ticket == case.ticket_id
        and token.is_for(_agent(case).address)
        and token.text not in case.exposed
        for token in case.trail.tokens
    )


def _asked(case: Case, reason: str) -> Hold:
    return Hold(reason=reason, ticket=case.ticket_id, tell=_agent(case).address, reading=case.read())


def _apply(case: Case, own: bool = False) -> ApplyCommands:
    return ApplyCommands(ticket=_ticket(case).id, agent=_agent(case).address, reading=case.read(), own=own)
