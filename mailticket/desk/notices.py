"""Who is told what? Builds the Notices that go with a decision; their words are the templates'."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mailticket.desk.attachments import Judged
from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.sender import Sender
from mailticket.desk.ticket import Status, Ticket
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address, InboundMail

#: A mail with thousands of files gets no confirmation with thousands of names.
_FILES_NAMED = 20


def confirmation(
    ticket: Ticket, mail: InboundMail, sender: Sender, files: Iterable[Judged], policy: Policy, follows: str
) -> Notice:
    """To the From address. Without a verdict it gets none of the mail's words: it may be somebody else's address."""
    assert sender.address is not None
    known = sender.verdict is Verdict.PASS
    named = [file for file in files if file.worth_naming]
    withheld = [file for file in named if file.withheld]
    kept = [file for file in named if not file.withheld]
    details: Mapping[str, Any] = {
        "greeting_name": sender.address.name if known else "",
        "title": ticket.title if known else "",
        "kept": _names(kept) if known else [],
        "withheld": [
            {"filename": file.filename, "reason": file.withheld} for file in withheld[: _FILES_NAMED if known else 0]
        ],
        "withheld_count": len(withheld),
        "allowed": sorted(policy.attachments.allowed),
        "follows": follows if known else "",
    }
    return Notice(
        kind=NoticeKind.CONFIRMATION,
        to=(Address(name=details["greeting_name"], addr_spec=sender.address.addr_spec),),
        from_=Address(name=policy.desk_name, addr_spec=ticket.desk_address or policy.desk_address),
        title=details["title"],
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=mail.message_id,
        # to a sender without a verdict not even these: anything can be written into them
        references=(*(mail.references if known else ()), *([mail.message_id] if mail.message_id else [])),
        details=details,
    )


def _names(files: Sequence[Judged]) -> list[str]:
    return [file.filename for file in files[:_FILES_NAMED]] + (["…"] if len(files) > _FILES_NAMED else [])


def answer(
    ticket: Ticket,
    message: int,
    agent: Agent | None,
    thread: Sequence[str],
    policy: Policy,
    reached: Collection[str] = (),
) -> Notice:
    """An agent's words to the customer and whoever is copied, in the desk's name, one mail for all of them.

    `thread` are the ticket's Message-IDs, oldest first.

    `reached` are addresses that the agent's own mail reached already. None for `agent` speaks as the desk.
    """
    assert ticket.contact is not None
    name = f"{agent.name} ({policy.desk_name})" if agent else policy.desk_name
    to = () if ticket.contact.addr_spec in reached else (ticket.contact,)
    return Notice(
        kind=NoticeKind.REPLY,
        to=to,
        cc=tuple(person for person in ticket.copied if person.addr_spec not in reached),
        from_=Address(name=name, addr_spec=ticket.desk_address or policy.desk_address),
        title=ticket.title,
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        message=message,
        details={
            "agent_name": agent.name if agent else policy.desk_name,
            "signature": agent.signature if agent else "",
        },
    )


def status_update(ticket: Ticket, kind: NoticeKind, before: Status, thread: Sequence[str], policy: Policy) -> Notice:
    """Tells the customer that the ticket's status changed for them. `before`: what they were last told."""
    assert ticket.contact is not None
    return Notice(
        kind=kind,
        to=(ticket.contact,),
        from_=Address(name=policy.desk_name, addr_spec=ticket.desk_address or policy.desk_address),
        title=ticket.title,
        number=ticket.number,
        language=ticket.language or policy.default_language,
        in_reply_to=thread[-1] if thread else "",
        references=tuple(thread),
        details={
            "greeting_name": ticket.contact.name,
            "title": ticket.title,
            "status": str(ticket.status),
            "before": str(before),
            "days": policy.close_resolved_after.days,
        },
    )
