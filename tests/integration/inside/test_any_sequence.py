"""Property: whatever agents and customers write, in whatever order, no internal text occurs in a mail to a non-agent.

The examples are the same each time; `pytest --hypothesis-seed=N` tries others.
"""

import shutil
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from mailticket.desk.policy import Agent
from tests.acceptance.draft import File
from tests.integration.inside.letters import Letter, mail_of
from tests.integration.inside.office import AGENTS, office
from tests.integration.inside.programs import PROGRAMS, Program
from tests.integration.inside.secrets import INSIDE, Secrets

CARLA, OTTO, PAUL, DORA = CUSTOMERS = (
    "Carla Customer <carla@shop.example>", "Otto <otto@mill.example>", "Paul <paul@shop.example>",
    "Dora <dora@late.example>",
)  # fmt: skip

customers = st.sampled_from(CUSTOMERS)
agents = st.sampled_from(AGENTS)
programs = st.sampled_from(PROGRAMS)
#: Which of somebody's mails, counted from the newest.
which = st.integers(0, 7)
verdicts = st.sampled_from([*["pass"] * 8, "none", "fail"])

#: How the desk is set up.
MANNERS: tuple[dict[str, Any], ...] = (
    {},
    {"receipts": "all", "undo": timedelta(minutes=1), "tell_when_taken": True},
    {"markdown": True, "public_url": "https://desk.acme.example", "plus_addressing": True, "receipts": "none"},
)

MACRO = "#macro parcel"
#: {inner}: a word for agents. {number}: another ticket.
ORDERS = (
    "#tag {inner}", "#status resolved", "#close", "#open", "#ask", "#priority high", "#claim", "#unassign",
    "#assign ben@acme.example", "#cc add dora@late.example", "#cc add paul@shop.example", "#quiet", "#split",
    "#cc remove paul@shop.example", "#requester otto@mill.example", "#merge {number}", "#parent {number}",
    "#snooze 2d", "#escalate", "#due 3d", "#help", MACRO, "#outcome refunded {inner}", "#untag parcel",
)  # fmt: skip
#: Commands that are none.
SLIPS = ("#priortiy high", "#noet {inner}", "#nonsense {inner}", "#merge 2611-9999", "#assign {inner}")
questions = st.sampled_from(["queue", "mine", "search broken", "show {number}", "stats week", "help"])
orders = st.lists(st.sampled_from((*ORDERS, *ORDERS, *SLIPS)), max_size=2)


def address_of(person: str) -> str:
    return person.partition("<")[2].strip(">")


