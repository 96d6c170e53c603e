"""Mails with all that is known about them, for tests of triage's rules."""

from datetime import timedelta
from typing import Any

from mailticket.desk.case import Case
from mailticket.desk.decision import AddMessage, ApplyCommands, Hold, OpenTicket
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.reading import Reading
from mailticket.desk.sender import Role
from mailticket.desk.threading import Sign, Thread, Trail
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.mail.tokens import NONCE_BYTES, Token
from tests.factories import ANN, CARLA, KEY, MALLORY, NOW, PAUL, make_mail, make_policy, make_sender, make_ticket

TODAY = NOW.date()
PASS, NONE, FAIL = Verdict.PASS, Verdict.NONE, Verdict.FAIL
WRITERS = {
    Role.REQUESTER: CARLA,
    Role.PARTICIPANT: PAUL,
    Role.AGENT: Address(name=ANN.name, addr_spec=ANN.address),
    Role.STRANGER: MALLORY,
}
KNOWN = make_ticket(status=Status.RESOLVED)
CLOSED = make_ticket(status=Status.CLOSED)
TICKETS: dict[str, Ticket | None] = {"new": None, "known": KNOWN, "closed": CLOSED}
NUMBER = KNOWN.number


#: What an agent writes in these mails.
READING = Reading(text="We send a new one.", written="We send a new one.")


def make_case(role: Role, verdict: Verdict, ticket: Ticket | None, **over: Any) -> Case:
    """A mail that names `ticket` by its number; nobody has a part in a ticket that does not exist."""
    if ticket is None and role in (Role.REQUESTER, Role.PARTICIPANT):
        sender = make_sender(WRITERS[role], Role.STRANGER, verdict)
    else:
        sender = make_sender(WRITERS[role], role, verdict)
    mail = make_mail(from_=WRITERS[role], subject=f"Re: [#{NUMBER}] Broken vase")
    values: dict[str, Any] = {
        "mail": mail,
        "sender": sender,
        "thread": Thread(ticket=ticket, sign=Sign.NUMBER) if ticket else Thread(),
        "trail": Trail(),
        "policy": make_policy(),
        "read": lambda: READING,
    }
    return Case(**values | over)


def opened(**over: Any) -> OpenTicket:
    return OpenTicket(**{"title": "Re: Broken vase", **over})


def added(status: Status | None, verified: bool, **over: Any) -> AddMessage:
    return AddMessage(ticket=KNOWN.id, status=status, verified=verified, **over)


def held(reason: str, known: bool, tell: str = "") -> Hold:
    return Hold(reason=reason, ticket=KNOWN.id if known else None, tell=tell)


#: What becomes of an agent's answer.
ANSWERED = ApplyCommands(ticket=KNOWN.id, agent=ANN.address, reading=READING)
UNPROVED = "agent_not_verified"
FORGED, FORGED_NEW = held("failed_verdict", True), held("failed_verdict", False)


def make_token(**over: Any) -> Token:
    values: dict[str, Any] = {
        "kind": TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION],
        "ticket": KNOWN.id,
        "address": ANN.address,
        "expires": TODAY + timedelta(days=1),
        "nonce": bytes(NONCE_BYTES),
    }
    token = KEY.read(KEY.mint(**values | over), today=TODAY)
    assert token is not None
    return token


def make_trail(**over: Any) -> Trail:
    return Trail(tokens=(make_token(**over),))
