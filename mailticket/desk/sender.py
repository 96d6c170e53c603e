"""Who is writing, and how sure are we? Role from the ticket and the settings, verdict from authentication."""

from dataclasses import dataclass
from enum import StrEnum

from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address


class Role(StrEnum):
    """What somebody is to the ticket that a mail found."""

    REQUESTER = "requester"
    PARTICIPANT = "participant"
    AGENT = "agent"
    #: Who has written from the desk's own mailbox.
    DESK = "desk"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The writer of a mail. Everything that grants something asks for role *and* verdict."""

    #: None where the mail names no readable sender.
    address: Address | None
    role: Role
    verdict: Verdict