class Correspondence(RuleBasedStateMachine):
    """People of a desk and their customers write to each other, and time goes by."""

    ready: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._ends = ExitStack()

    def teardown(self) -> None:
        self._ends.close()

    # -- what customers do

    @initialize(customer=customers, manner=st.sampled_from(MANNERS))
    def begins(self, customer: str, manner: dict[str, Any]) -> None:
        self.office = self._ends.enter_context(office(self.ready, **manner))
        self.secrets = Secrets(self.office)
        self.writes(customer, [], "pass")

    @rule(customer=customers, cc=st.lists(customers, max_size=2), verdict=verdicts)
    def writes(self, customer: str, cc: list[str], verdict: str) -> None:
        words, title = self.secrets.outer(), self.secrets.outer()
        copied = [one for one in cc if one != customer]
        self.office.receive(customer, f"It is broken. {words}\n", subject=f"Vase {title}", cc=copied, verdict=verdict)
        self.secrets.check()

    @rule(
        which=which, program=programs, verdict=verdicts,
        said=st.sampled_from(["No. {outer}", "Thanks!", "stop", "#note {outer}", "#resolved"]),
    )  # fmt: skip
    def customer_answers(self, which: int, program: Program, verdict: str, said: str) -> None:
        reader, letter = self.read_outside(which)
        text, html = program([said.format(outer=self.secrets.outer())], letter)
        self.office.receive(reader, text, html=html, answers=letter, verdict=verdict)
        self.secrets.check()

    @rule(which=st.integers(0, 20))
    def customer_presses(self, which: int) -> None:
        reader, _ = self.read_outside(which)
        self.press(reader, self.links_of(reader), which, f"By the way: {self.secrets.outer()}")

    @rule(which=which)
    def mail_comes_back(self, which: int) -> None:
        reader, letter = self.read_outside(which)
        self.office.comes_back(letter, reader)
        self.secrets.check()

    # -- what agents do

    @rule(
        agent=agents, which=which, program=programs, orders=orders, has_words=st.booleans(), has_note=st.booleans(),
        has_file=st.booleans(), verdict=verdicts, cc=st.lists(customers, max_size=1),
    )  # fmt: skip
    def agent_answers(
        self, agent: Agent, which: int, program: Program, orders: list[str], has_words: bool, has_note: bool,
        has_file: bool, verdict: str, cc: list[str],
    ) -> None:  # fmt: skip
        lines = [self.filled(order) for order in orders]
        lines += [f"We send a new one. {self.secrets.outer()}"] if has_words else []
        lines += ["#note", self.new_note()] if has_note else []
        # what is attached to a note alone is for agents, too; a macro's words are an answer
        word = self.secrets.outer() if has_words or MACRO in orders else self.secrets.inner()
        files = [File(f"{word}.txt", f"{word}\n".encode(), "text/plain")] if has_file else []
        self.answer(agent, which, program, lines, verdict=verdict, cc=cc, files=files)

    @rule(agent=agents, which=which, program=programs, note=st.integers(0, 5))
    def agent_quotes_a_note(self, agent: Agent, which: int, program: Program, note: int) -> None:
        letter = self.mail_of(agent.address, which)
        if letter is not None and (notes := self.office.notes_on(letter)):
            self.answer(agent, which, program, ["As we say here:", notes[note % len(notes)]])

    @rule(agent=agents, which=which)
    def agent_is_absent(self, agent: Agent, which: int) -> None:
        letter = self.mail_of(agent.address, which)
        if letter is not None:
            marks = {"Auto-Submitted": "auto-replied", "Subject": f"Automatic reply: {letter.subject}"}
            text = f"I am ill, ring me at home. {self.secrets.inner()}\n"
            self.send(agent, text, answers=letter, fields=marks)

    @rule(agent=agents, which=st.integers(0, 40), has_words=st.booleans(), from_elsewhere=st.booleans())
    def agent_presses(self, agent: Agent, which: int, has_words: bool, from_elsewhere: bool) -> None:
        sender = "ann.private@phone.example" if from_elsewhere else agent.address
        self.press(sender, self.links_of(agent.address), which, f"#note {self.new_note()}" if has_words else "")

    @rule(agent=agents, customer=customers, as_attachment=st.booleans(), verdict=verdicts)
    def agent_forwards(self, agent: Agent, customer: str, as_attachment: bool, verdict: str) -> None:
        note, words = self.new_note(), f"My chair is broken, too. {self.secrets.outer()}"
        head = f"From: {customer}\nTo: {agent.address}\nSubject: Chair\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n"
        original = f"{head}Message-ID: <{self.secrets.outer()}@shop.example>\n\n{words}\n"
        text = note if as_attachment else f"{note}\n\n---------- Forwarded message ---------\n{head}\n{words}\n"
        attached = [original.encode()] if as_attachment else []
        self.send(agent, text + "\n", subject="Fwd: Chair", verdict=verdict, attached=attached)

    @rule(agent=agents, customer=customers, by_phone=st.booleans())
    def agent_opens(self, agent: Agent, customer: str, by_phone: bool) -> None:
        if by_phone:
            text = f"#phone {customer}\n{self.new_note()}\n"
        else:
            text = f"#to {address_of(customer)}\nYour chair is ready. {self.secrets.outer()}\n"
        self.send(agent, text, subject=f"Chair {self.secrets.outer()}")

    @rule(
        agent=agents, subject=st.sampled_from(["queue", "mine", "search broken", "show {number}", "stats week", "help"])
    )
    def agent_asks(self, agent: Agent, subject: str) -> None:
        self.send(agent, "", subject=self.filled(subject))

    @rule(customer=customers, subject=questions)
    def customer_asks(self, customer: str, subject: str) -> None:
        self.office.receive(customer, f"{self.secrets.outer()}\n", subject=self.filled(subject))
        self.secrets.check()

    @rule(number=st.integers(0, 5), values=st.sampled_from(["resolved", "closed", "open", "pending_customer"]))
    def script_changes(self, number: int, values: str) -> None:
        numbers = self.office.desk.numbers()
        self.office.desk.change(numbers[number % len(numbers)], status=values)
        self.office.deliver()
        self.secrets.check()

    @rule(time=st.sampled_from([timedelta(minutes=2), timedelta(hours=6), timedelta(days=1), timedelta(days=5)]))
    def time_passes(self, time: timedelta) -> None:
        self.office.passes(time)
        self.secrets.check()

    # -- in other words

    def read_outside(self, which: int) -> tuple[str, Letter]:
        """Somebody who is no agent, and a mail that this one has been sent: everybody gets a confirmation first."""
        letters = [letter for letter in self.office.letters if letter.to - INSIDE]
        letter = letters[-1 - which % len(letters)]
        return min(letter.to - INSIDE), letter

    def mail_of(self, address: str, which: int) -> Letter | None:
        letters = self.office.of(address)
        return letters[-1 - which % len(letters)] if letters else None

    def links_of(self, address: str) -> list[str]:
        return [link for letter in self.office.of(address) for link in letter.links]

    def new_note(self) -> str:
        return f"He has complained before and is {self.secrets.inner()}, so beware of him"

    def filled(self, words: str) -> str:
        return words.format(inner=self.secrets.inner(), number=self.office.desk.numbers()[0])

    def answer(self, agent: Agent, which: int, program: Program, lines: list[str], **more: Any) -> None:
        letter = self.mail_of(agent.address, which)
        if letter is not None:
            text, html = program(lines, letter)
            self.send(agent, text, html=html, answers=letter, **more)

    def send(self, agent: Agent, text: str, **more: Any) -> None:
        message_id, _ = self.office.receive(f"{agent.name} <{agent.address}>", text, **more)
        if not more.get("cc"):
            self.secrets.written(message_id)
        self.secrets.check()

    def press(self, sender: str, links: list[str], which: int, words: str) -> None:
        if not links:
            return
        subject, body, to = mail_of(links[-1 - which % len(links)])
        self.office.receive(sender, f"{body}{words}\n", subject=subject, to=to)
        self.secrets.check()


@pytest.fixture
def _ready(ready_sqlite: Path, tmp_path: Path) -> None:
    Correspondence.ready = Path(shutil.copy(ready_sqlite, tmp_path))


@pytest.mark.usefixtures("_ready")
def test_internal_text_never_reaches_anybody_but_agents() -> None:
    run_state_machine_as_test(
        Correspondence,
        settings=settings(max_examples=120, stateful_step_count=14, suppress_health_check=list(HealthCheck)),
    )
