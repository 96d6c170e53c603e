"""Every way by which a mail goes to a customer, tried on a ticket that has an internal note."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailticket.actions import tickets as actions
from mailticket.desk.notice import TO_CUSTOMERS, NoticeKind
from mailticket.store import tickets
from tests.acceptance.draft import File
from tests.integration.inside.letters import Letter, press
from tests.integration.inside.office import ANN, BEN, Office, office
from tests.integration.inside.programs import PROGRAMS, Program, gmail, outlook, plain
from tests.integration.inside.secrets import INSIDE, Secrets

CARLA, PAUL, DORA = "Carla Customer <carla@shop.example>", "paul@shop.example", "dora@late.example"
ANNS = f"{ANN.name} <{ANN.address}>"


class Story:
    """Carla has a ticket with a note of Ann's on it."""

    def __init__(self, desk: Office) -> None:
        self.office = desk
        self.secrets = Secrets(desk)
        self.carla(f"It is broken. {self.secrets.outer()}", subject="Vase")
        self.number = desk.desk.numbers()[0]
        self.ann(["#note", self.note()])
        self.carla(f"It was a present. {self.secrets.outer()}", answers=self.last("carla@shop.example"))

    def note(self) -> str:
        """New words of a note."""
        return f"She has complained before and is {self.secrets.inner()}, so beware of her"

    def answer(self) -> str:
        """New words for the customer."""
        return f"A new one is on its way. {self.secrets.outer()}"

    def last(self, address: str) -> Letter:
        """The newest mail that somebody has."""
        return self.office.of(address)[-1]

    def carla(self, text: str, subject: str = "", answers: Letter | None = None) -> None:
        """She writes."""
        self.office.receive(CARLA, f"{text}\n", subject=subject, answers=answers)
        self.secrets.check()

    def ann(self, lines: list[str], program: Program = plain, verdict: str = "pass") -> None:
        """She answers the newest notification, which shows the note below."""
        letter = [one for one in self.office.of(ANN.address) if one.kind == NoticeKind.AGENT_NOTIFICATION][-1]
        text, html = program(lines, letter)
        message_id, _ = self.office.receive(ANNS, text, html=html, answers=letter, verdict=verdict)
        self.secrets.written(message_id)
        self.secrets.check()

    def ann_presses(self, label: str) -> None:
        """She presses a button of her newest mail."""
        subject, body, to = press(self.last(ANN.address), label)
        self.office.receive(ANNS, body, subject=subject, to=to)

    def set(self, **values: str) -> None:
        """What `ticket set` does, and the minute until the customer hears of it."""
        self.office.desk.change(self.number, **values)
        self.office.passes(timedelta(minutes=2))


def answered_by(program: Program) -> Callable[[Story], None]:
    return lambda story: story.ann([story.answer()], program)


def with_note_by(program: Program) -> Callable[[Story], None]:
    return lambda story: story.ann([story.answer(), "", "#note", story.note()], program)


def copied(story: Story) -> None:
    story.ann([f"#cc add {DORA}", story.answer()], gmail)


def for_somebody_else(story: Story) -> None:
    story.ann([f"#requester {PAUL}", story.answer()], outlook)


def merged(story: Story) -> None:
    story.carla(f"Another one is broken, too. {story.secrets.outer()}", subject="Chair")
    story.ann(["#note", story.note()])
    story.ann([f"#merge {story.number}"])
    story.carla(f"Well? {story.secrets.outer()}", answers=story.last("carla@shop.example"))
    story.ann([story.answer()])


def split(story: Story) -> None:
    story.ann(["#split"])
    story.carla(f"Well? {story.secrets.outer()}", answers=story.last("carla@shop.example"))
    story.ann([story.answer()])


def corrected(story: Story) -> None:
    story.ann(["#priortiy high", story.answer(), "#note", story.note()])
    story.ann_presses("Send it with")


def released(story: Story) -> None:
    story.office.receive(
        ANNS, f"{story.answer()}\n#note\n{story.note()}\n", subject=f"Re: [#{story.number}]", verdict="none"
    )
    story.ann_presses("You wrote it")


def too_late(story: Story) -> None:
    bens = [one for one in story.office.of(BEN.address) if one.kind == NoticeKind.AGENT_NOTIFICATION][-1]
    text, _ = plain([story.answer()], bens)
    story.office.receive(BEN.address, text, answers=bens)
    story.ann([story.answer(), "#note", story.note()])
    story.ann_presses("Send it all the same")


def by_command(story: Story) -> None:
    desk = story.office.desk
    with desk.store.writing() as connection:
        ticket = tickets.find_by_number(connection, story.number)
        assert ticket is not None
        actions.answer(connection, desk.context, ticket, story.answer(), ANN, ANN.address, desk.clock.time)
    story.office.deliver()


