"""What can be seen from outside? Mails that left, and tickets as `mailticket ticket show --json` shows them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Any

#: What differs between two mails of one kind to two people, whatever they say.
_OWN = frozenset({"delivered-to", "to", "date", "message-id", "in-reply-to", "references", "content-type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A part of the JSON of `ticket show`; what is not named here is found in `json`."""

    json: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached(Shown):
    """A file of a message."""

    filename: str
    state: str
    reason: str | None
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Shown):
    """A message of a ticket."""

    id: str
    sender: str
    direction: str
    visibility: str
    text: str
    reply: str
    verdict: str
    message_id: str | None
    delivery: str | None
    files: tuple[Attached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Shown):
    """Something that happened to a ticket."""

    kind: str
    actor: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(Shown):
    """A ticket at the moment when it was looked at."""

    number: str
    title: str
    status: str
    team: str | None
    assignee: str | None
    follows: str | None
    possible_reply_to: str | None
    #: Their addresses.
    participants: tuple[str, ...]
    messages: tuple[Message, ...]
    events: tuple[Event, ...]

    @property
    def happened(self) -> tuple[str, ...]:
        """Kinds of its events, oldest first."""
        return tuple(event.kind for event in self.events)

    def detail(self, kind: str) -> Mapping[str, Any]:
        """What the last event of this kind says."""
        found = [event for event in self.events if event.kind == kind]
        assert found, f"no event {kind} on {self.number}, only {self.happened}"
        return found[-1].detail

    @property
    def files(self) -> dict[str, str]:
        """Names of the first message's files, each with "kept" or why it was withheld."""
        return {file.filename: file.reason or file.state for file in self.messages[0].files}


def ticket(json: Mapping[str, Any]) -> Ticket:
    """The JSON of `ticket show`, or of an item of `ticket list`, in a form to assert on."""
    return Ticket(
        json=json,
        number=json["number"],
        title=json["title"],
        status=json["status"],
        team=json["team"],
        assignee=json["assignee"],
        follows=json["follows"],
        possible_reply_to=json["possible_reply_to"],
        participants=tuple(person["address"] for person in json["participants"]),
        messages=tuple(map(_message, json.get("messages", ()))),
        events=tuple(
            Event(json=event, kind=event["kind"], actor=event["actor"], detail=event["detail"])
            for event in json.get("events", ())
        ),
    )


def _message(json: Mapping[str, Any]) -> Message:
    names = ("id", "direction", "visibility", "text", "reply", "verdict", "message_id", "delivery")
    files = tuple(
        Attached(json=one, **{name: one[name] for name in ("filename", "state", "reason", "inline")})
        for one in json["attachments"]
    )
    return Message(json=json, sender=json["from"]["address"], files=files, **{name: json[name] for name in names})


class Received:
    """A mail of ours as it arrived in somebody's mailbox."""

    def __init__(self, path: Path, look: Callable[[str], Ticket]) -> None:
        self.raw = path.read_bytes()
        self._look = look
        mail = message_from_bytes(self.raw, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mail = mail

    def __getitem__(self, name: str) -> str:
        """A header field, "" where there is none."""
        return str(self.mail.get(name, ""))

    def __repr__(self) -> str:
        return f"<{self.notice} to {', '.join(self.to)}: {self.subject}>"

    @property
    def notice(self) -> str:
        return self["X-Mailticket-Notice"]

    @property
    def subject(self) -> str:
        return self["Subject"]

    @property
    def message_id(self) -> str:
        return self["Message-ID"]

    @property
    def references(self) -> list[str]:
        return self["References"].split()

    @property
    def reverse_path(self) -> str:
        """ "" is the null one."""
        return self["Return-Path"].strip("<>")

    @property
    def to(self) -> Sequence[str]:
        """Forward-paths of the envelope."""
        return [str(value) for value in self.mail.get_all("Delivered-To", [])]

    @cached_property
    def number(self) -> str:
        """The ticket's number as the subject bears it; a desk with another subject_tag has its own way."""
        found = re.search(r"\[[^\]#]*#([^\]]+)\]", self.subject)
        assert found is not None, f"no number in {self.subject!r}"
        return found[1]

    @property
    def ticket(self) -> Ticket:
        """The ticket that it is about, as it is now."""
        return self._look(self.number)

    @property
    def text(self) -> str:
        """The text part."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part."""
        return self._part("html")

    @property
    def all_words(self) -> str:
        """Header and both parts: whatever a person or a program could read in it."""
        fields = "\n".join(f"{name}: {value}" for name, value in self.mail.items())
        return f"{fields}\n\n{self.text}\n\n{self.html}"

    @property
    def files(self) -> dict[str, bytes]:
        """Attachments by name."""
        return {part.get_filename() or "": part.get_content() for part in self.mail.iter_attachments()}

    def without_own_details(self) -> str:
        """Everything that it says, but for the names of this ticket and this person."""
        fields = [f"{name}: {value}" for name, value in self.mail.items() if name.lower() not in _OWN]
        words = "\n".join([*fields, self.text, self.html]).replace(self.number, "NUMBER")
        for address in self.to:
            words = words.replace(address, "ADDRESS")
        return words

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
