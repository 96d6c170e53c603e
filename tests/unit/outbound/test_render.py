"""The words of our own templates: every kind says what happened, in its language, nothing dangerous from values."""

import re
from pathlib import Path
from typing import Any

import pytest

from mailticket.desk.notice import NoticeKind
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import SAMPLES
from mailticket.outbound.shelf import TemplateFault
from tests.unit.outbound.notices import BUILT_IN, DESK, make_notice


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("bare", [False, True], ids=["all that is known", "nothing is known"])
def test_every_kind_has_words_in_text_and_html(kind: NoticeKind, language: str, bare: bool) -> None:
    notice = make_notice(kind=kind, language=language, details={} if bare else SAMPLES[kind], title="" if bare else "x")

    words = BUILT_IN.render(notice, {})

    assert words.subject
    assert "\n" not in words.subject
    # a notification's first words are the customer's; its From names the desk
    assert DESK.name in words.text or kind is NoticeKind.AGENT_NOTIFICATION
    assert not re.search(r"\n{4,}|None|Undefined|\[\]", words.text)
    assert f'<html lang="{words.language}">' in words.html
    loaded = re.sub(r'<a href="[^"]*"', "", words.html)
    assert not re.search(r"https?:|<img|<script|<link|url\(", loaded), "nothing is fetched from elsewhere"


def test_confirmation_tells_number_title_and_what_became_of_the_files() -> None:
    text = BUILT_IN.render(make_notice(details=SAMPLES[NoticeKind.CONFIRMATION]), {}).text

    assert "Hello Carla Customer,\n" in text
    assert "the number 2611-0042." in text
    assert re.search(r"^Your message: +Broken vase$", text, re.MULTILINE)
    assert re.search(r"^With it: +vase-1.jpg, vase-2.jpg$", text, re.MULTILINE)
    assert re.search(r"^Not taken: +label.heic \(type not allowed\)$", text, re.MULTILINE)
    assert re.search(r"^Continues: +2611-0007, which is closed$", text, re.MULTILINE)
    assert "We can take jpg, pdf and png," in text
    assert "just reply to this mail" in text


def test_confirmation_to_an_unverified_sender_says_the_number_only() -> None:
    details = {"greeting_name": "", "title": "", "kept": [], "withheld": [], "withheld_count": 2, "allowed": ["pdf"]}

    words = BUILT_IN.render(make_notice(title="", details=details), {})

    assert words.subject == "Your message"
    assert words.text.startswith("Hello,\n")
    assert "2611-0042" in words.text
    assert "Your message:" not in words.text
    assert "2 files with it could not be taken." in words.text


@pytest.mark.parametrize(
    ("kind", "details", "sentence"),
    [
        (NoticeKind.RESOLVED, {"days": 14}, "it will close by itself in 14 days."),
        (NoticeKind.RESOLVED, {"days": 1}, "it will close by itself in 1 day."),
        (NoticeKind.RESOLVED, {"days": 0}, "If it is, there is nothing you need to do."),
        (NoticeKind.CLOSED, {}, "is now closed"),
        (NoticeKind.REPLY, {"closed": True}, "With this your request 2611-0042 is closed."),
        (NoticeKind.STATUS_CHANGED, {"before": "resolved", "status": "open"}, "We have reopened your request"),
        (NoticeKind.STATUS_CHANGED, {"before": "open", "status": "pending_customer"}, "is waiting for an answer"),
        (NoticeKind.STATUS_CHANGED, {"before": "open", "status": "in_progress"}, "is now working on your request"),
        (NoticeKind.HELD, {"held_id": "7", "yours": True}, "mailticket held show 7"),
        (NoticeKind.HELD, {"discard": "mailto:x@y", "yours": True}, "You did not write it: throw it away"),
        (NoticeKind.DIGEST, {"held": SAMPLES[NoticeKind.DIGEST]["held"], "more": 3}, "wait for somebody's word."),
    ],
)
def test_updates_say_what_happened_and_what_to_do(kind: NoticeKind, details: dict[str, Any], sentence: str) -> None:
    words = BUILT_IN.render(make_notice(kind=kind, details=details), {})

    assert sentence in words.text
    assert sentence in re.sub(r"<[^>]+>", "", words.html)


def test_reply_is_the_agents_words_and_signature() -> None:
    details = {"agent_name": "Ann Ahlberg", "signature": "Ann\nAcme"}

    words = BUILT_IN.render(make_notice(kind=NoticeKind.REPLY, details=details), {"text": "Dear Carla,\n\n1 < 2"})

    assert words.text == "Dear Carla,\n\n1 < 2\n\n-- \nAnn\nAcme\n"
    assert "Dear Carla,<br>\n<br>\n1 &lt; 2" in words.html
    assert "Ann<br>\nAcme" in words.html


def test_values_cannot_become_html_or_template() -> None:
    evil = "<script>alert(1)</script>{{ 7 * 7 }}{% raw %}"

    words = BUILT_IN.render(make_notice(title=evil, details={"title": evil, "greeting_name": evil, "kept": [evil]}), {})

    assert "<script" not in words.html
    assert words.html.count("&lt;script&gt;") == 3
    assert words.subject == evil
    assert words.text.count(evil) == 3


def test_value_in_the_subject_cannot_run_over_into_the_text() -> None:
    words = BUILT_IN.render(make_notice(title="x\n\nsecond"), {})

    assert words.subject == "x second"
    assert words.text.startswith("Hello")


@pytest.mark.parametrize(
    ("asked", "got"), [("de", "de"), ("de-AT", "de"), ("en-GB", "en"), ("xx", "en"), ("", "en"), ("../en", "en")]
)
def test_language_falls_back_to_its_base_and_then_to_english(asked: str, got: str) -> None:
    assert BUILT_IN.render(make_notice(language=asked), {}).language == got


def test_only_plain_values_reach_a_template() -> None:
    with pytest.raises(TemplateFault, match="text: a PosixPath may not be shown"):
        BUILT_IN.render(make_notice(kind=NoticeKind.REPLY), {"text": Path("/")})


@pytest.mark.parametrize(
    ("asked", "default", "spoken"),
    [("de", "en", "de"), ("pt", "de", "de"), ("pt-BR", "de-AT", "de"), ("pt", "en", "en"), ("pt", "it", "en")],
)
def test_default_language_speaks_where_there_is_no_template(asked: str, default: str, spoken: str) -> None:
    assert Templates(None, default).render(make_notice(language=asked), {}).language == spoken
