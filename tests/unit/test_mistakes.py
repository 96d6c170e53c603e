"""How a mistake in the settings reads: file or variable, key, value seen, what is allowed, the nearest known."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailticket import config
from mailticket.config import Settings
from mailticket.errors import ConfigError

FILE = "mailticket.toml"
SECRET = "geheim"
MAILBOX = {"name": "support", "host": "imap.acme.example"}
MINIMAL: dict[str, dict[str, Any]] = {
    "imap": MAILBOX,
    "team": {"name": "returns"},
    "sla": {"name": "fast", "answer_hours": 4},
}


def build(values: dict[str, Any], base: Path = Path("/etc/mailticket")) -> Settings:
    return config.build(values, FILE, base)


def nested(key: str, value: Any) -> dict[str, Any]:
    """`{"desk": {"name": value}}` for `desk.name`; `intake.imap.port` stands in a list."""
    *sections, name = key.split(".")
    values: dict[str, Any] = {name: value}
    for section in reversed(sections):
        if section in ("smtp", "imap", "agent", "team", "type", "sla"):
            values = {section: [{**MINIMAL.get(section, {}), **values}]}
        else:
            values = {section: values}
    return values


MISTAKES = [
    ("outbound.tls", "startls", "is not one of: implicit, starttls, none.", "starttls"),
    ("desk.numbering.reset", "monthly", "is not one of: never, year, month, day.", "month"),
    ("confirmations.unverified", "caped", "is not one of: never, capped.", "capped"),
    ("desk.address", "support", "is not a mail address such as support@acme.example.", None),
    ("desk.timezone", "Europe/Berln", "is not a time zone such as UTC or Europe/Berlin.", "Europe/Berlin"),
    ("desk.subject_tag", "[#]", 'must hold {number} once between square brackets, such as "[#{number}]".', None),
    ("desk.subject_tag", "[{number}\t]", "must be one short printable line.", None),
    ("desk.default_language", "english", 'is not a language such as "en" or "pt-BR".', None),
    ("desk.plus_addressing", "perhaps", "is neither true nor false.", None),
    ("desk.numbering.date", "%y %m", "only letters, digits, dot and hyphen can stand in a number.", None),
    ("desk.numbering.prefix", "a b", "may hold letters, digits and . / _ - only.", None),
    ("desk.numbering.padding", "many", "is not a whole number.", None),
    ("desk.numbering.padding", 4.5, "is not a whole number.", None),
    ("desk.numbering.padding", 0, "must be at least 1.", None),
    ("desk.numbering.padding", 13, "must be at most 12.", None),
    ("desk.name", 5, 'is not text in quotes, such as "text".', None),
    ("team.address", "returns", "is not a mail address such as support@acme.example.", None),
    ("team.language", "french", 'is not a language such as "en" or "pt-BR".', None),
    ("team.templates", "../secret", 'is the name of one folder in templates/: letters, digits, "-" and "_".', None),
    ("team.templates", "de", 'could be taken for the language "de"; give the folder a longer name.', None),
    ("store.blobs", 5, "is not a path in quotes.", None),
    ("store.blobs", "s3://bucket/desk", "is no folder on this machine; other places are not supported.", None),
    ("store.url", "mysql://host/db", "is neither", None),
    ("attachments.allowed", "pdf", 'is not a list, such as ["one", "two"].', None),
    ("intake.smtp.listen", ["2525"], 'is neither "HOST:PORT" nor "systemd:NAME".', None),
    ("intake.smtp.trusted_peers", ["10.0.0/33"], "is not an address or network such as 192.0.2.0/24.", None),
    (
        "identity.dns",
        ["resolver.example"],
        'is neither "IP" nor "IP:PORT" (IPv6: "[IP]:PORT"), such as 192.0.2.53.',
        None,
    ),
    ("identity.dns", ["192.0.2.53:0"], "has no port between 1 and 65535 behind the colon.", None),
    ("identity.arc_sealers", ["lists@example.org"], "is not a domain such as lists.example.org.", None),
    ("intake.imap.provider", "gogle", "is not one of: google, microsoft365, fastmail.", "google"),
    ("intake.imap.start", "yesterday", 'is none of: "now", "all", a date such as 2026-11-01.', None),
    ("intake.imap.name", "", "must have letters, digits and . _ @ - only", None),
    ("intake.imap.host", "", "must not be empty.", None),
    ("intake.imap.port", 70000, "must be at most 65535.", None),
    ("intake.imap.folder", "", "must not be empty.", None),
    ("outbound.host", "", "must not be empty.", None),
    ("lifecycle.held_decides_after_hours", 0, "must be more than 0.", None),
    ("canary.every_minutes", -1, "must be at least 0.", None),
    ("type.name", "Refund", 'must be a word such as refund: small letters, digits, "-", "_", 40 at most', None),
    ("sla.priorities", ["hgh"], "is not one of: low, normal, high, urgent.", "high"),
]


@pytest.mark.parametrize(
    ("key", "value", "allowed", "nearest"), MISTAKES, ids=[f"{key} = {value}" for key, value, _, _ in MISTAKES]
)
def test_mistake_names_file_key_value_and_what_is_allowed(
    key: str, value: Any, allowed: str, nearest: str | None
) -> None:
    with pytest.raises(ConfigError) as mistake:
        build(nested(key, value))

    first, _, rest = str(mistake.value).partition("\n")
    place, _, seen = first.partition(" = ")
    assert place.replace("[1]", "") == f"{FILE}: {key}"
    assert seen == json.dumps(value[0] if isinstance(value, list) else value)
    assert allowed in rest
    assert (f'Did you mean "{nearest}"?' in rest) is (nearest is not None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dsk": {}}, 'dsk is not a setting.  Did you mean "desk"?'),
        ({"desk": {"adress": "x"}}, 'desk.adress is not a setting.  Did you mean "address"?'),
        ({"intake": {"smtp": [{}, {"lisen": []}]}}, 'intake.smtp[2].lisen is not a setting.  Did you mean "listen"?'),
        ({"desk": {"zzz": 1}}, "desk.zzz is not a setting."),
        ({"orders": {}}, "orders is not a setting."),
        ({"agent": [{"name": "Ann"}]}, "agent[1].address is missing and has no default."),
        ({"intake": {"imap": MAILBOX}}, "intake.imap: is written in double brackets, once for each: [[intake.imap]]."),
        ({"desk": "Acme"}, 'desk = "Acme"\n  is not a table.'),
    ],
    ids=[
        "section",
        "key",
        "key of the second table",
        "nothing alike",
        "hardly alike",
        "missing",
        "single brackets",
        "no table",
    ],
)
def test_key_that_cannot_be_used_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        build(values)

    assert str(mistake.value) == f"{FILE}: {message}"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"desk": {"numbering": {"date": "%y"}}}, 'desk.numbering: reset = "month" needs a date with the month in it'),
        ({"intake": {"smtp": [{"tls_cert": "x.pem"}]}}, "intake.smtp[1]: tls_cert and tls_key are set together"),
        ({"intake": {"smtp": [{"tls": "implicit"}]}}, 'intake.smtp[1]: tls = "implicit" needs tls_cert and tls_key'),
        ({"intake": {"smtp": [{"max_bytes_in_flight": 65536}]}}, "intake.smtp[1]: max_bytes_in_flight must be at"),
        ({"intake": {"smtp": [{}, {}]}}, "intake.smtp.listen: intake.smtp listens on 127.0.0.1:2525 already"),
        (
            {"metrics": {"listen": "127.0.0.1:9104"}, "console": {"listen": "127.0.0.1:9104"}},
            "console.listen: metrics listens on 127.0.0.1:9104 already",
        ),
        ({"intake": {"imap": [MAILBOX, MAILBOX]}}, 'intake: two mailboxes have the name "support"'),
        ({"intake": {"imap": [{**MAILBOX, "done_folder": "Inbox"}]}}, 'intake.imap[1]: done_folder = "Inbox" is'),
        ({"intake": {"imap": [{**MAILBOX, "tls": "none"}]}}, 'intake.imap[1]: tls = "none" is allowed to this machine'),
        ({"outbound": {"host": "smtp.acme.example", "tls": "none"}}, 'outbound: tls = "none" is allowed to this mach'),
        ({"outbound": {"password": SECRET}}, "outbound: user is missing: whose password it is"),
        ({"outbound": {"transport": "maildir"}}, 'outbound: transport = "maildir" needs maildir = "FOLDER"'),
        ({"outbound": {"password": SECRET, "password_file": "x"}}, "outbound: takes one of password, password_file"),
        ({"agent": [{"name": "Ann", "address": "support@localhost"}]}, "agent Ann cannot have the desk's own"),
        (
            {"agent": [{"name": "Ann", "address": "a@x.example"}, {"name": "Bob", "address": "A@x.example"}]},
            "agent Bob: a@x.example belongs to agent Ann already",
        ),
        ({"agent": [{"name": "Ann", "address": "a@x.example", "teams": ["x"]}]}, 'agent Ann is in team "x", and there'),
        ({"desk": {"team": "x"}}, '[desk] belongs to team "x", and there'),
        ({"intake": {"imap": [{**MAILBOX, "team": "x"}]}}, 'mailbox support belongs to team "x", and there'),
        ({"team": [{"name": "x"}, {"name": "x"}]}, 'two [[team]]s have the name "x"'),
        ({"type": [{"name": "x"}, {"name": "x"}]}, 'the type "x" is there twice'),
        ({"type": [{"name": "general"}]}, 'the type "general" is there twice'),
        (
            {"sla": [{"name": "s", "answer_hours": 4, "types": ["x"]}]},
            'sla s is for type "x", and there is no [[type]]',
        ),
        ({"team": [{"name": "x", "address": "support@localhost"}]}, "team x: support@localhost belongs to the desk"),
        (
            {"team": [{"name": name, "address": "R@x.example"} for name in ("x", "y")]},
            "team y: r@x.example belongs to team x already",
        ),
        ({"team": [{"name": "x", "templates": "returns"}]}, "team[1]: team x: templates is for mail that comes from"),
        (
            {"intake": {"imap": [{**MAILBOX, "sent_folder": "INBOX"}]}},
            'intake.imap[1]: sent_folder = "INBOX" is folder',
        ),
    ],
    ids=[
        "numbers would come twice",
        "certificate without key",
        "TLS without certificate",
        "largest mail never fits",
        "two doors at one place",
        "metrics and buttons at one place",
        "two mailboxes of one name",
        "taken mail where new mail comes in",
        "plain text to another machine",
        "plain text to a relay",
        "password of nobody",
        "maildir nowhere",
        "two passwords",
        "agent with the desk's address",
        "two agents of one address",
        "team that does not exist",
        "team of the desk that does not exist",
        "team of a mailbox that does not exist",
        "two teams of one name",
        "two types of one name",
        "the type that every ticket has",
        "type that does not exist",
        "team with the desk's address",
        "two teams of one address",
        "words of a desk without an address",
        "sent mail where new mail comes in",
    ],
)
def test_settings_that_do_not_go_together_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        build(values)

    assert str(mistake.value).startswith(f"{FILE}: {message}")
    assert SECRET not in str(mistake.value)


def test_who_answers_from_the_desks_mailbox_is_told_how_that_goes_without_an_agent() -> None:
    with pytest.raises(ConfigError) as mistake:
        build({"agent": [{"name": "Ann", "address": "support@localhost"}]})

    assert all(words in str(mistake.value) for words in ("leave it out", 'sent_folder = "auto"', "mark_seen = false"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"intake": {"imap": [{**MAILBOX, "start": datetime(2026, 11, 1, 10, tzinfo=UTC)}]}},
            'intake.imap[1].start = "2026-11-01 10:00:00+00:00"\n  is none of: "now", "all", a date such as',
        ),
        (
            {"outbound": {"oauth2": {"client_secret_expires": "soon"}}},
            "outbound.oauth2.client_secret_expires = (not shown)\n  is not a date such as 2027-05-01.",
        ),
    ],
    ids=["a moment", "a word"],
)
def test_what_is_no_date_is_told_from_one(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        build(values)

    assert str(mistake.value).startswith(f"{FILE}: {message}")


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(ConfigError) as mistake:
        build({"desk": {"adress": "x"}, "outbound": {"tls": "x", "port": 0}})

    assert str(mistake.value).count(f"{FILE}: ") == 3
