"""Do settings keep their secrets to themselves, when they are wrong and when they are in force?"""

from pathlib import Path
from typing import Any

import pytest

from mailticket import config
from mailticket.errors import ConfigError

FILE, HERE = "mailticket.toml", Path("/etc/mailticket")
SECRET = "geheim"
#: Of no password that anybody knows.
HASH = "$argon2id$v=19$m=65536,t=3,p=4$UOTjaPG2yGefdxSVpjMA2Q$2aCWALrIGjkhCUJjUyMMJivGEgX7u1Dyx3iLAuISIqA"


@pytest.mark.parametrize(
    "values",
    [
        {"outbound": {"password": [SECRET]}},
        {"outbound": [{"password": SECRET}]},
        {"outbound": {"password": SECRET, "tls": "none", "host": "smtp.acme.example"}},
        {"outbound": {"passwrd": SECRET}},
        {"intake": {"imap": [{"password": SECRET}]}},
        {"intake": {"imap": {"password": SECRET}}},
        {"store": {"url": f"postgres://desk:{SECRET}@db.acme.example/desk"}},
    ],
    ids=["list", "table in a list", "rule of a section", "unknown key", "missing key", "no list", "in a URL"],
)
def test_no_mistake_shows_a_secret(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as mistake:
        config.build(values, FILE, HERE)

    assert SECRET not in str(mistake.value)


def test_settings_in_force_do_not_print_their_passwords() -> None:
    assert SECRET not in repr(config.build({"outbound": {"user": "ann", "password": SECRET}}, FILE, HERE))


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        "$argon2id$v=19$m=65536,t=3,p=4$c2hvcnQ$short",
        "$2b$12$" + 53 * "a",
        HASH.replace("m=65536", "m=9999999"),
    ],
    ids=["the password itself", "a piece of a hash", "another kind of hash", "dearer than a login may be"],
)
def test_what_is_no_hash_of_a_password_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        config.build({"agent": [{"name": "Ann", "address": "ann@acme.example", "password_hash": value}]}, FILE, HERE)

    assert str(mistake.value).startswith(f"{FILE}: agent[1].password_hash = (not shown)\n  is no line of `mailticket")
    assert value not in str(mistake.value)


def test_a_hash_of_a_password_does_not_show_either() -> None:
    settings = config.build(
        {"agent": [{"name": "Ann", "address": "ann@acme.example", "password_hash": HASH}]}, FILE, HERE
    )

    assert settings.agent[0].password_hash.get_secret_value() == HASH
    assert HASH not in repr(settings)
