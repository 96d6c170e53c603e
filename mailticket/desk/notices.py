"""Who is told what? Builds the Notices that go with a decision; their words are the templates'."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mailticket.desk.attachments import Judged
from mailticket.desk.desks import desk_of, from_address
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.quotation import Said, may_be_quoted
from mailticket.desk.sender import Sender
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, InboundMail

#: A mail with thousands of files gets no confirmation with thousands of names.
_FILES_NAMED = 20


def confirmation(
    ticket: Ticket,
    mail: InboundMail,
    sender: Sender,
    files: Iterable[Judged],
    policy: Policy,
    follows: str,
    answer_by: str = "",
) -> Notice:
    """To the From address. Without a verdict it gets none of the mail's words: it may be somebody else's address.

    `answer_by`: when there will be an answer (RFC 3339), "" where nothing is promised.
    """
    assert sender.address is not None
    known = sender.verdict is Verdict.PASS
    named = [file for file in files if file.worth_naming]
    withheld = [file for file in named if file.withheld]
    kept = [file for file in named if not file.withheld]
    details: Mapping[str, Any] = {
        "greeting_name": greeting_name(sender.address) if known else "",
        "title": ticket.title if known else "",
        "kept": _names(kept) if known else [],
        "withheld": [
            {"filename": file.filename, "reason": file.withheld} for file in withheld[: _FILES_NAMED if known else 0]
        ],
        "withheld_count": len(withheld),
        "allowed": sorted(policy.attachments.allowed),
        "follows": follows if known else "",
        "answer_by": answer_by,
    }
    return Notice(
        kind=NoticeKind.CONFIRMATION,
        to=(sender.address if known else Address(addr_spec=sender.address.addr_spec),),
        from_=from_address(ticket, policy),
        title=details["title"],
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=mail.message_id,
        # to a sender without a verdict not even these: anything can be written into them
        references=(*(mail.references if known else ()), *([mail.message_id] if mail.message_id else [])),
        details=details,
    )


def greeting_name(person: Address) -> str:
    """How a mail greets `person`, "" where nobody would say it so: `Customer, Carla` names the family first."""
    name = person.name.strip("'\"` ")
    return "" if "," in name or "@" in name else name


def _names(files: Sequence[Judged]) -> list[str]:
    return [file.filename for file in files[:_FILES_NAMED]] + (["…"] if len(files) > _FILES_NAMED else [])


def answer(
    ticket: Ticket,
    message: int,
    agent: Agent | None,
    thread: Sequence[str],
    policy: Policy,
    reached: Collection[str] = (),
    resolved: Mapping[str, str] | None = None,
    said: Said | None = None,
    closed: bool = False,
) -> Notice:
    """An agent's words to the customer and whoever is copied, in the desk's name, one mail for all of them.

    `thread` are the ticket's Message-IDs, oldest first.

    `reached` are addresses that the agent's own mail reached already. None for `agent` speaks as the desk.
    `resolved`: the customer's buttons where this resolves the ticket; None where it does not. `said`: the customer's
    last message, which is quoted where it may be. `closed`: this closes the ticket.
    """
    assert ticket.contact is not None
    desk = desk_of(ticket, policy)
    name = f"{agent.name} ({desk.name})" if agent else desk.name
    to = () if ticket.contact.addr_spec in reached else (ticket.contact,)
    cc = tuple(person for person in ticket.copied if person.addr_spec not in reached)
    return Notice(
        kind=NoticeKind.REPLY,
        to=to,
        cc=cc,
        from_=from_address(ticket, policy, name),
        title=ticket.title,
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        message=message,
        details={
            "agent_name": agent.name if agent else desk.name,
            "signature": agent.signature if agent else "",
            # the stored HTML is cut to what is for the customer
            "formatted": True,
            "quoted": str(said.message) if said is not None and may_be_quoted(said, (*to, *cc)) else "",
            "resolved": resolved is not None,
            "closed": closed,
            "days": policy.close_resolved_after.days,
            **(resolved or {}),
        },
    )


def sent_by_hand(ticket: Ticket, message: int, mail: InboundMail, policy: Policy) -> Notice:
    """An answer that has left already, written from the desk's mailbox itself: what the outbox remembers of it."""
    assert mail.from_ is not None
    return Notice(
        kind=NoticeKind.REPLY,
        to=mail.to,
        cc=mail.cc,
        from_=mail.from_,
        title=ticket.title,
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        message=message,
    )


def reminder(
    ticket: Ticket, question: str, agent: str, thread: Sequence[str], policy: Policy, links: Mapping[str, str]
) -> Notice:
    """Asks the customer once more what `agent` (a name, "" for the desk) has asked. `thread` ends with that mail."""
    details = {"agent_name": agent or from_address(ticket, policy).name, "question": question, **links}
    return _to_contact(NoticeKind.REMINDER, ticket, thread, policy, details)


def status_update(
    ticket: Ticket, kind: NoticeKind, before: Status, thread: Sequence[str], policy: Policy, links: Mapping[str, str]
) -> Notice:
    """Tells the customer that the ticket's status changed for them. `before`: what they were last told; `links`: their
    buttons."""
    days = policy.close_resolved_after.days
    details = {"status": str(ticket.status), "before": str(before), "days": days, **links}
    return _to_contact(kind, ticket, thread, policy, details)


def _to_contact(
    kind: NoticeKind, ticket: Ticket, thread: Sequence[str], policy: Policy, details: Mapping[str, Any]
) -> Notice:
    """A mail of the desk's to the ticket's customer alone, in the thread."""
    assert ticket.contact is not None
    return Notice(
        kind=kind,
        to=(ticket.contact,),
        from_=from_address(ticket, policy),
        title=ticket.title,
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        details={"greeting_name": greeting_name(ticket.contact), "title": ticket.title, **details},
    )
