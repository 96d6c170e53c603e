"""What does the settings file say that setup writes? What it shall, with the meanings of the reference."""

import tomllib
from datetime import date
from typing import Any

import pytest

from mailticket import config
from mailticket.settings import reference
from mailticket.setup.relay import Taken
from mailticket.setup.writing import settings_file

TODAY = date(2026, 11, 23)
VALUES: dict[str, Any] = {
    "desk": {"name": 'Ümlaut "Support" [#1]', "address": "support@acme.example", "plus_addressing": True},
    "intake": {"imap": [{"name": "support", "provider": "google", "user": "a\\b", "oauth2": {"client_id": "1"}}]},
    "outbound": {"provider": "google", "per_day": 500},
    "identity": {"dns": ["127.0.0.1:53", "::1"]},
    "agent": [{"name": "Ann", "address": "ann@acme.example"}, {"name": "Bob", "address": "bob@acme.example"}],
}


def test_what_is_read_back_is_what_was_meant() -> None:
    assert tomllib.loads(settings_file(VALUES, TODAY)) == VALUES


def test_each_line_has_the_meaning_of_the_reference() -> None:
    lines = settings_file(VALUES, TODAY).splitlines()

    assert "plus_addressing = true                   # the mail server delivers support+anything@ to us too" in lines
    at = next(number for number, line in enumerate(lines) if line.startswith("per_day = 500"))
    assert lines[at + 1].strip().startswith("# answers and confirmations")


def test_every_section_and_every_key_is_named() -> None:
    text = settings_file(VALUES, TODAY)

    for section in reference.sections():
        assert f"[{section.name}]" in text
        assert all(key in text for key in section.keys)


def test_no_line_is_longer_than_people_like() -> None:
    own = {line for line in settings_file(VALUES, TODAY).splitlines() if not line.partition(" # ")[2]}

    assert max(map(len, own)) <= 120


def test_the_reference_names_every_setting() -> None:
    assert {"desk", "intake.imap", "outbound.oauth2", "agent"} <= {section.name for section in reference.sections()}
    fields = config.Settings.model_fields["desk"].annotation
    assert fields is not None
    keys = next(section.keys for section in reference.sections() if section.name == "desk")
    assert set(keys) == set(fields.model_fields) - {"numbering"}


@pytest.mark.parametrize(
    ("taken", "plus", "envelope"),
    [
        (Taken(null=True, token=True), True, "auto"),
        (Taken(null=True, token=False), False, "auto"),
        (Taken(null=False, token=True), True, "token"),
        (Taken(null=False, token=True), False, "address"),
        (Taken(null=False, token=False), True, "address"),
    ],
    ids=["all", "null alone", "not null", "not null, no plus addresses", "neither"],
)
def test_the_envelope_suits_the_relay(taken: Taken, plus: bool, envelope: str) -> None:
    assert taken.envelope(plus_addressing=plus) == envelope
