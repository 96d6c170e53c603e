"""Who may read which words? Marked words go into every text, and are looked for in every mail that leaves."""

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.factories import DESK
from tests.integration.inside.letters import Letter
from tests.integration.inside.office import AGENTS, Office

_WORD = re.compile(r"(?:inner|outer)\d+zq")
#: Addresses of agents never show, and who reads there may read everything.
INSIDE = frozenset({DESK, *(address for agent in AGENTS for address in (agent.address, *agent.aliases))})


class Secrets:
    """All marked words of a story.

    An inner word is for agents alone; an outer one for those who had a part in its ticket when it was said there.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._numbers = itertools.count(1)
        self._readers: dict[str, set[str]] = {}
        #: Message-IDs that agents' mail programs have made.
        self._ids: set[str] = set()
        #: Tokens in mail to agents, and in mail to others.
        self._tokens: set[str] = set()
        self._told_tokens: set[str] = set()
        self._messages: set[str] = set()
        #: The last event of each ticket, by number.
        self._events: dict[str, int] = {}
        self._letters = 0

    def inner(self) -> str:
        """A word that no customer may read."""
        return f"inner{next(self._numbers)}zq"

    def outer(self) -> str:
        """A word that becomes public when it stands in a public message of a ticket, for the people of that ticket."""
        word = f"outer{next(self._numbers)}zq"
        self._readers[word] = set()
        return word

    def written(self, message_id: str) -> None:
        """An agent has sent this mail to the desk and to nobody else."""
        self._ids.add(message_id.strip("<>"))

    def check(self) -> None:
        """Asserts that nobody has been sent what is not for them, of all that left since the last time."""
        self._listen()
        new, self._letters = self._office.letters[self._letters :], len(self._office.letters)
        customers_ids = "\n".join(self._office.customers_ids())
        for letter in new:
            readers = letter.to - INSIDE
            if readers:
                self._told_tokens |= letter.tokens - self._tokens
                slips = list(self._slips(letter, readers))
                shown = letter.raw.decode("utf-8", "replace")
                assert not slips, f"{sorted(readers)} were sent what is not for them: {slips}\n{shown}"
            else:
                tokens = letter.tokens - self._told_tokens
                self._tokens |= {token for token in tokens if token not in customers_ids}

    def _slips(self, letter: Letter, readers: Iterable[str]) -> Iterator[str]:
        for word in set(_WORD.findall(letter.everything)):
            if any(reader not in self._readers.get(word, ()) for reader in readers):
                yield word
        yield from (address for address in INSIDE - {DESK} if address in letter.everything)
        yield from (token for token in letter.tokens & self._tokens)
        yield from (id_ for id_ in self._ids if id_ in letter.everything)

    def _listen(self) -> None:
        """Takes note of what has been said to whom."""
        for number, event in self._office.last_events().items():
            if self._events.get(number) == event:
                continue
            self._events[number] = event
            ticket = self._office.desk.show(number)
            people = [ticket["contact"], *ticket["participants"]]
            members = {person["address"] for person in people if person}
            self._tell(ticket["title"], members)
            for message in ticket["messages"]:
                if message["id"] not in self._messages and message["visibility"] == "public":
                    names = (file["filename"] for file in message["attachments"])
                    self._tell(" ".join((message["reply"], *names)), members | _addressed(message))
                self._messages.add(message["id"])

    def _tell(self, text: str, people: Iterable[str]) -> None:
        for word in _WORD.findall(text):
            if word in self._readers:
                self._readers[word].update(people)


def _addressed(message: dict[str, Any]) -> set[str]:
    people = (message["from"], *message["to"], *message["cc"])
    return {person["address"] for person in people if person}
