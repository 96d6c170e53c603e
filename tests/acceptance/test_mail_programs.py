"""Stories: a desk of three agents whose people and customers have mail programs, mailboxes, and nothing else."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.acceptance.mail_town import ANN, ANNS_TELEPHONE, BEN, CARLA, CLEO, OTTO, Person, Town, links
from tests.acceptance.seen import Received
from tests.acceptance.waiting import until

AGENTS = [{"name": name.partition(" <")[0], "address": name.partition("<")[2].strip(">")} for name in (ANN, BEN, CLEO)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Town(tmp_path_factory.mktemp("town"), {"desk": {"notify": "all"}, "agent": AGENTS}) as town:
        yield town


@pytest.fixture
def town(shared: Town) -> Iterator[Town]:
    yield shared
    shared.go_home()


class People(NamedTuple):
    """All who live there."""

    carla: Person
    otto: Person
    ann: Person
    ben: Person
    cleo: Person


@pytest.fixture
def people(town: Town) -> People:
    return People(*map(town.person, (CARLA, OTTO, ANN, BEN, CLEO)))


def asked(people: People, *agents: Person) -> list[Received]:
    """Carla has written; the notification of each of these agents."""
    people.carla.writes("Broken vase", "My vase arrived broken.", "It was a present for Zoë.")
    return [agent.waits_for("agent_notification") for agent in agents]


def test_question_and_answers_are_one_thread_in_everybodys_mail_program(people: People) -> None:
    carla, _, ann, ben, cleo = people
    told, *_ = asked(people, ann, ben, cleo)
    confirmation = carla.waits_for("confirmation")
    assert f"the number {confirmation.number}" in carla.reads(confirmation)
    shown = ann.reads(told)
    assert shown.startswith("From: Carla Customer via Acme Support <support@acme.example>\n")
    assert "It was a present for Zoë." in shown

    ann.answers(told, "Dear Carla,", "", "we send a new one on Friday.")
    answer = carla.waits_for("reply")
    shown = carla.reads(answer)
    assert shown.startswith('From: "Ann Ahlberg (Acme Support)" <support@acme.example>\n')
    assert "Dear Carla,\n\nwe send a new one on Friday.\n" in shown
    assert "ann@acme.example" not in answer.all_words and "nobody's yet" not in answer.all_words

    carla.answers(answer, "Thank you, Friday is fine.")
    again = ann.waits_for("agent_notification")
    assert "Thank you, Friday is fine." in ann.reads(again)
    ann.answers(again, "So do we.")
    assert "So do we." in carla.reads(carla.waits_for("reply"))

    # her two mails, the confirmation, two answers; two notifications, two answers; one notification
    assert carla.threads == [5]
    assert ann.threads == [4]
    assert ben.threads == [1]
    assert answer.ticket.assignee == "ann@acme.example"
    assert {message.verdict for message in answer.ticket.messages} == {"pass"}


def test_mail_programs_keep_two_conversations_apart(people: People) -> None:
    carla, otto, ann, *_ = people
    carla.writes("Broken vase", "My vase arrived broken.")
    first = ann.waits_for("agent_notification")
    otto.writes("Broken vase", "My vase arrived broken, too.")
    second = ann.waits_for("agent_notification")

    ann.answers(second, "Otto, we send a new one.")
    ann.answers(first, "Carla, we send a new one.")

    assert "Otto, we" in otto.reads(otto.waits_for("reply"))
    assert "Carla, we" in carla.reads(carla.waits_for("reply"))
    assert ann.threads == [2, 2]
    assert (carla.threads, otto.threads) == ([3], [3])
    assert not [mail for mail in carla.inbox if "Otto" in mail.all_words]


def test_note_stays_with_the_colleagues(people: People) -> None:
    carla, _, ann, ben, _ = people
    told, bens = asked(people, ann, ben)

    ann.answers(told, "#note", "She is the one with the lawyer.")
    until(lambda: len(told.ticket.messages) == 2, "the note to be kept")
    ben.answers(bens, "A new one is on its way.", "", "#note", "I called the lawyer.")

    answer = carla.waits_for("reply")
    assert "A new one is on its way." in carla.reads(answer)
    assert not [mail for mail in carla.inbox if "lawyer" in mail.all_words]
    carla.answers(answer, "Thank you.")
    shown = ben.reads(ben.waits_for("agent_notification"))
    assert "Thank you." in shown and "She is the one with the lawyer." in shown


def test_answer_that_resolves_is_one_mail_and_a_click_on_it_says_that_it_is_not_solved(people: People) -> None:
    carla, _, ann, *_ = people
    (told,) = asked(people, ann)

    ann.answers(told, "#resolved", "A new one is on its way.")

    answer = carla.waits_for("reply")
    assert answer.ticket.status == "resolved"
    assert "A new one is on its way." in carla.reads(answer)
    assert [mail.notice for mail in carla.inbox if mail.notice] == ["confirmation", "reply"]
    carla.clicks(answer, "Still broken", "It is the wrong colour.")
    assert "It is the wrong colour." in ann.reads(ann.waits_for("agent_notification"))
    assert answer.ticket.status == "pending_agent"
    assert (carla.threads[-1], ann.threads) == (3, [3])


def test_wrong_command_is_answered_and_one_click_mends_it(people: People) -> None:
    carla, _, ann, *_ = people
    (told,) = asked(people, ann)

    ann.answers(told, "#priortiy high", "A new one is on its way.")

    question = ann.waits_for("receipt")
    shown = ann.reads(question)
    assert "Did you mean #priority high?" in shown and "A new one is on its way." in shown
    assert told.ticket.status == "open"
    ann.clicks(question, 'Send it with "#priority high"')
    answer = carla.waits_for("reply")
    assert "A new one is on its way." in carla.reads(answer) and "#prio" not in answer.all_words
    assert answer.ticket.json["priority"] == "high"
    assert ann.threads[-1] >= 3


def test_click_takes_the_ticket_and_a_colleagues_link_does_nothing(people: People) -> None:
    carla, _, ann, ben, _ = people
    (told,) = asked(people, ann)

    ann.clicks(told, "Take it")
    until(lambda: told.ticket.assignee == "ann@acme.example", "the ticket to be taken")
    assert told.ticket.status == "in_progress"
    ben.follows(links(told)["Resolve"])

    question = ann.waits_for("held")
    assert "Resolve" in question.subject and "Throw it away" in links(question)
    assert told.ticket.status == "in_progress"
    carla.answers(carla.waits_for("confirmation"), "It was a present.")
    ann.waits_for("agent_notification")
    # it is Ann's now
    assert [mail.notice for mail in ben.inbox if mail.notice == "agent_notification"] == ["agent_notification"]


def test_two_who_answer_at_the_same_time_do_not_talk_over_each_other(people: People) -> None:
    carla, _, ann, ben, _ = people
    told, bens = asked(people, ann, ben)
    ann.begins_answer(told, "A new one is on its way.")
    ben.begins_answer(bens, "You get your money back.")

    ann.sends()
    assert "A new one" in carla.reads(carla.waits_for("reply"))
    ben.sends()

    question = ben.waits_for("receipt")
    shown = ben.reads(question)
    assert "A new one is on its way." in shown and "You get your money back." in shown
    assert not [mail for mail in carla.inbox if "money" in mail.all_words]
    ben.clicks(question, "Send it all the same")
    assert "You get your money back." in carla.reads(carla.waits_for("reply"))


def test_answer_from_a_telephone_waits_until_its_address_is_known(town: Town, people: People) -> None:
    carla, _, ann, *_ = people
    telephone = town.person(ANNS_TELEPHONE)
    (told,) = asked(people, ann)

    # (the notification was passed on to it)
    telephone.follows(links(told)["Note"], "We have no more of these.")

    question = ann.waits_for("held")
    assert "annie@home.example" in ann.reads(question)
    assert [message.visibility for message in told.ticket.messages] == ["public"]
    ann.clicks(question, "It is mine: add it")
    until(lambda: len(told.ticket.messages) == 2, "the note to be kept")
    assert told.ticket.messages[1].visibility == "internal"

    carla.answers(carla.waits_for("confirmation"), "It was a present.")
    again = ann.waits_for("agent_notification")
    telephone.writes(again.subject, "A new one is on its way.")
    assert "A new one is on its way." in carla.reads(carla.waits_for("reply"))
    assert not telephone.inbox or {mail.notice for mail in telephone.inbox} == {""}
    assert not [mail for mail in carla.inbox if "annie" in mail.all_words]
