"""Does an agent write for a customer? A forwarded mail is its writer's; #to and #phone open a ticket for somebody.

Whoever is proved to be an agent vouches for the writer: the desk would believe the same on the telephone.
"""

from mailticket.desk.answers import why_no_note, why_unsendable
from mailticket.desk.buttons import SENDING, Word
from mailticket.desk.case import Case
from mailticket.desk.decision import Decision, Hold, NameWriter, OnBehalf, OpenFor
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.orders import PhoneCall, Requester, WriteTo
from mailticket.desk.policy import Policy
from mailticket.desk.threading import Thread, belongs
from mailticket.mail.identity import Verdict
from mailticket.mail.message import InboundMail
from mailticket.mail.passed_on import PassedOn
from mailticket.mail.subject import says_forwarded

#: Why a forwarded mail is held that names nobody.
WHOSE_MAIL = "whose_mail"


def is_for_its_writer(mail: InboundMail, passed: PassedOn | None, thread: Thread, policy: Policy) -> bool:
    """Whether an agent's `mail` brings somebody else's to the desk.

    An answer on a ticket may hold a forwarded mail, too: that is for the customer. Nor is mail of the desk's own that
    comes back anybody's.
    """
    if passed is None:
        return False
    writer = passed.mail.from_
    if writer is not None and policy.own_address(writer.addr_spec):
        return False
    if thread.ticket is None:
        return True
    return writer is not None and says_forwarded(mail.subject) and belongs(writer.addr_spec, thread.ticket)


def for_somebody(case: Case) -> Decision | None:
    """A new mail to a customer, or the notes of a call. What cannot be sent is held, as an answer would be."""
    agent = _agent(case)
    reading = case.read()
    order = next((order for order in reading.orders.orders if isinstance(order, WriteTo | PhoneCall)), None)
    if order is None:
        return None
    if isinstance(order, WriteTo):
        if reason := why_unsendable(reading.text):
            return Hold(reason=reason, tell=agent)
        if case.word not in SENDING and (reading.refused or reading.leaks):
            return Hold(reason="file_refused" if reading.refused else "may_leak", tell=agent, reading=reading)
    elif reason := why_no_note(reading.as_note):
        return Hold(reason=reason, tell=agent)
    return OpenFor(order=order, agent=agent, reading=reading)


def forwarded(case: Case) -> Decision | None:
    """A ticket of whoever wrote the forwarded mail, or of whom the agent names by #requester."""
    if not is_for_its_writer(case.mail, case.passed, case.thread, case.policy):
        return None
    assert case.passed is not None
    reading, writer = case.read(), case.written_by or case.passed.mail.from_
    named = next((order.person for order in reading.orders.orders if isinstance(order, Requester)), None)
    if named is not None:
        is_same = writer is not None and writer.addr_spec == named.addr_spec
        writer = writer if is_same else named
    if writer is None:
        # (who lets it through all the same wants a ticket of their own)
        return None if case.word is Word.RELEASE else Hold(reason=WHOSE_MAIL, tell=_agent(case))
    if named is None and case.policy.agent(writer.addr_spec):
        return None
    if not case.passed.whole and (reason := why_no_note(reading.as_note)):
        return Hold(reason=reason, tell=_agent(case))
    return OnBehalf(writer=writer, agent=_agent(case), reading=reading)


def names_the_writer(case: Case) -> Decision | None:
    """The answer to our question whose mail it is: #requester, and nothing else."""
    if case.sender.verdict is not Verdict.PASS or case.mail.auto_submitted or case.word is not None:
        return None
    if not any(token.kind == TOKEN_KINDS[NoticeKind.HELD] for token in case.trail.tokens):
        return None
    orders = case.read().orders
    match orders.orders:
        case (Requester(person=person),) if not orders.problems:
            return NameWriter(writer=person, agent=_agent(case), answers=case.trail.answers)
    return None


def _agent(case: Case) -> str:
    agent = case.policy.agent(case.sender.address.addr_spec) if case.sender.address else None
    assert agent is not None
    return agent.address
