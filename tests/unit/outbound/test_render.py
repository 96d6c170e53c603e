"""The words of our mails: every kind, the operator's templates before ours, nothing dangerous from values."""

import re
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailticket.desk.notice import Notice, NoticeKind
from mailticket.desk.policy import Desk
from mailticket.mail.message import Address
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import SAMPLES
from mailticket.outbound.shelf import Shelf, Sources, TemplateFault

DESK = Address(name="Acme Support", addr_spec="support@acme.example")
CARLA = Address(name="Carla Customer", addr_spec="carla@shop.example")
BUILT_IN = Templates(None)


def make_notice(**over: Any) -> Notice:
    values: dict[str, Any] = {
        "kind": NoticeKind.CONFIRMATION,
        "to": (CARLA,),
        "from_": DESK,
        "title": "Broken vase",
        "number": "2611-0042",
        "language": "en",
    }
    return Notice(**values | over)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    return tmp_path


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


def test_own_template_goes_before_the_built_in_one(folder: Path) -> None:
    (folder / "en/confirmation.txt").write_text("Subject: Ticket {{ number }}\n\nDear {{ greeting_name }}\n")
    (folder / "en/confirmation.html").write_text('{% extends "layout.html" %}{% block words %}Dear{% endblock %}')
    templates = Templates(folder)

    words = templates.render(make_notice(details={"greeting_name": "Carla"}), {})

    assert (words.subject, words.text) == ("Ticket 2611-0042", "Dear Carla\n")
    assert '<html lang="en">' in words.html
    assert "Dear" in words.html
    assert templates.check() == []


def test_own_text_without_html_beside_it_makes_a_text_mail(folder: Path) -> None:
    (folder / "en/confirmation.txt").write_text("Subject: x\nwords\n")

    assert Templates(folder).render(make_notice(), {}).html == ""


def test_own_language_is_spoken_where_we_have_none(tmp_path: Path) -> None:
    (tmp_path / "sv").mkdir()
    (tmp_path / "sv/confirmation.txt").write_text("Subject: Hej\n\nHej!\n", encoding="utf-8")

    assert Templates(tmp_path).render(make_notice(language="sv-SE"), {}).text == "Hej!\n"


def test_change_on_disk_counts_from_the_next_reload_only(folder: Path) -> None:
    file = folder / "en/confirmation.txt"
    file.write_text("Subject: x\nfirst\n")
    templates = Templates(folder)
    file.write_text("Subject: x\n{% half written")

    assert templates.render(make_notice(), {}).text == "first\n"


BROKEN = {
    "no subject line": ("en/confirmation.txt", b"Dear {{ greeting_name }}\n", 'first line must be "Subject:'),
    "syntax": ("en/confirmation.txt", b"Subject: x\n\n\n{% if %}\n", "line 4"),
    "syntax in subject": ("en/confirmation.txt", b"Subject: {{\n", "line 1"),
    "unknown name": ("en/confirmation.txt", b"Subject: x\n{{ nonsense }}\n", "'nonsense' is undefined"),
    "arithmetic": ("en/confirmation.txt", b"Subject: x\n{{ 1 / 0 }}\n", "ZeroDivisionError"),
    "way out": ("en/confirmation.txt", b"Subject: x\n{{ ''.__class__.__mro__ }}\n", "unsafe"),
    "breaks with sparse values": ("en/confirmation.txt", b"Subject: x\n{{ kept[0] }}\n", "no element 0"),
    "not UTF-8": ("en/confirmation.txt", b"Subject: \xff\n", "cannot be read"),
}


