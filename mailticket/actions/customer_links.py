"""Which buttons does a mail to a customer carry? Tokens of their own, minted with it."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from mailticket.actions.context import Context
from mailticket.desk.customer_buttons import PRESS_KINDS, PRESS_LIFE, Press, link
from mailticket.desk.desks import from_address
from mailticket.desk.ticket import Ticket
from mailticket.mail.tokens import NONCE_BYTES


def customer_links(context: Context, ticket: Ticket, presses: Iterable[Press], now: datetime) -> dict[str, str]:
    """A mailto link each, by what it says; they are the contact's, and nobody else's."""
    if ticket.contact is None:
        return {}
    policy = context.policy
    tag = policy.subject_tag.replace("{number}", ticket.number)
    language = ticket.language or policy.default_language
    address = from_address(ticket, policy).addr_spec
    links = {}
    for press in presses:
        token = context.key.mint(
            kind=PRESS_KINDS[press],
            ticket=ticket.id,
            address=ticket.contact.addr_spec,
            expires=now.date() + PRESS_LIFE,
            nonce=secrets.token_bytes(NONCE_BYTES),
        )
        links[str(press)] = link(press, token, tag, language, address)
    return links
