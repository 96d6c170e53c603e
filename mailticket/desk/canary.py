"""Does mail leave, and does it come in? Probes that the desk sends to itself tell; these are the rules about them.

A probe is known by its token alone, which nobody can make up: one that was seen and sent again counts for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailticket.desk.alerts import Trouble
from mailticket.desk.notice import TOKEN_KINDS, Notice, NoticeKind
from mailticket.desk.policy import Canary, Desk, Policy
from mailticket.desk.threading import Trail
from mailticket.mail.message import Address, Envelope, InboundMail, Transport
from mailticket.mail.tokens import TokenKey, find_probe, message_id

#: Reason of its receipt: it has proved what it is, and is in nobody's way any more.
PROBE = "probe"


class Side(StrEnum):
    """Of the whole way."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One of them, as far as it came."""

    message_id: str
    #: When it was queued.
    sent_at: datetime
    #: When the relay had it, None where it has not.
    left_at: datetime | None = None
    #: When it was taken, None where it was not.
    arrived_at: datetime | None = None
    #: Why it has not left, or that it was sent back; "" where nothing is known.
    error: str = ""

    @property
    def out_seconds(self) -> float | None:
        """How long it took to leave."""
        return (self.left_at - self.sent_at).total_seconds() if self.left_at else None

    @property
    def in_seconds(self) -> float | None:
        """How long it took from there until it was taken."""
        if self.left_at is None or self.arrived_at is None:
            return None
        return max(0.0, (self.arrived_at - self.left_at).total_seconds())


def probe_of(mail: InboundMail, envelope: Envelope, trail: Trail, policy: Policy, key: TokenKey) -> str:
    """The Message-ID under which this mail was sent as a probe; "" where it is none, or is only a copy of one.

    A relay may have given it another Message-ID: then its subject proves it, where it bears our mark as well.
    """
    if envelope.sent or envelope.transport is Transport.IMPORT:
        return ""
    kind = TOKEN_KINDS[NoticeKind.PROBE]
    if trail.minted is not None and trail.minted.kind == kind:
        return mail.message_id
    if policy.instance_id not in mail.loop_marks:
        return ""
    token = key.read(find_probe(mail.subject), today=envelope.received_at.date())
    if token is None or token.kind != kind:
        return ""
    desk = next((desk for desk in policy.desks if token.is_for(desk.address)), policy.desks[0])
    return message_id(token.text, domain_of(desk))


def domain_of(desk: Desk) -> str:
    """The domain of its Message-IDs."""
    return desk.address.rpartition("@")[2]


def slot_of(now: datetime, canary: Canary) -> datetime:
    """The moment for which a probe is due by now: the same on all nodes."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // canary.every * canary.every


def probe(desk: Desk, token: str, policy: Policy) -> Notice:
    """A mail of the desk to itself."""
    itself = Address(name=desk.name, addr_spec=desk.address)
    return Notice(
        kind=NoticeKind.PROBE, to=(itself,), from_=itself, title="",
        language=policy.default_language, details={"token": token},
    )  # fmt: skip


def late(probes: Sequence[Probe], now: datetime, late_after: timedelta) -> Mapping[Side, Probe]:
    """The first late probe of each side that is broken; what came through after it mends a side. Newest first."""
    found: dict[Side, Probe] = {}
    for one in probes:
        if one.left_at or one.arrived_at:
            break
        if now - one.sent_at >= late_after:
            found[Side.OUT] = one
    for one in probes:
        if one.arrived_at:
            break
        if one.left_at and now - one.left_at >= late_after:
            found[Side.IN] = one
    return found


def name_of(side: Side, address: str) -> str:
    """What tells this trouble from others."""
    return f"canary {side} {address}"


def trouble(side: Side, address: str, first: Probe, canary: Canary) -> Trouble:
    """What is told of a side that is broken. `first`: the first probe that is late."""
    after = f"{canary.late_after.total_seconds() / 60:g} minutes"
    places = "; ".join((*canary.doors, "a folder for junk; the queue of the mail server before it"))
    why = first.error or "it waits"
    if side is Side.OUT:
        return Trouble(
            name=name_of(side, address), headline=f"Mail from {address} does not leave", since=first.sent_at,
            happened=f"A mail that mailticket sends to itself has not left after {after}: {why}.",
            means="Confirmations and answers wait in the outbox; they leave by themselves when the relay takes them.",
            mend=("Run `mailticket check`: it names what is wrong with the relay.",),
        )  # fmt: skip
    assert first.left_at is not None
    fate = f" {first.error.capitalize()}." if first.error else ""
    return Trouble(
        name=name_of(side, address), headline=f"Mail to {address} does not come in", since=first.left_at,
        happened=f"A mail that mailticket sends to itself has left, and was not back after {after}.{fate}",
        means=f"What customers write to {address} may lie somewhere on its way, and nobody sees it as a ticket. "
        "What mailticket sends still leaves.",
        mend=(
            "Run `mailticket check`: it names what is wrong with a mailbox or a door.",
            f"Look where mail may wait: {places}.",
            "Run `mailticket canary` after the mend: it sends such a mail at once and says where it is stuck.",
        ),
    )  # fmt: skip
