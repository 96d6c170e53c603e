"""What does an agent hear of an own mail? Why it was not carried out, what was done, and how to have it otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mailticket.desk.buttons import Button, Word
from mailticket.desk.decision import Hold
from mailticket.desk.notice import Notice, NoticeKind, rfc3339
from mailticket.desk.policy import Agent, Policy
from mailticket.desk.reading import News, Reading
from mailticket.desk.ticket import Ticket
from mailticket.mail.message import Address, InboundMail
from mailticket.mail.tokens import without_button

#: Why an agent's own mail is held with a question; the agent's word carries it out.
ASKED = frozenset({"wrong_command", "file_refused", "may_leak", "changed_since"})

#: A mail to an agent stays below 100 KB, in text and HTML: of longer words the end is in the agent's own mail.
_LONGEST = 20_000
_SHOWN = 10
_NEWS_LENGTH = 2_000
#: Between lines that are shown in a sentence.
_LINE_END = " ⏎ "


def released(word: Word, reason: str) -> Word:
    """What `word` means for mail that is held for `reason`: letting an answer go that was asked about sends it."""
    return Word.SEND if word is Word.RELEASE and reason in ASKED else word


def choices(reading: Reading) -> tuple[Word, ...]:
    """What can be said about a mail that was held with a question."""
    if not reading.orders.problems:
        return Word.SEND, Word.DISCARD
    possible = ((Word.CORRECTED, reading.corrected), (Word.WITHOUT, reading.without))
    return (*(word for word, text in possible if text.strip()), Word.DISCARD)


def not_sent(
    agent: Agent,
    decision: Hold,
    mail: InboundMail,
    ticket: Ticket | None,
    buttons: Sequence[Button],
    policy: Policy,
) -> Notice:
    """Asks an agent, at the registered address, about an own mail of which nothing was carried out."""
    reading = decision.reading
    assert reading is not None
    links = {str(button.word): button.link for button in buttons}
    meant = [line for problem in reading.orders.problems for line in problem.did_you_mean.split("\n") if line]
    details: Mapping[str, Any] = {
        "about": "not_sent",
        "problems": [
            {"line": problem.line, "message": problem.message, "meant": problem.did_you_mean.replace("\n", _LINE_END)}
            for problem in reading.orders.problems[:_SHOWN]
        ],
        "more_problems": max(0, len(reading.orders.problems) - _SHOWN),
        "refused": [{"filename": file.filename, "reason": file.withheld} for file in reading.refused]
        if reading.text
        else [],
        "allowed": sorted(policy.attachments.allowed) if reading.refused else [],
        "passages": list(reading.leaks[:_SHOWN]),
        "news": [_news(one) for one in reading.news[:_SHOWN]] if reading.text else [],
        "meant": meant[0] if len(meant) == 1 else "",
        **{word: links.get(word, "") for word in (Word.SEND, Word.CORRECTED, Word.WITHOUT, Word.DISCARD)},
        **_words(reading.written),
    }
    return _notice(agent, mail, ticket, details, policy)


def done(
    agent: Agent,
    reading: Reading,
    mail: InboundMail,
    ticket: Ticket | None,
    sent_to: Sequence[str],
    undo: Button | None,
    leaves_at: datetime,
    policy: Policy,
) -> Notice:
    """Tells an agent what was done; with `undo`, that the answer can be taken back until it leaves."""
    details: Mapping[str, Any] = {
        "about": "waits" if undo else "done",
        "undo": undo.link if undo else "",
        "leaves_at": rfc3339(leaves_at) if undo else "",
        "sent_to": list(sent_to),
        "noted": bool(reading.orders.note),
        "commands": [line.strip() for line in reading.orders.lines if not reading.orders.note or "#note" not in line],
    }
    return _notice(agent, mail, ticket, details, policy)


def taken_back(agent: Agent, in_time: bool, text: str, mail: InboundMail, ticket: Ticket, policy: Policy) -> Notice:
    """Tells an agent whether an answer was taken back `in_time`; `text` is what it said."""
    details = {"about": "taken_back" if in_time else "too_late", **_words(text)}
    return _notice(agent, mail, ticket, details, policy)


def pressed(
    agent: Agent,
    button: str,
    before: datetime | None,
    problem: str,
    mail: InboundMail,
    ticket: Ticket,
    policy: Policy,
) -> Notice:
    """Tells an agent what became of a button: done now, or `before`, or not, for this `problem`."""
    details = {
        "about": "pressed_before" if before else "not_pressed" if problem else "pressed",
        "button": button,
        "pressed_at": rfc3339(before) if before else "",
        "problem": problem,
    }
    return _notice(agent, mail, ticket, details, policy)


def gone(agent: Agent, mail: InboundMail, policy: Policy) -> Notice:
    """Tells an agent that a button has done nothing: the mail that it was about waits no longer."""
    button = without_button(mail.subject).strip()
    return _notice(agent, replace(mail, subject=button), None, {"about": "gone", "button": button}, policy)


def _news(one: News) -> Mapping[str, Any]:
    text = one.text.strip()
    return {
        "who": one.author.name or one.author.addr_spec,
        "at": rfc3339(one.at),
        "answer": one.answer,
        "text": text if len(text) <= _NEWS_LENGTH else text[:_NEWS_LENGTH].rstrip() + " …",
    }


def _words(written: str) -> Mapping[str, Any]:
    """All that the agent wrote, or nearly all of it."""
    text = written.strip("\n")
    return {"written": text[:_LONGEST], "cut": len(text) > _LONGEST}


def _notice(
    agent: Agent, mail: InboundMail, ticket: Ticket | None, details: Mapping[str, Any], policy: Policy
) -> Notice:
    contact = ticket.contact if ticket else None
    return Notice(
        kind=NoticeKind.RECEIPT,
        to=(Address(name=agent.name, addr_spec=agent.address),),
        from_=Address(name=policy.desk_name, addr_spec=policy.desk_address),
        title=ticket.title if ticket else mail.subject,
        number=ticket.number if ticket else "",
        language=policy.default_language,
        # below the agent's own mail
        in_reply_to=mail.message_id,
        references=tuple(_unique((*mail.references[-20:], mail.message_id))),
        details={
            "agent_name": agent.name,
            "customer": (contact.name or contact.addr_spec) if contact else "",
            **details,
        },
    )


def _unique(message_ids: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(id_ for id_ in message_ids if id_)
