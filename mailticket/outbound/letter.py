"""How does an outbox row become a mail? Words, marks and files put together; contract.md, Outgoing mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mailticket.desk.notice import ANSWERS, TO_CUSTOMERS, Notice, NoticeKind
from mailticket.desk.policy import Policy
from mailticket.mail.compose import OutgoingMail, Unsendable, compose, tagged_subject, wire_address
from mailticket.mail.tokens import without_tokens
from mailticket.outbound.render import Templates
from mailticket.store.outbox import OutboxRow


def write(row: OutboxRow, facts: Mapping[str, Any], templates: Templates, policy: Policy, now: datetime) -> bytes:
    """The bytes of the mail. `facts`: what the store knows beyond the notice; its "attachments" become the files.

    Raises Unsendable where it can never be sent, TemplateFault where no template gives it words.
    """
    notice = row.notice
    words = templates.render(notice, {name: value for name, value in facts.items() if name != "attachments"})
    tag = policy.subject_tag.replace("{number}", notice.number) if notice.number else ""
    by_a_person = notice.kind is NoticeKind.REPLY
    # an agent may have quoted what was sent to agents alone
    shown = without_tokens if notice.kind in TO_CUSTOMERS else str
    mail = OutgoingMail(
        from_=notice.from_,
        to=notice.to,
        cc=notice.cc,
        subject=tagged_subject(shown(words.subject), tag),
        date=now,
        message_id=row.message_id,
        in_reply_to=notice.in_reply_to,
        references=notice.references,
        text=shown(words.text),
        html=shown(words.html),
        attachments=tuple(facts.get("attachments", ())),
        language=words.language,
        notice=notice.kind,
        loop=policy.instance_id,
        auto_submitted="" if by_a_person else "auto-replied" if notice.kind in ANSWERS else "auto-generated",
        suppress_answers=notice.kind in TO_CUSTOMERS and not by_a_person,
    )
    return compose(mail)


def recipients(notice: Notice) -> tuple[str, ...]:
    """The forward-paths, each once, at least one. Raises Unsendable for an address that no relay takes."""
    found = tuple(dict.fromkeys(wire_address(address.addr_spec) for address in (*notice.to, *notice.cc)))
    if not found:
        raise Unsendable("it has no recipient")
    return found
