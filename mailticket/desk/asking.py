"""Is this mail a question of an agent's to the desk? Its subject says so, and nothing else is made of it."""

from mailticket.desk.case import Case
from mailticket.desk.decision import AnswerQuestion, Decision
from mailticket.desk.questions import read_question
from mailticket.desk.sender import Role
from mailticket.desk.threading import TO_AGENTS, Sign
from mailticket.mail.identity import Verdict


def question(case: Case) -> Decision | None:
    """Asked by an agent whom we know for certain, or who shows a token that was sent to that agent.

    An answer on a ticket is none, even where its customer has called it "Help".
    """
    sender = case.sender
    agent = case.policy.agent(sender.address.addr_spec) if sender.address and sender.role is Role.AGENT else None
    if agent is None or case.mail.auto_submitted or case.word is not None:
        return None
    if case.trail.answers and case.thread.sign in (Sign.TOKEN, Sign.REFERENCE):
        return None
    proved = sender.verdict is Verdict.PASS or any(
        token.kind in TO_AGENTS and token.is_for(agent.address) and token.text not in case.exposed
        for token in case.trail.tokens
    )
    asked = read_question(case.mail.subject) if proved else None
    return AnswerQuestion(question=asked, agent=agent.address) if asked else None
