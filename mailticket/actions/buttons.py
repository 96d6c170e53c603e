"""Which buttons does a mail to an agent carry? Tokens of the agent's own, minted with it."""

import secrets
from collections.abc import Collection
from datetime import datetime

from mailticket.actions.context import Context
from mailticket.desk.button_words import ASSIGN, NOTE, just_send, label
from mailticket.desk.buttons import ACT_KINDS, BUTTON_LIFE, Act, mail_link, offered
from mailticket.desk.desks import desk_of, from_address
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.policy import Agent
from mailticket.desk.ticket import Ticket
from mailticket.mail.tokens import NONCE_BYTES

#: So many macros have a button of their own.
_MACROS_SHOWN = 3


def on_ticket(
    context: Context, agent: Agent, ticket: Ticket, now: datetime, only: Collection[Act] = ()
) -> list[dict[str, str]]:
    """Buttons on `ticket` for `agent` alone, as templates show them: name, label, mail (a mailto link), and page, the
    same on the web, "" where there is none.

    `only`: of what can be done with one click just these, and nothing that needs words.
    """
    policy = context.policy
    language = desk_of(ticket, policy).language or policy.default_language
    address = from_address(ticket, policy).addr_spec
    made = []
    for act in offered(ticket):
        if only and act not in only:
            continue
        token = mint(context, ACT_KINDS[act], ticket.id, agent, now)
        words = label(act, language)
        link = mail_link(address, f"{words}: {ticket.number}", token, just_send(language))
        made.append({"name": str(act), "label": words, "mail": link, "page": page(context, token)})
    return made if only else made + _with_words(context, agent, ticket, now)


def _with_words(context: Context, agent: Agent, ticket: Ticket, now: datetime) -> list[dict[str, str]]:
    """Mails that begin with a command; what stands in them is carried out as any answer of the agent's."""
    policy = context.policy
    language = desk_of(ticket, policy).language or policy.default_language
    address = from_address(ticket, policy).addr_spec
    tag = policy.subject_tag.replace("{number}", ticket.number)
    token = mint(context, TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION], ticket.id, agent, now)
    mails = [(NOTE, label(NOTE, language), "#note\n"), (ASSIGN, label(ASSIGN, language), "#assign ")]
    macros = policy.macros[:_MACROS_SHOWN]
    mails += [(f"macro:{macro.name}", macro.title, f"#macro {macro.name}\n") for macro in macros]
    return [
        {"name": name, "label": words, "mail": mail_link(address, f"{tag} {words}", token, body, "re"), "page": ""}
        for name, words, body in mails
    ]


def mint(context: Context, kind: str, id_: int, agent: Agent, now: datetime) -> str:
    """A token for a button: of `kind`, about the ticket or held mail `id_`."""
    return context.key.mint(
        kind=kind,
        ticket=id_,
        address=agent.address,
        expires=(now + BUTTON_LIFE).date(),
        nonce=secrets.token_bytes(NONCE_BYTES),
    )


def page(context: Context, token: str) -> str:
    """Where the button is on the web, "" where the desk is not."""
    return f"{context.policy.public_url}/act/{token}" if context.policy.public_url else ""
