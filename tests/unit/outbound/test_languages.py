"""Does every language say all that English says? Each kind, value, sentence and phrase; narrow lines, small mails."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

import mailticket
from mailticket.actions.pressing import ENDED
from mailticket.desk import canary, held
from mailticket.desk.alerts import Trouble
from mailticket.desk.attachments import judge
from mailticket.desk.command_words import Scene
from mailticket.desk.commands import read_commands
from mailticket.desk.failure_words import in_words
from mailticket.desk.notice import TO_CUSTOMERS, NoticeKind
from mailticket.desk.policy import AttachmentRules, Canary
from mailticket.desk.ticket import Priority, Status
from mailticket.mail.parts import body
from mailticket.mail.reply import new_words
from mailticket.oauth import telling
from mailticket.oauth.expiry import End
from mailticket.oauth.grant import grants_of
from mailticket.outages import outage
from mailticket.outbound.local import FILTERS
from mailticket.outbound.phrases import Phrases, read
from mailticket.outbound.render import Templates
from mailticket.outbound.samples import SAMPLES, sample_notice
from mailticket.settings.intake import ImapSettings
from tests.factories import ANN, NOW, make_attachment, make_policy, make_ticket
from tests.mail_samples import samples

FOLDER = Path(mailticket.__file__).parent / "templates"
OTHERS = ("de", "fr", "es")
FILES = sorted(path.name for path in (FOLDER / "en").iterdir())
ENVIRONMENT = Environment(autoescape=True)
ENVIRONMENT.filters.update({**FILTERS, **dict.fromkeys(("said", "breaks", "quoted", "wrapped"), str)})


def source(language: str, file: str) -> str:
    return (FOLDER / language / file).read_text("utf-8")


@pytest.mark.parametrize("language", OTHERS)
def test_every_kind_is_there(language: str) -> None:
    assert [path.name for path in sorted((FOLDER / language).iterdir()) if path.name != "words.toml"] == FILES
    assert sorted(f"{kind}.{ending}" for kind in NoticeKind for ending in ("txt", "html")) == FILES


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("file", FILES)
def test_every_value_is_told(file: str, language: str) -> None:
    ours, theirs = (meta.find_undeclared_variables(ENVIRONMENT.parse(source(one, file))) for one in ("en", language))

    assert theirs == ours


#: What is the same in all languages.
SAME = re.compile(r"mailto:|style=|#\w|mailticket |stats week")


def sentences(text: str) -> Iterator[str]:
    """What a template says itself: its text, and the words in its expressions."""
    for _, kind, words in ENVIRONMENT.lex(text):
        if kind in ("data", "string"):
            for line in re.split(r"<[^>]*>|\n|[.:;]\s", re.sub(r"<style>.*?</style>|<code>.*?</code>", "", words)):
                if len(re.findall(r"[A-Za-z]{2,}", line)) >= 3 and not SAME.search(line):
                    yield " ".join(line.split())


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("file", FILES)
def test_no_sentence_is_left_in_english(file: str, language: str) -> None:
    assert set(sentences(source(language, file))) & set(sentences(source("en", file))) == set()


#: Mails that begin with somebody else's words, or with no greeting.
UNGREETED = {NoticeKind.REPLY, NoticeKind.AGENT_NOTIFICATION, NoticeKind.RECEIPT, NoticeKind.LIST, NoticeKind.HELP}


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - UNGREETED))
def test_our_own_mail_is_known_below_an_answer_without_any_mark(kind: NoticeKind, language: str) -> None:
    for variant, details in list(samples(kind))[:-1]:
        words = Templates(None).render(sample_notice(kind, language), details)

        assert new_words(f"Blue, please.\n\n{words.text}") == "Blue, please.", variant


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", sorted(TO_CUSTOMERS - UNGREETED))
def test_a_customer_reads_the_same_in_both_forms(kind: NoticeKind, language: str) -> None:
    for variant, details in samples(kind):
        words = Templates(None).render(sample_notice(kind, language), details)

        begins = " ".join(words.text.split("\n\n")[1].split()[:9])
        assert begins in " ".join(unescape(re.sub(r"<[^>]*>", "", words.html)).split()), variant


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "One ticket is not resolved or closed:", "2 tickets are not resolved or closed, the most urgent first:"),
        ("de", "ein Ticket ist nicht gelöst", "2 Tickets sind nicht gelöst"),
        ("fr", "Un ticket n’est ni résolu ni clos\u00a0:", "2 tickets ne sont ni résolus ni clos, le plus urgent"),
        ("es", "Un ticket está sin resolver ni cerrar:", "2 tickets están sin resolver ni cerrar, lo más urgente"),
    ],
)
def test_one_ticket_is_told_in_the_singular_and_in_no_order(language: str, one: str, two: str) -> None:
    for total, said in ((1, one), (2, two)):
        words = Templates(None).render(sample_notice(NoticeKind.LIST, language), {"topic": "queue", "total": total})

        assert said in words.text and said in words.html


@pytest.mark.parametrize("language", ["en", *OTHERS])
def test_mail_programs_that_sort_by_subject_keep_a_ticket_without_title_together(language: str) -> None:
    untitled = [replace(sample_notice(kind, language), title="") for kind in TO_CUSTOMERS]

    assert len({Templates(None).render(notice, {"title": ""}).subject for notice in untitled}) == 1


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - {NoticeKind.REPLY, NoticeKind.RECEIPT}))
def test_the_first_word_below_the_greeting_is_large_but_in_german(kind: NoticeKind, language: str) -> None:
    for variant, details in list(samples(kind))[:-1]:
        words = Templates(None).render(sample_notice(kind, language), details)
        below = re.search(r"^(?:Hello|Good|Guten|Bonjour|Hola|Buenos)\b.*[,:]\n\n(\w+ )", words.text, re.MULTILINE)
        html = re.search(r"<p>(?:Hello|Good|Guten|Bonjour|Hola|Buenos)\b.*?</p>\s*<p>\s*(\w+ )", words.html)
        for first in (below, html):
            if first and not first[1].startswith("mailticket"):
                assert language == "de" or not first[1][0].islower(), variant


# -- what comes as a value


def troubles() -> Iterator[Trouble]:
    first = canary.Probe(message_id="<x@y>", sent_at=NOW, left_at=NOW)
    rules = Canary(every=timedelta(hours=1), doors=("mailbox support",))
    for probe in (first, replace(first, error="it came back")):
        for side in canary.Side:
            yield canary.trouble(side, "support@acme.example", probe, rules)
    mailbox = ImapSettings(name="support", host="imap.acme.example", user="support@acme.example", password="x")
    yield outage(mailbox, "Connection refused", NOW)
    login = {"user": "support@acme.example", "provider": "google", "oauth2": {"client_id": "x", "client_secret": "y"}}
    box = ImapSettings.model_validate({"name": "support", "host": "imap.gmail.com", **login})
    (inward,) = grants_of([("support", box)])
    for names in (("support",), ("outbound",), ("support", "outbound")):
        grant = replace(inward, names=names)
        yield telling.refused(grant, "invalid_grant", NOW)
        yield telling.ends_soon(grant, End(what="sign-in", at=NOW), 7, NOW)
        yield telling.ends_soon(grant, End(what="client secret", at=NOW), 7, NOW)


def phrases() -> Iterator[str]:
    """All that the program says to people as a value."""
    yield from (*Status, *Priority, "general", *held.REASONS.values())
    yield from (ENDED, f"{ANN.name} has it; to take it over write #claim")
    yield from (in_words(f"5.{subject}.{detail}") for subject in range(9) for detail in range(40))
    rules = AttachmentRules(allowed=frozenset({"png", "pdf"}), max_size=100, max_count=1)
    wrong = [("a.exe", b"MZ"), ("b.png", b""), ("c.png", b"x" * 200), ("d.pdf", b"x"), ("e.png", None), ("f.png", None)]
    files = [make_attachment(name) if data is None else make_attachment(name, data) for name, data in wrong]
    large = replace(rules, max_size=10_000)
    yield from (one.withheld for one in (*judge(files[:3], rules, 1), *judge(files[3:], large, 1)) if one.withheld)
    for trouble in troubles():
        yield from (trouble.headline, trouble.happened, trouble.means, *trouble.mend)


@pytest.mark.parametrize("language", OTHERS)
def test_every_phrase_is_known(language: str) -> None:
    ours = Phrases(read(FOLDER / language / "words.toml"))
    same = {phrase for phrase in phrases() if ours.said(phrase) == phrase.replace("_", " ")}

    assert same <= {"normal", "general", "invalid_grant."}, "these are not said"


#: What agents mistype.
WRONG = """
#priortiy high|#claim it|#priority high #ask|#priority|#note|#untag x|#field x|#macro x|#cc remove x@shop.example
#cc ann@acme.example|#cc x|#cc a@shop.example b@shop.example|#requester support@acme.example|#requester x
#to x@y.example|#phone x|#merge 1|#merge [#]|#merge 2611-0042|#parent 2611-0042|#release x|#release 5|#due someday
#due yesterday|#due 2050-01-01|#assign nobody|#team x|#type x|#status x|#split|#snooze|#away whenever|#field 1=2
#tag TAGS|#outcome x LONG
"""


@pytest.mark.parametrize("language", ["de", "es"])
def test_every_complaint_about_a_command_is_known(language: str) -> None:
    ours = Phrases(read(FOLDER / language / "words.toml"))
    ticket = make_ticket()
    scene = Scene(
        policy=make_policy(), agent=ANN, now=NOW, ticket=ticket,
        find={ticket.number: ticket}.get, can_split=lambda one: False,
    )  # fmt: skip
    lines = WRONG.replace("TAGS", "x" * 50).replace("LONG", "x" * 20_000).replace("\n", "|").strip("|").split("|")
    told = {line: read_commands(line, scene).problems for line in (*lines, "#priority low\n#priority high")}

    assert [line for line, problems in told.items() if not problems] == []
    english = {problem.message for problems in told.values() for problem in problems}
    assert {message for message in english if ours.said(message) == message} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_phrases_with_the_same_gaps(language: str) -> None:
    ours, german = (tomllib.loads(source(one, "words.toml")) for one in (language, "de"))
    gaps = [(key, words) for table in ours.values() for key, words in table.items()]

    assert {name: list(table) for name, table in ours.items()} == {name: list(table) for name, table in german.items()}
    assert [key for key, words in gaps if set(re.findall(r"\{\d\}", key)) != set(re.findall(r"\{\d\}", words))] == []
    assert len({key for key, _ in gaps}) == len(gaps)
    assert [words for _, words in gaps if not words.strip()] == []


# -- how it is set

#: What may be longer: links, commands of the shell, and what somebody else wrote.
LONG = re.compile(r"mailto:|https?:|^ *mailticket |^ *#|^>|^    ")


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", NoticeKind)
def test_lines_of_ours_have_at_most_78_columns(kind: NoticeKind, language: str) -> None:
    for variant, details in samples(kind):
        words = Templates(None).render(sample_notice(kind, language), details)

        assert words.language == language
        long = [line for line in words.text.split("\n") if len(line) > 78 and not LONG.search(line)]
        assert long == [], variant


def worst(value: Any, name: str = "") -> Any:
    """As much as real mail brings."""
    if isinstance(value, str):
        return "A word of the customer. " * 500 if name in ("text", "written") else f"{value} and more of it"[:120]
    if isinstance(value, Mapping):
        return {key: worst(one, key) for key, one in value.items()}
    if isinstance(value, list) and value:
        return [worst(one) if isinstance(one, str) else {**one} for one in value for _ in range(20 // len(value))]
    return value


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("kind", NoticeKind)
def test_a_mail_has_less_than_100_kilobytes(kind: NoticeKind, language: str) -> None:
    words = Templates(None).render(sample_notice(kind, language), worst(dict(SAMPLES[kind])))

    assert len(body(words.text, words.html, ())) < 100_000


def test_the_readme_for_operators_names_every_kind_and_value() -> None:
    readme = (Path(mailticket.__file__).parents[1] / "config" / "templates" / "README.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", readme))

    assert set(NoticeKind) - named == set()
    assert {name for sample in SAMPLES.values() for name in sample} - named == set()
    assert set(FILTERS) - set(re.findall(r"\\\| ([a-z]+)", readme)) == set()
