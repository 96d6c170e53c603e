"""Which subjects ask the desk something?"""

import pytest

from mailticket.desk.questions import Question, Topic, read_question


@pytest.mark.parametrize(
    ("subject", "topic", "words"),
    [
        ("queue", Topic.QUEUE, ""),
        ("Queue", Topic.QUEUE, ""),
        ("Re: queue", Topic.QUEUE, ""),
        ("AW: WG: Queue", Topic.QUEUE, ""),
        ("RE[2]: queue.", Topic.QUEUE, ""),
        ("mine", Topic.MINE, ""),
        ("help", Topic.HELP, ""),
        ("Help!", Topic.HELP, ""),
        ("?", Topic.HELP, ""),
        ("search vase", Topic.SEARCH, "vase"),
        ("Search  Broken   vase", Topic.SEARCH, "Broken vase"),
        ("search carla@shop.example", Topic.SEARCH, "carla@shop.example"),
        ("show 2611-0042", Topic.SHOW, "2611-0042"),
        ("Show #2611-0042", Topic.SHOW, "2611-0042"),
        ("show [#2611-0042]", Topic.SHOW, "2611-0042"),
        ("show 2611-0042 {re-" + "a" * 48 + "}", Topic.SHOW, "2611-0042"),
        ("stats", Topic.STATS, "week"),
        ("stats Month", Topic.STATS, "month"),
        ("Fwd: stats year", Topic.STATS, "year"),
    ],
)
def test_a_question_is_read(subject: str, topic: Topic, words: str) -> None:
    assert read_question(subject) == Question(topic=topic, words=words)


@pytest.mark.parametrize(
    "subject",
    [
        "", "Re:", "queueing", "queue please", "the queue", "my mine", "mines", "search", "show", "show me the money",
        "stats decade", "stats for you", "help me", "helpful", "[#2611-0042] help", "Re: [#2611-0042] queue", "??",
        "searching for words",
    ],
)  # fmt: skip
def test_everything_else_is_a_mail(subject: str) -> None:
    assert read_question(subject) is None


def test_a_long_search_is_cut() -> None:
    found = read_question("search " + "x" * 1000)

    assert found is not None and len(found.words) == 200
