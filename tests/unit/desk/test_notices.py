"""Who is told what."""

import json
from typing import Any

import pytest

from mailticket.desk import notices
from mailticket.desk.attachments import judge
from mailticket.desk.notice import ANSWERS, TOKEN_KINDS, UPDATES, Notice, NoticeKind
from mailticket.desk.policy import AttachmentRules
from mailticket.desk.ticket import Status
from mailticket.mail.identity import Verdict
from mailticket.mail.message import Address
from mailticket.store.notice_json import as_json, from_json
from tests.factories import (
    ANN,
    CARLA,
    DESK,
    PNG,
    make_attachment,
    make_mail,
    make_policy,
    make_sender,
    make_ticket,
)

STOP = "mailto:support@acme.example?subject=Stop"
POLICY = make_policy()
FILES = judge(
    [
        make_attachment("vase.png", PNG),
        make_attachment("secret-name.exe", b"MZ", media_type="application/x-dosexec"),
        make_attachment("card.vcf", b"BEGIN", media_type="text/vcard"),
        make_attachment("logo.png", PNG, inline=True, content_id="a"),
    ],
    POLICY.attachments,
    20,
)


def confirm(verdict: Verdict, **over: Any) -> Notice:
    values: dict[str, Any] = {
        "ticket": make_ticket(title="secret-title"),
        "mail": make_mail(text="secret-text", reply="secret-text", references=("<root@shop.example>",)),
        "sender": make_sender(Address(name="secret-name", addr_spec=CARLA.addr_spec), verdict=verdict),
        "files": FILES,
        "policy": POLICY,
        "follows": "2610-0001",
    }
    return notices.confirmation(**values | over)


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Carla Customer", "Carla Customer"),
        ("'Carla Customer'", "Carla Customer"),
        ("Customer, Carla", ""),
        ("carla@shop.example", ""),
        ("", ""),
    ],
)
def test_nobody_is_greeted_as_nobody_would_say_it(name: str, greeted: str) -> None:
    carla = Address(name=name, addr_spec=CARLA.addr_spec)

    assert confirm(Verdict.PASS, sender=make_sender(carla)).details["greeting_name"] == greeted
    assert confirm(Verdict.PASS, sender=make_sender(carla)).to == (carla,)


def test_confirmation_tells_a_known_sender_what_we_understood() -> None:
    notice = confirm(Verdict.PASS)

    assert notice.to == (Address(name="secret-name", addr_spec=CARLA.addr_spec),)
    assert notice.title == notice.details["title"] == "secret-title"
    assert notice.number == "2611-0042"
    assert notice.details["kept"] == ["vase.png"]
    assert notice.details["withheld"] == [{"filename": "secret-name.exe", "reason": "type not allowed"}]
    assert notice.details["withheld_count"] == 1
    assert notice.details["follows"] == "2610-0001"
    assert notice.details["allowed"] == sorted(POLICY.attachments.allowed)


def test_confirmation_of_a_sender_without_verdict_holds_none_of_the_mails_words() -> None:
    notice = confirm(Verdict.NONE)

    assert "secret" not in json.dumps(as_json(notice))
    assert notice.to == (Address(addr_spec=CARLA.addr_spec),)
    assert notice.references == ("<vase@shop.example>",), "References can be made to say anything, too"
    assert notice.details["withheld_count"] == 1
    assert notice.details["follows"] == ""


def test_confirmation_stands_in_the_thread_of_the_mail() -> None:
    notice = confirm(Verdict.PASS)

    assert notice.in_reply_to == "<vase@shop.example>"
    assert notice.references == ("<root@shop.example>", "<vase@shop.example>")


def test_confirmation_of_a_mail_without_message_id_starts_a_thread() -> None:
    notice = confirm(Verdict.PASS, mail=make_mail(message_id=""))

    assert (notice.in_reply_to, notice.references) == ("", ())


def test_confirmation_goes_to_from_and_never_to_reply_to() -> None:
    mail = make_mail(reply_to=(Address(addr_spec="mallory@evil.example"),))

    assert [to.addr_spec for to in confirm(Verdict.PASS, mail=mail).to] == [CARLA.addr_spec]