def reminded(story: Story) -> None:
    story.ann(["#ask", story.answer(), "#note", story.note()])
    for _ in range(9):
        story.office.passes(timedelta(hours=12, minutes=30))


def closed(story: Story) -> None:
    story.set(status="closed")


def reopened(story: Story) -> None:
    story.set(status="resolved")
    story.set(status="in_progress")


def written_again(story: Story) -> None:
    story.set(status="closed")
    story.carla(f"It broke again. {story.secrets.outer()}", answers=story.last("carla@shop.example"))


def passed_on(story: Story) -> None:
    head = (
        "From: Dora <dora@late.example>\nTo: ann@acme.example\nSubject: Chair\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n"
    )
    text = f"{story.note()}\n\n---------- Forwarded message ---------\n{head}\nMy chair. {story.secrets.outer()}\n"
    story.office.receive(ANNS, text, subject="Fwd: Chair")


def written_to(story: Story) -> None:
    story.office.receive(ANNS, f"#to {DORA}\n{story.answer()}\n#note\n{story.note()}\n", subject="Your chair")


def came_back(story: Story) -> None:
    story.ann([story.answer()])
    story.office.comes_back(story.last("carla@shop.example"), "carla@shop.example")
    story.carla(f"Hello? {story.secrets.outer()}", answers=story.last("carla@shop.example"))
    story.ann([story.answer()])


REPLY, RESOLVED, CONFIRMATION = NoticeKind.REPLY, NoticeKind.RESOLVED, NoticeKind.CONFIRMATION
#: What happens, and the mail that the customer gets of it.
PATHS: dict[str, tuple[Callable[[Story], None], NoticeKind]] = {
    **{f"answer by {one.__name__}": (answered_by(one), REPLY) for one in PROGRAMS},
    **{f"answer with a note by {one.__name__}": (with_note_by(one), REPLY) for one in PROGRAMS},
    "answer that resolves": (lambda story: story.ann(["#resolved", story.answer(), "#note", story.note()]), REPLY),
    "macro": (lambda story: story.ann(["#macro parcel", "#note", story.note()]), REPLY),
    "answer to a late participant": (copied, REPLY),
    "answer to another requester": (for_somebody_else, REPLY),
    "answer after a merge": (merged, REPLY),
    "answer after a split": (split, REPLY),
    "answer with a corrected command": (corrected, REPLY),
    "answer that was released": (released, REPLY),
    "answer after a colleague's": (too_late, REPLY),
    "answer by command": (by_command, REPLY),
    "answer after a bounce": (came_back, REPLY),
    "mail to a new customer": (written_to, REPLY),
    "question without answer": (reminded, NoticeKind.REMINDER),
    "resolved by a command alone": (lambda story: story.ann(["#resolved", "#note", story.note()]), RESOLVED),
    "resolved by a script": (lambda story: story.set(status="resolved"), RESOLVED),
    "closed": (closed, NoticeKind.CLOSED),
    "reopened": (reopened, NoticeKind.STATUS_CHANGED),
    "follow-up of a closed ticket": (written_again, CONFIRMATION),
    "customer's mail that was passed on": (passed_on, CONFIRMATION),
}


@pytest.fixture
def story(ready_sqlite: Path, tmp_path: Path) -> Iterator[Story]:
    with office(Path(shutil.copy(ready_sqlite, tmp_path))) as desk:
        yield Story(desk)


@pytest.mark.parametrize(("happens", "kind"), PATHS.values(), ids=PATHS)
def test_the_note_stays_inside(story: Story, happens: Callable[[Story], None], kind: NoticeKind) -> None:
    before = len(story.office.letters)

    happens(story)
    story.office.passes(timedelta(minutes=2))

    sent = [letter.kind for letter in story.office.letters[before:] if letter.to - INSIDE]
    assert sent[-1:] == [kind], f"the customer got {sent}"
    story.secrets.check()


def test_all_kinds_of_mail_to_customers_are_tried() -> None:
    assert {kind for _, kind in PATHS.values()} == TO_CUSTOMERS


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("kind", [NoticeKind.AGENT_NOTIFICATION, NoticeKind.BOUNCED])
def test_agents_mail_without_words_does_not_pass_on_what_it_answers(
    story: Story, program: Program, kind: NoticeKind
) -> None:
    story.office.comes_back(story.last("carla@shop.example"), "carla@shop.example")
    letter = [one for one in story.office.of(ANN.address) if one.kind == kind][-1]
    before = len(story.office.letters)
    text, html = program([], letter)
    word = story.secrets.inner()

    _, receipt = story.office.receive(
        ANNS, text, html=html, answers=letter, files=[File(f"{word}.txt", word.encode(), "text/plain")]
    )

    assert receipt.kind == "held"
    assert not [one for one in story.office.letters[before:] if one.to - INSIDE]
