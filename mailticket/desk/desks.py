"""Which desk was a mail written to, and which one speaks for a ticket? An installation has one desk or several.

The address that the customer has written to stays the ticket's, whichever team has it: one conversation, one sender.
"""

from dataclasses import dataclass

from mailticket.desk.policy import Desk, Policy
from mailticket.desk.ticket import Ticket
from mailticket.mail.message import Address, Envelope, InboundMail


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTo:
    """Where a mail was meant to go."""

    desk: Desk
    #: The one of its addresses that answers come from.
    address: str
    #: Whose a ticket is that the mail opens, "" for everybody's.
    team: str


def written_to(mail: InboundMail, envelope: Envelope, policy: Policy) -> WrittenTo:
    """The desk that stands first in To and Cc; where none does, the one that the mail was delivered for; else the main.

    The header goes first because each copy of a mail to two desks has the same one, by whichever door it comes. Mail
    whose header names none of us (Bcc, an alias elsewhere) has only its envelope, or the mailbox that it lies in.
    """
    for named in (*_named(mail), *envelope.rcpt_tos):
        if address := policy.own_address(named):
            desk = policy.desk_at(address)
            assert desk is not None
            return WrittenTo(desk=desk, address=address, team=desk.team)
    team = envelope.team if envelope.team in policy.teams else ""
    desk = _desk_of_team(team, policy)
    return WrittenTo(desk=desk, address=desk.address, team=team or desk.team)


def desks_named(mail: InboundMail, policy: Policy) -> tuple[Desk, ...]:
    """The desks in To and Cc, each once."""
    found = (policy.desk_at(named) for named in _named(mail))
    return tuple(dict.fromkeys(desk for desk in found if desk is not None))


def desk_of(ticket: Ticket, policy: Policy) -> Desk:
    """The desk that speaks for `ticket`: the one written to; where that is gone its team's, else the main one."""
    return policy.desk_at(ticket.desk_address) or _desk_of_team(ticket.team, policy)


def from_address(ticket: Ticket, policy: Policy, name: str = "") -> Address:
    """What mail about `ticket` comes from: the address that was written to. `name`: "" for the desk's own."""
    desk = desk_of(ticket, policy)
    is_ours = ticket.desk_address in policy.desk_addresses
    return Address(name=name or desk.name, addr_spec=ticket.desk_address if is_ours else desk.address)


def other_desks(mail: InboundMail, ticket: Ticket, policy: Policy) -> tuple[Desk, ...]:
    """Desks beside the ticket's own that `mail` was written to: one mail is one ticket, but they have to know of it."""
    own = desk_of(ticket, policy)
    return tuple(desk for desk in desks_named(mail, policy) if desk is not own)


def is_for_another(mail: InboundMail, ticket: Ticket, policy: Policy) -> bool:
    """Whether `mail` was written to other desks, and not to the one that speaks for `ticket`."""
    named = desks_named(mail, policy)
    return bool(named) and desk_of(ticket, policy) not in named


def is_from_desk_to_desk(mail: InboundMail, policy: Policy) -> bool:
    """Whether somebody at one of our desks wrote this to another one: words of a person, which must arrive."""
    sender = policy.desk_at(mail.from_.addr_spec) if mail.from_ and not mail.from_defect else None
    named = desks_named(mail, policy)
    return sender is not None and not mail.auto_submitted and bool(named) and sender not in named


def _named(mail: InboundMail) -> list[str]:
    return [address.addr_spec for address in (*mail.to, *mail.cc)]


def _desk_of_team(team: str, policy: Policy) -> Desk:
    return next((desk for desk in policy.desks if team and desk.team == team), policy.desks[0])
