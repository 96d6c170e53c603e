"""What buttons do, by whom they are pressed, and what becomes of answers from addresses that nobody knows."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import combinations
from urllib.parse import parse_qs, urlsplit

import pytest

from mailticket.desk.button_words import ASSIGN, NOTE, held_label, just_send, label
from mailticket.desk.buttons import ACT_KINDS, BUTTON_KINDS, Act, commands, mail_link, offered
from mailticket.desk.command_words import Scene
from mailticket.desk.commands import read_commands
from mailticket.desk.customer_buttons import PRESS_KINDS
from mailticket.desk.notice import TOKEN_KINDS
from mailticket.desk.status import DONE
from mailticket.desk.ticket import Status
from mailticket.mail.tokens import TokenKey, find_button, find_proof, without_button
from tests.factories import make_policy, make_ticket

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
KEY = TokenKey(b"k" * 32)
TOKEN = KEY.mint(kind="T", ticket=1, address="ann@acme.example", expires=date(2026, 12, 1), nonce=b"abc")


def test_every_token_says_one_thing_only() -> None:
    families = [set(kinds.values()) for kinds in (ACT_KINDS, BUTTON_KINDS, PRESS_KINDS)]
    families.append(set(TOKEN_KINDS.values()))

    assert all(not one & other for one, other in combinations(families, 2))
    assert len(ACT_KINDS) == len(set(ACT_KINDS.values())) == len(Act)


@pytest.mark.parametrize("status", list(Status), ids=str)
@pytest.mark.parametrize("act", list(Act), ids=str)
def test_what_is_offered_can_be_carried_out(act: Act, status: Status) -> None:
    ticket = make_ticket(status=status, possible_reply_to="2611-0007")
    other = make_ticket(id=8, number="2611-0007")
    policy = make_policy()
    scene = Scene(
        policy=policy, agent=policy.agents[0], now=NOW, ticket=ticket,
        find=lambda number: other if number == other.number else None,
    )  # fmt: skip

    if act in offered(ticket):
        orders = read_commands(commands(act, ticket), scene)
        assert orders.orders and not orders.problems and not orders.text


def test_nothing_is_offered_that_is_so_already() -> None:
    mine = make_ticket(assignee="ann@acme.example", status=Status.CLOSED, tags=("spam",))

    assert offered(mine) == ()
    assert Act.JOIN in offered(replace(mine, possible_reply_to="2611-0007"))
    assert not {Act.RESOLVE, Act.SNOOZE} & set(offered(make_ticket(status=next(iter(DONE)))))


@pytest.mark.parametrize("mark", ["mt", "re"])
@pytest.mark.parametrize("body", ["#note\n", "#assign ", "50 % & more? = ä #1"])
def test_link_says_what_it_was_given(mark: str, body: str) -> None:
    link = urlsplit(mail_link("support+x@acme.example", "Take it: [#2611-0042] 50 % & ä", TOKEN, body, mark))
    query = parse_qs(link.query, strict_parsing=True)

    assert (link.scheme, link.path) == ("mailto", "support%2Bx@acme.example")
    assert query["subject"] == [f"Take it: [#2611-0042] 50 % & ä {{{mark}-{TOKEN}}}"]
    assert query["body"] == [body.replace("\n", "\r\n")]
    assert set(query) == {"subject", "body"}


def test_subjects_of_both_marks_are_told_apart_and_cleaned() -> None:
    button, proof = f"Take it {{mt-{TOKEN}}}", f"Re: Note {{RE-{TOKEN.upper()}}}"

    assert (find_button(button), find_proof(button)) == (TOKEN, "")
    assert (find_button(proof), find_proof(proof)) == ("", TOKEN)
    assert (without_button(button), without_button(proof)) == ("Take it", "Re: Note")


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "de-AT", "xx", ""])
def test_every_button_has_words(language: str) -> None:
    labels = [label(name, language) for name in (*Act, NOTE, ASSIGN)]
    held = [held_label(word, language) for word in BUTTON_KINDS]

    assert len(set(held)) == len(held) and all(held)
    assert len(set(labels)) == len(labels) and all(labels) and just_send(language)
    assert label(Act.TAKE, "xx") == "Take it"
