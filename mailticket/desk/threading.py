"""To which ticket does this mail belong? Token of ours, Message-ID, number in the subject: the stronger one wins.

All of these only route. What the sender may do there is triage's question. Equal subjects alone never join.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailticket.desk.buttons import ACTS, WORDS
from mailticket.desk.customer_buttons import PRESSES
from mailticket.desk.notice import TOKEN_KINDS, NoticeKind
from mailticket.desk.ticket import Ticket
from mailticket.mail.message import Address, Envelope, InboundMail
from mailticket.mail.subject import tag_numbers
from mailticket.mail.tokens import Token, TokenKey, find_button, find_proof, find_tokens, returned_to

#: What tokens say that agents were sent in the subjects of buttons.
_AGENTS_BUTTONS = frozenset({*WORDS, *ACTS})
#: What they say that stand in mail to one agent, which can be answered.
TO_AGENTS = frozenset({TOKEN_KINDS[kind] for kind in (NoticeKind.AGENT_NOTIFICATION, NoticeKind.HELD, NoticeKind.LIST)})


class Sign(StrEnum):
    """What in the mail pointed to a ticket."""

    TOKEN = "token"
    REFERENCE = "reference"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Everything in a mail that may point to a ticket, strongest first."""

    #: Genuine tokens of ours in recipient, In-Reply-To or References.
    tokens: tuple[Token, ...] = ()
    #: Message-IDs that the mail answers: the nearest first, the root last.
    answers: tuple[str, ...] = ()
    #: Message-IDs of the mail that a report speaks of.
    returned: tuple[str, ...] = ()
    #: The mail's own Message-ID, "" where it has none.
    own: str = ""
    #: Our token in that: a mail of ours came back, whatever else was taken off it on its way.
    minted: Token | None = None
    #: A button that was pressed, None where there is none.
    button: Token | None = None
    #: A customer's button that was pressed, None where there is none; it is among `tokens`, too.
    press: Token | None = None
    #: There is something like a button that is not ours or has expired.
    dead_button: bool = False
    #: Numbers in the subject, in the form of our subject_tag.
    numbers: tuple[str, ...] = ()

    @property
    def is_pressed(self) -> bool:
        """Whether it is the mail of a button: a person sends that as soon as it is seen."""
        return self.button is not None or self.press is not None

    @property
    def is_of_agents(self) -> bool:
        """Whether something in it was sent to an agent and to nobody else."""
        return self.button is not None or any(token.kind in TO_AGENTS for token in self.tokens)

    @property
    def message_ids(self) -> tuple[str, ...]:
        """All Message-IDs that this mail ties to its ticket."""
        return (*self.answers, self.own) if self.own and self.own not in self.answers else self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A ticket that exists, and what pointed to it."""

    sign: Sign
    ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The ticket that the mail belongs to by its signs, None where they lead nowhere."""

    ticket: Ticket | None = None
    sign: Sign | None = None
    #: Numbers of other tickets that weaker signs pointed to.
    overruled: tuple[str, ...] = ()


def trail_of(mail: InboundMail, envelope: Envelope, key: TokenKey, subject_tag: str) -> Trail:
    """Reads the signs in `mail` and its envelope."""
    recipients = envelope.rcpt_tos or tuple(address.addr_spec for address in (*mail.to, *mail.cc))
    returned = _returned(mail, recipients)
    thread = mail.bounce.thread if mail.bounce else ()
    answers = list(dict.fromkeys([*returned, *thread, mail.in_reply_to, *mail.parents, *reversed(mail.references)]))
    texts = (*recipients, *answers)
    today = envelope.received_at.date()
    pressed = find_button(mail.subject)
    button = key.read(pressed, today=today) if pressed else None
    press = button if button and button.kind in PRESSES else None
    tokens = [token for text in find_tokens(texts) if (token := key.read(text, today=today))]
    tokens += [press] if press else []
    # the mail of a button that needs words: it proves what an answer to the notification would
    proof = key.read(find_proof(mail.subject), today=today)
    tokens += [proof] if proof and proof.kind == TOKEN_KINDS[NoticeKind.AGENT_NOTIFICATION] else []
    return Trail(
        tokens=tuple(tokens),
        answers=tuple(answer for answer in answers if answer),
        returned=returned,
        own=mail.message_id,
        minted=next(filter(None, (key.read(own, today=today) for own in find_tokens([mail.message_id]))), None),
        button=button if button and button.kind in _AGENTS_BUTTONS else None,
        press=press,
        dead_button=bool(pressed) and (button is None or button.kind not in (*_AGENTS_BUTTONS, *PRESSES)),
        # another desk's tag may look like ours, and its numbers, too
        numbers=() if mail.loop_marks else tag_numbers(mail.subject, subject_tag),
    )


def _returned(mail: InboundMail, recipients: Iterable[str]) -> tuple[str, ...]:
    report = mail.bounce or mail.complaint
    if report is None:
        return ()
    return tuple(id_ for id_ in (*returned_to(recipients), report.original_message_id) if id_)


def choose(found: Sequence[Found], *people: Address | None) -> Thread:
    """The strongest sign of `found` (given strongest first); among numbers the first one that is one of `people`'s:
    of who wrote the mail, or to whom the desk wrote it."""
    if not found:
        return Thread()
    best = found[0]
    if best.sign is Sign.NUMBER:
        known = [person.addr_spec for person in people if person is not None]
        theirs = (one for one in found if any(belongs(addr_spec, one.ticket) for addr_spec in known))
        best = next(theirs, best)
    others = dict.fromkeys(one.ticket.number for one in found if one.ticket.id != best.ticket.id)
    return Thread(ticket=best.ticket, sign=best.sign, overruled=tuple(others))


def belongs(addr_spec: str, ticket: Ticket) -> bool:
    """Whether this is the ticket's requester or one of its participants."""
    return (ticket.contact is not None and ticket.contact.addr_spec == addr_spec) or addr_spec in ticket.participants
