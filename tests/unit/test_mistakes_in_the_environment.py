"""How a mistake in a variable of the environment reads: the variable, its value, how such a value is written."""

from pathlib import Path

import pytest

from mailticket import config
from mailticket.errors import ConfigError

SECRET = "geheim"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("MAILTICKET__DSK__NAME", "x", 'environment: MAILTICKET__DSK__NAME names no setting.  Did you mean "desk"?'),
        ("MAILTICKET__DESK__NAM", "x", 'environment: MAILTICKET__DESK__NAM names no setting.  Did you mean "name"?'),
        ("MAILTICKET__DESK__NAME__X", "x", "environment: MAILTICKET__DESK__NAME__X names no setting."),
        ("MAILTICKET__INTAKE__IMAP__0__HOST", "x", "environment: MAILTICKET__INTAKE__IMAP__0__HOST names no setting."),
        (
            "MAILTICKET__OUTBOUND__TLS",
            "startls",
            'environment, MAILTICKET__OUTBOUND__TLS: outbound.tls = "startls"\n'
            '  is not one of: implicit, starttls, none.  Did you mean "starttls"?',
        ),
        (
            "MAILTICKET__DESK__ALIASES",
            "a@x.example",
            'environment, MAILTICKET__DESK__ALIASES = "a@x.example"\n'
            '  cannot be read: a list is written as JSON, such as ["one", "two"].',
        ),
        (
            "MAILTICKET__DESK__ALIASES",
            '["a"]',
            'environment, MAILTICKET__DESK__ALIASES: desk.aliases[1] = "a"\n'
            "  is not a mail address such as support@acme.example.",
        ),
        (
            "MAILTICKET__AGENT",
            '[{"name": "Ann"}]',
            "environment, MAILTICKET__AGENT: agent[1].address is missing and has no default.",
        ),
        (
            "MAILTICKET__OUTBOUND",
            f"password={SECRET}",
            "environment, MAILTICKET__OUTBOUND\n  cannot be read: a table is written as JSON.",
        ),
        (
            "MAILTICKET__INTAKE__IMAP",
            f'{{"password": "{SECRET}"}}',
            "environment, MAILTICKET__INTAKE__IMAP\n"
            '  cannot be read: tables are written as a JSON list, such as [{"name": "value"}].',
        ),
    ],
    ids=[
        "unknown section",
        "unknown key",
        "key below a key",
        "one table of many",
        "value",
        "list that is not JSON",
        "value in a list",
        "missing in a table",
        "table that is not JSON",
        "table that is no list",
    ],
)
def test_mistake_in_the_environment_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError) as mistake:
        config.build({}, "mailticket.toml", Path("/etc/mailticket"))

    assert str(mistake.value) == message
