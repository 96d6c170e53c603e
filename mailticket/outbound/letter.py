"""How does an outbox row become a mail? Words, marks and files put together; contract.md, Outgoing mail."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from html import unescape
from typing import Any

from mailticket.desk.customer_buttons import Press
from mailticket.desk.notice import ANSWERS, TO_CUSTOMERS, UPDATES, Notice, NoticeKind
from mailticket.desk.policy import Policy
from mailticket.desk.worklist import zone_of
from mailticket.mail.compose import OutgoingMail, Unsendable, compose, tagged_subject, wire_address
from mailticket.mail.message import Attachment
from mailticket.mail.tokens import bare_tokens, without_tokens
from mailticket.outbound.render import Templates
from mailticket.store.outbox import OutboxRow

_SHOWN = re.compile(r'src="cid:([^"]{1,998})"')


def write(
    row: OutboxRow,
    facts: Mapping[str, Any],
    templates: Templates,
    policy: Policy,
    now: datetime,
    *,
    strict: bool = False,
) -> bytes:
    """The bytes of the mail. `facts`: what the store knows beyond the notice; its "attachments" become the files.

    Raises Unsendable where it can never be sent, TemplateFault where no template gives it words (`strict`: where one of
    the operator's fails).
    """
    notice = row.notice
    known = {name: value for name, value in facts.items() if name not in ("attachments", "images")}
    told, images = _with_images(known, facts.get("images", ()), notice.from_.domain)
    words = templates.render(
        notice,
        {**told, "timezone": _clock(notice, policy), **_kept_promise(notice, now)},
        policy.desk_at(notice.from_.addr_spec),
        strict=strict,
    )
    tag = policy.subject_tag.replace("{number}", notice.number) if notice.number else ""
    by_a_person = notice.kind is NoticeKind.REPLY
    # a probe's mailbox may have somebody's absence notice
    may_be_answered = notice.kind in TO_CUSTOMERS | {NoticeKind.PROBE}
    # an agent may have quoted what was sent to agents alone; the customer's own buttons stay
    links = [notice.details.get(press, "") for press in Press]
    shown = partial(without_tokens, kept=bare_tokens(" ".join(links))) if notice.kind in TO_CUSTOMERS else str
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
        images=images,
        attachments=tuple(facts.get("attachments", ())),
        language=words.language,
        notice=notice.kind,
        loop=policy.instance_id,
        auto_submitted="" if by_a_person else "auto-replied" if notice.kind in ANSWERS else "auto-generated",
        suppress_answers=may_be_answered and not by_a_person,
        unsubscribe=notice.details.get("stop", "").partition("&")[0] if notice.kind in UPDATES else "",
    )
    return compose(mail)


def _with_images(
    told: Mapping[str, Any], images: Sequence[Attachment], domain: str
) -> tuple[Mapping[str, Any], tuple[Attachment, ...]]:
    """`told` with Content-IDs of ours in its "html": the agent's own would tell where the mail came from."""
    named = {image.content_id: f"image{number}.{image.sha256[:16]}@{domain}" for number, image in enumerate(images, 1)}
    if not named:
        return told, ()
    html = _SHOWN.sub(lambda found: f'src="cid:{named.get(unescape(found[1]), "")}"', told["html"])
    return {**told, "html": html}, tuple(replace(image, content_id=named[image.content_id]) for image in images)


def _kept_promise(notice: Notice, now: datetime) -> Mapping[str, str]:
    """Takes back a time that has passed while the mail waited for its relay."""
    promised = notice.details.get("answer_by")
    return {"answer_by": ""} if promised and datetime.fromisoformat(promised) <= now else {}


def _clock(notice: Notice, policy: Policy) -> str:
    """The time zone of whoever reads it: an agent's own, else the desk's."""
    agent = policy.agent(notice.to[0].addr_spec) if notice.to and notice.kind not in TO_CUSTOMERS else None
    return zone_of(agent, policy) if agent else policy.timezone


def recipients(notice: Notice) -> tuple[str, ...]:
    """The forward-paths, each once, at least one. Raises Unsendable for an address that no relay takes."""
    found = tuple(dict.fromkeys(wire_address(address.addr_spec) for address in (*notice.to, *notice.cc)))
    if not found:
        raise Unsendable("it has no recipient")
    return found
