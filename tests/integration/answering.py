"""Agents with a mail program, at a node without doors: they answer what they were sent, and press what is in it."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from mailticket.desk.policy import Agent
from mailticket.desk.receipt import Receipt
from mailticket.jobs import carry_out_words
from mailticket.mail.message import Address
from mailticket.store.tables import outbox
from tests.factories import ANN, CARLA, make_raw
from tests.integration.nodes import Node

BEN = Agent(name="Ben Bauer", address="ben@acme.example")
ANNS = Address(name=ANN.name, addr_spec=ANN.address)
_ids = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A mail of ours in the outbox."""

    kind: str
    message_id: str
    to: tuple[str, ...]
    title: str
    number: str
    details: dict[str, Any] = field(repr=False)
    state: str
    message: int | None


@dataclass(slots=True)
class Office:
    """A node with agents who hear of every ticket."""

    desk: Node

    def sent(self, kind: str = "", to: str = "") -> list[Sent]:
        """All mails of ours so far of this kind, and to this person; oldest first."""
        with self.desk.store.reading() as connection:
            rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        mails = [
            Sent(
                kind=row.kind, message_id=row.message_id, title=row.notice["title"], number=row.notice["number"],
                to=tuple(one["address"] for one in row.notice["to"] + row.notice["cc"]),
                details=row.notice["details"], state=row.state, message=row.notice["message"],
            )
            for row in rows
        ]  # fmt: skip
        return [mail for mail in mails if kind in ("", mail.kind) and (not to or to in mail.to)]

    def open(self, **over: Any) -> str:
        """A ticket of Carla's."""
        return self.desk.open(make_raw(**over))

    def writes(self, number: str, body: str, **over: Any) -> Receipt:
        """Carla writes again."""
        fields = {"sender": CARLA, "subject": f"[#{number}] Broken vase", "message_id": self._id(), **over}
        self._later()
        return self.desk.receive(make_raw(body=body, **fields))

    def answers(self, body: str, to: Sent | None = None, agent: Agent = ANN, **over: Any) -> Receipt:
        """An agent answers a mail of ours: by default the newest notification to this agent."""
        self._later()
        answered = to or self.sent("agent_notification", agent.address)[-1]
        fields = {
            "sender": Address(name=agent.name, addr_spec=agent.address),
            "subject": f"Re: [#{answered.number}] {answered.title}",
            "message_id": self._id(),
            "In_Reply_To": answered.message_id,
            **over,
        }
        return self.desk.receive(make_raw(body=body, **fields))

    def presses(self, mail: Sent, button: str, agent: Agent = ANN, **over: Any) -> Receipt:
        """An agent presses a button of this mail, and what it says is done."""
        self._later()
        query = parse_qs(urlsplit(mail.details[button]).query)
        fields = {"sender": Address(name=agent.name, addr_spec=agent.address), "message_id": self._id(), **over}
        receipt = self.desk.receive(make_raw(subject=query["subject"][0], body=query["body"][0], **fields))
        carry_out_words(self.desk.ledger, self.desk.clock.time)
        return receipt

    def asked(self, agent: Agent = ANN) -> Sent:
        """The newest question about an own mail of this agent's."""
        return self.sent("receipt", agent.address)[-1]

    def kinds(self, number: str) -> list[str]:
        """Events of a ticket, oldest first."""
        return [event["kind"] for event in self.desk.show(number)["events"]]

    def words(self, number: str) -> list[tuple[str, str]]:
        """Visibility and words of a ticket's messages, oldest first."""
        return [(one["visibility"], one["reply"].strip()) for one in self.desk.show(number)["messages"]]

    def _id(self) -> str:
        return f"<{next(_ids)}@mails.example>"

    def _later(self) -> None:
        self.desk.clock.time += timedelta(minutes=1)


def replies(office: Office) -> list[tuple[str, ...]]:
    """To whom answers went, oldest first."""
    return [mail.to for mail in office.sent("reply")]
