"""The operator's templates and phrases go before ours, a desk's before both; a broken one gives way, and is named."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mailticket.desk.notice import NoticeKind
from mailticket.desk.policy import Desk
from mailticket.outbound.render import Templates
from mailticket.outbound.shelf import Shelf, Sources, TemplateFault
from tests.unit.outbound.notices import BUILT_IN, DESK, make_notice


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    return tmp_path


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


def test_who_wants_to_know_hears_which_template_fails(folder: Path) -> None:
    (folder / "en/confirmation.txt").write_text("Subject: x\n\n\n{{ nonsense }}\n")

    with pytest.raises(TemplateFault, match=r"en/confirmation\.txt: line 4: UndefinedError: 'nonsense' is undefined"):
        Templates(folder).render(make_notice(), {}, strict=True)


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
