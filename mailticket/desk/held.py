"""Who is asked about held mail, and what? Nobody's mail is forgotten: somebody in charge hears of it, once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mailticket.desk.buttons import Button, Word
from mailticket.desk.decision import Hold
from mailticket.desk.hours import after_business_hours
from mailticket.desk.notice import Notice, NoticeKind, rfc3339
from mailticket.desk.notifications import audience, leads
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.pressing import ELSEWHERE
from mailticket.desk.ticket import Ticket
from mailticket.desk.validation import TEXT_LENGTH
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.tokens import without_button

#: Reasons that say something about the sender; only these are mended by time or by a word.
DOUBTED = frozenset({"failed_verdict", "spam"})

#: So much of a held mail's words is shown to those who decide.
_EXCERPT = 600

#: Why a mail was held, in words for the agent who is asked.
REASONS: Mapping[str, str] = {
    "agent_not_verified": "nothing proves that it comes from you: your mail server did not authenticate it, and it "
    "answers no notification that was sent to you, or its button has been shown to others",
    "more_than_a_token": "it asks for more (#cc, #merge, …) than an answer to a notification may do while your mail "
    "server does not prove that it comes from you",
    "failed_verdict": "its sender's domain says that this mail is forged",
    "spam": "our mail server takes it for spam",
    "too_quick": "three times within an hour your answer came within seconds, as if an absence notice wrote it; "
    "it was not passed on to the customer",
    "answer_without_words": "there are no words of yours in it for the customer; reply again with some",
    "answer_too_long": f"it has more than {TEXT_LENGTH:,} characters; shorten it and send it again",
    "answer_to_a_question": "it answers a question of ours, which only buttons answer, or #release alone with the "
    "number of a mail that is held; to write to the customer reply to the notification, or write a new mail with the "
    "number in its subject",
    "answer_without_address": "the ticket has no address that an answer could go to",
    "answer_with_sign_up_code": "the ticket is tagged sign-up-code: it holds a code or link of another service, with "
    "which anybody can sign up in our name. Where it holds none, take the tag off (mailticket ticket set NUMBER tags=) "
    "and send your answer again",
    "whose_mail": "it forwards somebody's mail, and does not say whose; reply to this mail with a line such as "
    "#requester carla@shop.example, and it becomes a ticket of that person's. Let it through, and it is a ticket of "
    "your own",
    "wrong_command": "one of its commands cannot be carried out",
    "file_refused": "a file that belongs to it is not sent by the desk",
    "may_leak": "it holds words that look as if they were for colleagues only",
    "changed_since": "somebody else had written on the ticket since its agent looked",
    "button_expired": "the button that was pressed is not valid any more",
    "button_from_elsewhere": "a button that was sent to you was pressed from an address that is not known as yours",
    "button_of_another": "a button that was sent to you was pressed from another address",
    "agent_from_elsewhere": "it answers a mail that was sent to you, and comes from an address that is not known as "
    "yours",
}


def asked(decision: Hold, ticket: Ticket | None, known: bool, policy: Policy) -> tuple[Agent, ...]:
    """The agents who are asked: the one in whose name the mail came, else who is in charge of a known person's.

    Nobody is asked about a stranger's: those are listed in the digest.
    """
    if decision.tell:
        named = policy.agent(decision.tell)
        return (named,) if named else ()
    if not known:
        return ()
    in_charge = audience(ticket, policy) if ticket else ()
    return in_charge or leads(policy)


def deadline(decision: Hold, known: bool, received_at: datetime, policy: Policy) -> datetime | None:
    """When a held mail becomes a ticket of its own if nobody decides; None where it waits for a word."""
    if not known or decision.reason not in DOUBTED:
        return None
    return after_business_hours(received_at, policy.held_decides_after_hours, policy.timezone, policy.hours)


def choices(decision: Hold, ticket: Ticket | None) -> tuple[Word, ...]:
    """What can be said about it."""
    if decision.reason == "button_from_elsewhere":
        return (Word.ADD_ALIAS, Word.DISCARD)
    if decision.reason in ELSEWHERE:
        return (Word.ADD_ALIAS, Word.RELEASE, Word.DISCARD)
    if decision.reason.startswith(("answer_", "button_")):
        # what lacks words or an address lacks them after a release, too
        return (Word.DISCARD,)
    return (Word.RELEASE, Word.JOIN, Word.DISCARD) if ticket and not decision.tell else (Word.RELEASE, Word.DISCARD)


def held(
    agent: Agent,
    decision: Hold,
    mail: InboundMail,
    ticket: Ticket | None,
    held_id: int,
    received_at: datetime,
    decide_at: datetime | None,
    buttons: Sequence[Button],
    policy: Policy,
    known: bool = False,
) -> Notice:
    """Asks an agent, at the registered address, about a mail that was not carried out.

    `known`: the desk has had to do with the address that it came from.
    """
    links = {str(button.word): button.link for button in buttons}
    details: Mapping[str, Any] = {
        "agent_name": agent.name,
        "yours": bool(decision.tell),
        "elsewhere": decision.reason in ELSEWHERE,
        "is_customer": known,
        "sender": mail.from_.addr_spec if mail.from_ else "",
        "subject": without_button(mail.subject),
        "excerpt": "" if decision.tell and decision.reason != "agent_from_elsewhere" else _excerpt(mail.reply),
        "reason": reason_in_words(decision.reason),
        "held_id": str(held_id),
        "ticket": ticket.number if ticket else "",
        "add_alias": links.get("add_alias", ""),
        "release": links.get("release", ""),
        "join": links.get("join", ""),
        "discard": links.get("discard", ""),
        "received_at": rfc3339(received_at),
        "decides_at": rfc3339(decide_at) if decide_at else "",
    }
    return Notice(
        kind=NoticeKind.HELD,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title="",
        language=policy.default_language,
        details=details,
    )


def reason_in_words(reason: str) -> str:
    """Why a mail is held, for an agent to read."""
    return REASONS.get(reason, reason.replace("_", " "))


def _excerpt(text: str) -> str:
    words = text.strip()
    return words if len(words) <= _EXCERPT else words[:_EXCERPT].rstrip() + " …"
