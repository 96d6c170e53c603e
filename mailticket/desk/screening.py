"""Should this mail reach a ticket at all?

An ordered table of small claims; the first that answers wins, silence lets the mail through to triage.
Loops: RFC 5321 §6.3. Nothing here sends, stores or looks at a clock.
"""

from collections.abc import Callable
from typing import TypeAlias

from mailticket.desk.decision import Ignore, Refuse
from mailticket.desk.desks import is_from_desk_to_desk
from mailticket.desk.policy import Policy
from mailticket.mail.message import Envelope, InboundMail

Answer: TypeAlias = Ignore | Refuse | None
Screen: TypeAlias = Callable[[InboundMail, Envelope, Policy], Answer]


def too_many_hops(mail: InboundMail, envelope: Envelope, policy: Policy) -> Answer:
    """A mail that has passed more relays than `policy.max_hops` is going in circles."""
    if mail.hops > policy.max_hops:
        return Refuse(reply="554 5.4.6 Too many hops", reason=f"too_many_hops: {mail.hops} Received fields")
    return None


def own_loop(mail: InboundMail, envelope: Envelope, policy: Policy) -> Answer:
    """What bears our own mark was said by us, whoever sent it back; but what one desk says to another has to arrive."""
    if policy.instance_id in mail.loop_marks and (envelope.sent or not is_from_desk_to_desk(mail, policy)):
        return Ignore(reason="own_loop")
    return None


def submission_in_another_name(mail: InboundMail, envelope: Envelope, policy: Policy) -> Answer:
    """A password proves that its owner writes, under an own address; under any other it proves nothing (RFC 6409)."""
    if not envelope.authenticated:
        return None
    agent = policy.agent(envelope.authenticated)
    if agent and mail.from_ and not mail.from_defect and policy.agent(mail.from_.addr_spec) is agent:
        return None
    reply = "553 5.7.1 From must be your own address, alone"
    return Refuse(reply=reply, reason=f"submission_in_another_name: {envelope.authenticated} had logged in")


#: Surest first; the order is part of the meaning.
SCREENS: tuple[Screen, ...] = (too_many_hops, submission_in_another_name, own_loop)


def screen(mail: InboundMail, envelope: Envelope, policy: Policy) -> Answer:
    """The first answer of `SCREENS`, or None where the mail may go on."""
    return next((answer for claim in SCREENS if (answer := claim(mail, envelope, policy))), None)
