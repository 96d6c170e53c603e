"""What does a mail do that an agent has sent by a button, and what one that somebody else sends with an agent's token?

A button counts only from the agent to whom it was sent; nothing else is made of such a mail.
"""

from mailticket.desk.buttons import ACTS, WORDS, Word
from mailticket.desk.case import Case
from mailticket.desk.decision import DecideHeld, Decision, Hold, Ignore, PressButton
from mailticket.desk.notifications import leads
from mailticket.desk.policy import Agent
from mailticket.desk.sender import Role
from mailticket.desk.threading import TO_AGENTS
from mailticket.mail.identity import Verdict
from mailticket.mail.tokens import find_proof, find_tokens

#: Why mail is held that has an agent's token and comes from an address that is no agent's.
ELSEWHERE = frozenset({"button_from_elsewhere", "agent_from_elsewhere"})


def button(case: Case) -> Decision | None:
    """It counts once, from its agent; whoever it was sent to hears of it when it is pressed elsewhere."""
    pressed = case.trail.button
    if pressed is None and not case.trail.dead_button:
        return None
    sender = case.sender
    by = case.policy.agent(sender.address.addr_spec) if sender.address and sender.role is Role.AGENT else None
    if case.mail.auto_submitted:
        return Ignore(reason="automatic_mail_of_a_button")
    if pressed is None:
        return Hold(reason="button_expired", tell=by.address) if by else None
    owner = next((agent for agent in case.policy.agents if pressed.is_for(agent.address)), None)
    if owner is None:
        return Ignore(reason="button_of_nobody")
    is_known = pressed.text in case.exposed
    if owner is not by:
        is_nobodys = by is None and sender.address is not None and not case.mail.from_defect and not is_known
        return Hold(reason="button_from_elsewhere" if is_nobodys else "button_of_another", tell=owner.address)
    if is_known and sender.verdict is not Verdict.PASS:
        # the agent has shown it to others: the address in From is all that whoever pressed it had to know
        return Hold(reason="agent_not_verified", tell=owner.address)
    if pressed.kind in ACTS:
        return PressButton(act=ACTS[pressed.kind], ticket=pressed.ticket, token=pressed.text, agent=owner.address)
    if WORDS[pressed.kind] is Word.DISCARD_FAILED and owner not in leads(case.policy):
        return Ignore(reason="button_of_a_former_lead")
    return DecideHeld(word=WORDS[pressed.kind], held=pressed.ticket, agent=owner.address)


def agent_from_elsewhere(case: Case) -> Decision | None:
    """An answer to mail that was sent to one agent only, from an address that is nobody's: a telephone's, most likely.

    A customer's thread would not have that token in it, unless the agent has shown it to others.
    """
    if case.sender.role is not Role.STRANGER or case.sender.address is None or case.word is not None:
        return None
    if case.mail.auto_submitted or case.mail.from_defect:
        return None
    owner = _owner(case)
    return Hold(reason="agent_from_elsewhere", ticket=case.ticket_id, tell=owner.address) if owner else None


def _owner(case: Case) -> Agent | None:
    """The agent to whom the mail was sent that this one answers, None where that is not known."""
    # (further back in the thread the token may have come with anybody's forwarded mail)
    near = {*find_tokens([case.mail.in_reply_to]), find_proof(case.mail.subject)}
    for token in case.trail.tokens:
        if token.kind in TO_AGENTS and token.text in near and token.text not in case.exposed:
            return next((agent for agent in case.policy.agents if token.is_for(agent.address)), None)
    return None