@pytest.mark.parametrize(
    ("written_to", "from_"), [("returns@acme.example", "returns@acme.example"), ("", DESK)], ids=["an alias", "unknown"]
)
def test_answers_come_from_the_address_that_was_written_to(written_to: str, from_: str) -> None:
    ticket = make_ticket(desk_address=written_to)

    for notice in (
        confirm(Verdict.PASS, ticket=ticket),
        notices.answer(ticket, 3, ANN, (), POLICY),
        notices.status_update(ticket, NoticeKind.RESOLVED, Status.OPEN, (), POLICY, {}),
    ):
        assert notice.from_.addr_spec == from_


def test_answer_speaks_in_the_agents_name_and_hides_the_address() -> None:
    notice = notices.answer(make_ticket(), 3, ANN, ("<a@x>", "<b@x>"), POLICY)

    assert notice.from_ == Address(name="Ann Ahlberg (Acme Support)", addr_spec=DESK)
    assert notice.to == (CARLA,)
    assert (notice.in_reply_to, notice.references) == ("<b@x>", ("<a@x>", "<b@x>"))
    assert notice.message == 3
    assert notice.details["signature"] == "Ann\nReturns"
    assert ANN.address not in json.dumps(as_json(notice))


def test_answer_without_an_agent_speaks_as_the_desk() -> None:
    assert notices.answer(make_ticket(), 3, None, (), POLICY).from_.name == "Acme Support"


def test_answer_that_reached_the_customer_already_goes_to_nobody() -> None:
    assert notices.answer(make_ticket(), 3, ANN, (), POLICY, reached={CARLA.addr_spec}).to == ()


def test_status_update_says_what_changed() -> None:
    ticket = make_ticket(status=Status.RESOLVED)

    notice = notices.status_update(
        ticket, NoticeKind.RESOLVED, Status.PENDING_AGENT, ("<a@x>",), POLICY, {"stop": STOP}
    )

    assert notice.kind is NoticeKind.RESOLVED
    assert notice.to == (CARLA,)
    assert notice.in_reply_to == "<a@x>"
    assert notice.details["status"] == "resolved"
    assert notice.details["before"] == "pending_agent"
    assert notice.details["days"] == 14
    assert notice.details["stop"] == STOP


def test_reminder_repeats_the_question_in_its_thread() -> None:
    notice = notices.reminder(make_ticket(), "Which colour?", ANN.name, ("<a@x>", "<b@x>"), POLICY, {"stop": STOP})

    assert (notice.kind, notice.to, notice.from_.name) == (NoticeKind.REMINDER, (CARLA,), "Acme Support")
    assert (notice.in_reply_to, notice.references) == ("<b@x>", ("<a@x>", "<b@x>"))
    told = {name: notice.details[name] for name in ("question", "agent_name", "greeting_name", "stop")}
    assert told == {"question": "Which colour?", "agent_name": ANN.name, "greeting_name": CARLA.name, "stop": STOP}


@pytest.mark.parametrize(("links", "resolved"), [(None, False), ({}, True), ({"solved": "mailto:x"}, True)])
def test_answer_says_whether_it_resolves(links: dict[str, str] | None, resolved: bool) -> None:
    details = notices.answer(make_ticket(), 3, ANN, (), POLICY, resolved=links).details

    assert details["resolved"] is resolved and details.get("solved") == (links or {}).get("solved")


@pytest.mark.parametrize("language", ["", "de"], ids=["the desk's", "the ticket's"])
def test_language_is_the_tickets_or_the_desks(language: str) -> None:
    assert confirm(Verdict.PASS, ticket=make_ticket(language=language)).language == (language or "en")


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_a_token_of_one_letter(kind: NoticeKind) -> None:
    assert len(TOKEN_KINDS[kind]) == 1


def test_an_answer_is_no_persons_words_and_no_update() -> None:
    assert NoticeKind.REPLY not in ANSWERS and ANSWERS.isdisjoint(UPDATES)


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NONE])
def test_notice_survives_its_row_in_the_outbox(verdict: Verdict) -> None:
    notice = confirm(verdict)

    assert from_json(json.loads(json.dumps(as_json(notice)))) == notice


def test_rules_of_the_desk_are_the_ones_that_the_customer_reads() -> None:
    policy = make_policy(attachments=AttachmentRules(allowed=frozenset({"pdf", "csv"})))

    assert confirm(Verdict.PASS, policy=policy).details["allowed"] == ["csv", "pdf"]