@pytest.mark.parametrize(("name", "source", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_template_is_named_by_check_and_replaced_by_the_built_in_one(
    folder: Path, name: str, source: bytes, complaint: str
) -> None:
    (folder / name).write_bytes(source)

    with capture_logs() as logs:
        templates = Templates(folder)
        [problem] = templates.check()
        words = templates.render(make_notice(), {})

    assert problem.template == name
    assert complaint in problem.message
    assert words == BUILT_IN.render(make_notice(), {})
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("template_failed", "error")]


def test_broken_html_is_named_once_and_replaced_with_its_text(folder: Path) -> None:
    (folder / "en/confirmation.txt").write_text("Subject: x\nwords\n")
    (folder / "en/confirmation.html").write_text("<p>{{ nonsense }}</p>")
    templates = Templates(folder)

    [problem] = templates.check()

    assert "en/confirmation.html: line 1: UndefinedError" in problem.message
    assert templates.render(make_notice(), {}) == BUILT_IN.render(make_notice(), {})


def test_templates_of_ours_are_tried_by_check_too() -> None:
    templates = Templates(None)
    good = templates.check()
    templates._built_in = Shelf("", Sources(texts={"en/confirmation.txt": "no subject"}), Sources())

    assert good == []
    assert [problem.template for problem in templates.check()] == ["en/confirmation.txt"]


@pytest.mark.parametrize(
    "name", ["en/welcome.txt", "en/confirmation.html"], ids=["no such kind", "no text beside the html"]
)
def test_template_that_nobody_uses_is_named_by_check(folder: Path, name: str) -> None:
    (folder / name).write_text("Subject: x\n")

    [problem] = Templates(folder).check()

    assert (problem.template, "is not used" in problem.message) == (name, True)


def test_only_plain_values_reach_a_template() -> None:
    with pytest.raises(TemplateFault, match="text: a PosixPath may not be shown"):
        BUILT_IN.render(make_notice(kind=NoticeKind.REPLY), {"text": Path("/")})


@pytest.mark.parametrize(
    ("asked", "default", "spoken"),
    [("de", "en", "de"), ("pt", "de", "de"), ("pt-BR", "de-AT", "de"), ("pt", "en", "en"), ("pt", "it", "en")],
)
def test_default_language_speaks_where_there_is_no_template(asked: str, default: str, spoken: str) -> None:
    assert Templates(None, default).render(make_notice(language=asked), {}).language == spoken


# -- a desk's own words

RETURNS = Desk(name="Acme Returns", address="returns@acme.example", templates="returns", language="de")


@pytest.fixture
def shelves(folder: Path) -> Templates:
    """The operator's own confirmation, and in German and English that of one desk."""
    (folder / "en" / "confirmation.txt").write_text("Subject: Ours\n\nOurs.\n")
    (folder / "en" / "closed.txt").write_text("Subject: Closed\n\nOver.\n")
    for language in ("en", "de"):
        (folder / "returns" / language).mkdir(parents=True)
        (folder / "returns" / language / "confirmation.txt").write_text(f"Subject: Theirs\n\n{language}\n")
    (folder / "returns" / "en" / "resolved.txt").write_text("Subject: Broken\n\n{{ 1 / 0 }}\n")
    return Templates(folder, "en", ["returns"])


@pytest.mark.parametrize(
    ("kind", "desk", "language", "text"),
    [
        (NoticeKind.CONFIRMATION, RETURNS, "en", "en\n"),
        (NoticeKind.CONFIRMATION, RETURNS, "pl", "de\n"),
        (NoticeKind.CONFIRMATION, None, "en", "Ours.\n"),
        (NoticeKind.CONFIRMATION, Desk(name="Acme Support", address=DESK.addr_spec), "en", "Ours.\n"),
        (NoticeKind.CLOSED, RETURNS, "en", "Over.\n"),
    ],
    ids=["its own", "its own language", "nobody's", "the main desk's", "what it has not"],
)
def test_desk_has_words_of_its_own_before_all_others(
    shelves: Templates, kind: NoticeKind, desk: Desk | None, language: str, text: str
) -> None:
    assert shelves.render(make_notice(kind=kind, language=language), {}, desk).text == text


def test_desks_template_that_fails_gives_way_and_check_names_its_folder(shelves: Templates) -> None:
    with capture_logs() as logs:
        words = shelves.render(make_notice(kind=NoticeKind.RESOLVED), {}, RETURNS)

    assert "division" not in words.text and words.subject
    assert [line["template"] for line in logs] == ["returns/en/resolved"]
    (problem,) = shelves.check()
    assert problem.template == "returns/en/resolved.txt"


def test_desks_template_extends_its_own_layout_then_the_operators(folder: Path) -> None:
    (folder / "returns" / "en").mkdir(parents=True)
    (folder / "layout.html").write_text("<p>Acme</p>{% block words %}{% endblock %}")
    (folder / "returns" / "en" / "closed.txt").write_text("Subject: Closed\n\nOver.\n")
    (folder / "returns" / "en" / "closed.html").write_text(
        '{% extends "layout.html" %}{% block words %}over{% endblock %}'
    )
    first = Templates(folder, "en", ["returns"]).render(make_notice(kind=NoticeKind.CLOSED), {}, RETURNS).html
    (folder / "returns" / "layout.html").write_text("<p>Returns</p>{% block words %}{% endblock %}")
    second = Templates(folder, "en", ["returns"]).render(make_notice(kind=NoticeKind.CLOSED), {}, RETURNS).html

    assert (first, second) == ("<p>Acme</p>over", "<p>Returns</p>over")


def test_folder_of_a_desk_without_templates_is_a_problem(folder: Path) -> None:
    (problem,) = Templates(folder, "en", ["retuns"]).check()

    assert (problem.template, problem.message) == ("retuns/", "there are no templates in this folder")


# -- phrases and the reader's clock


def test_operators_phrases_go_before_ours_and_a_desks_before_both(folder: Path) -> None:
    (folder / "de").mkdir()
    (folder / "de" / "words.toml").write_text('open = "ist da"\nnormal = "üblich"\n', encoding="utf-8")
    (folder / "returns" / "de").mkdir(parents=True)
    (folder / "returns" / "de" / "words.toml").write_text('open = "ist zurück"\n', encoding="utf-8")
    for place in (folder, folder / "returns"):
        (place / "de" / "closed.txt").write_text(
            "Subject: x\n\n{{ status | said }}, {{ 'normal' | said }}, {{ 'high' | said }}\n"
        )
    templates = Templates(folder, "en", ["returns"])
    notice = make_notice(kind=NoticeKind.CLOSED, language="de", details={"status": "open"})

    assert templates.render(notice, {}).text == "ist da, üblich, hoch\n"
    assert templates.render(notice, {}, RETURNS).text == "ist zurück, üblich, hoch\n"
    assert templates.check() == []


def test_phrases_of_no_use_are_named_by_check(folder: Path) -> None:
    (folder / "en" / "words.toml").write_text("open = 3\n")

    (problem,) = Templates(folder).check()

    assert (problem.template, problem.message) == ("en/words.toml", "'open' has to be a text in quotes")


@pytest.mark.parametrize(
    ("language", "timezone", "text"),
    [
        ("en", "Europe/Berlin", "Tuesday, 24 November, 12:00\n"),
        ("de-AT", "America/New_York", "Dienstag, 24. November, 06:00 Uhr\n"),
    ],
)
def test_filters_know_the_mails_language_and_its_readers_clock(
    folder: Path, language: str, timezone: str, text: str
) -> None:
    (folder / language).mkdir(exist_ok=True)
    (folder / language / "confirmation.txt").write_text("Subject: x\n\n{{ answer_by | moment }}\n")
    notice = make_notice(language=language, details={"answer_by": "2026-11-24T11:00:00Z"})

    assert Templates(folder).render(notice, {"timezone": timezone}).text == text


def test_who_wants_to_know_hears_which_template_fails(folder: Path) -> None:
    (folder / "en/confirmation.txt").write_text("Subject: x\n\n\n{{ nonsense }}\n")

    with pytest.raises(TemplateFault, match=r"en/confirmation\.txt: line 4: UndefinedError: 'nonsense' is undefined"):
        Templates(folder).render(make_notice(), {}, strict=True)
