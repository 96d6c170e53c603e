"""Settings from file and environment: what they become, and how a mistake reads."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailticket import config
from mailticket.config import Settings
from mailticket.errors import ConfigError
from mailticket.settings import Login

FILE = "mailticket.toml"
SECRET = "geheim"
MAILBOX = {"name": "support", "host": "imap.acme.example"}


@pytest.fixture(autouse=True)
def _no_settings_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAILTICKET_CONFIG", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)


def build(values: dict[str, Any], base: Path = Path("/etc/mailticket")) -> Settings:
    return config.build(values, FILE, base)


def nested(key: str, value: Any) -> dict[str, Any]:
    """`{"desk": {"name": value}}` for `desk.name`; `intake.imap.port` stands in a list."""
    *sections, name = key.split(".")
    values: dict[str, Any] = {name: value}
    for section in reversed(sections):
        if section in ("smtp", "imap", "agent", "team"):
            values = {section: [{**MAILBOX, **values} if section == "imap" else values]}
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
    ("store.blobs", 5, "is not a path in quotes.", None),
    ("store.url", "mysql://host/db", "is neither", None),
    ("attachments.allowed", "pdf", 'is not a list, such as ["one", "two"].', None),
    ("intake.smtp.listen", ["2525"], 'is neither "HOST:PORT" nor "systemd:NAME".', None),
    ("intake.smtp.trusted_peers", ["10.0.0/33"], "is not an address or network such as 192.0.2.0/24.", None),
    ("intake.imap.start", "yesterday", 'is none of: "now", "all", a date such as 2026-11-01.', None),
    ("intake.imap.name", "", "must have letters, digits and . _ @ - only", None),
    ("intake.imap.host", "", "must not be empty.", None),
    ("intake.imap.port", 70000, "must be at most 65535.", None),
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
        ({"agent": [{"name": "Ann"}]}, "agent[1].address is missing and has no default."),
        ({"intake": {"imap": MAILBOX}}, "intake.imap: is written in double brackets, once for each: [[intake.imap]]."),
        ({"desk": "Acme"}, 'desk = "Acme"\n  is not a table.'),
    ],
    ids=["section", "key", "key of the second table", "nothing alike", "missing", "single brackets", "no table"],
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
        ({"intake": {"smtp": [{"max_bytes_in_flight": 65536}]}}, "intake.smtp[1]: max_bytes_in_flight must be at"),
        ({"intake": {"imap": [MAILBOX, MAILBOX]}}, 'intake: two mailboxes have the name "support"'),
        ({"intake": {"imap": [{**MAILBOX, "tls": "none"}]}}, 'intake.imap[1]: tls = "none" is allowed to this machine'),
        ({"outbound": {"host": "smtp.acme.example", "tls": "none"}}, 'outbound: tls = "none" is allowed to this mach'),
        ({"outbound": {"transport": "maildir"}}, 'outbound: transport = "maildir" needs maildir = "FOLDER"'),
        ({"outbound": {"password": SECRET, "password_file": "x"}}, "outbound: takes one of password, password_file"),
        ({"agent": [{"name": "Ann", "address": "support@localhost"}]}, "agent Ann: support@localhost belongs to the"),
        (
            {"agent": [{"name": "Ann", "address": "a@x.example"}, {"name": "Bob", "address": "A@x.example"}]},
            "agent Bob: a@x.example belongs to agent Ann already",
        ),
        ({"agent": [{"name": "Ann", "address": "a@x.example", "teams": ["x"]}]}, 'agent Ann is in team "x", and there'),
    ],
    ids=[
        "numbers would come twice",
        "certificate without key",
        "largest mail never fits",
        "two mailboxes of one name",
        "plain text to another machine",
        "plain text to a relay",
        "maildir nowhere",
        "two passwords",
        "agent with the desk's address",
        "two agents of one address",
        "team that does not exist",
    ],
)
def test_settings_that_do_not_go_together_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        build(values)

    assert str(mistake.value).startswith(f"{FILE}: {message}")
    assert SECRET not in str(mistake.value)


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(ConfigError) as mistake:
        build({"desk": {"adress": "x"}, "outbound": {"tls": "x", "port": 0}})

    assert str(mistake.value).count(f"{FILE}: ") == 3


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
        build(values)

    assert SECRET not in str(mistake.value)


def test_settings_in_force_do_not_print_their_passwords() -> None:
    assert SECRET not in repr(build({"outbound": {"password": SECRET}}))


# -- environment


@pytest.mark.parametrize(
    ("variable", "value", "key", "seen"),
    [
        ("MAILTICKET__DESK__NAME", "Acme", "desk.name", "Acme"),
        ("mailticket__desk__name", "Acme", "desk.name", "Acme"),
        ("MAILTICKET__DESK__ALIASES", '["a@x.example","b@x.example"]', "desk.aliases", ("a@x.example", "b@x.example")),
        ("MAILTICKET__DESK__PLUS_ADDRESSING", "true", "desk.plus_addressing", True),
        ("MAILTICKET__DESK__NUMBERING__PADDING", "6", "desk.numbering.padding", 6),
        ("MAILTICKET__STORE__URL", "postgresql://h/d", "store.url", "postgresql://h/d"),
        ("MAILTICKET__STORE__BLOBS", "", "store.blobs", None),
        ("MAILTICKET__OUTBOUND", '{"port": 587}', "outbound.port", 587),
    ],
    ids=["text", "lower case", "list", "yes or no", "number", "URL", "no path", "whole table"],
)
def test_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: str, seen: object
) -> None:
    monkeypatch.setenv(variable, value)

    found: Any = build({"desk": {"name": "In the file"}, "outbound": {"port": 25}, "store": {"blobs": "blobs"}})
    for step in key.split("."):
        found = getattr(found, step)

    assert found == seen


def test_environment_changes_nothing_but_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTICKET__DESK__NAME", "Acme")

    assert build({"desk": {"address": "help@acme.example"}}).desk.address == "help@acme.example"


def test_tables_in_the_environment_take_the_place_of_those_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTICKET__TEAM", '[{"name": "returns"}]')

    assert [team.name for team in build({"team": [{"name": "sales"}, {"name": "orders"}]}).team] == ["returns"]


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
        build({})

    assert str(mistake.value) == message


def test_variables_of_others_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTICKET_DESK", "x")
    monkeypatch.setenv("DESK", "x")

    assert build({}).desk.name == "Support"


# -- paths


@pytest.mark.parametrize(
    ("written", "path"),
    [("data", "/etc/mailticket/data"), ("../x", "/etc/mailticket/../x"), ("/var/lib/x", "/var/lib/x")],
)
def test_relative_paths_start_at_the_folder_of_the_file(written: str, path: str) -> None:
    settings = build(
        {"desk": {"data_dir": written}, "intake": {"imap": [{**MAILBOX, "ca_file": written}]}, "store": {}}
    )

    assert settings.desk.data_dir == Path(path)
    assert settings.intake.imap[0].ca_file == Path(path)


def test_path_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/desk")

    assert build({"desk": {"data_dir": "~/data"}}).desk.data_dir == Path("/home/desk/data")


@pytest.mark.parametrize(
    "key",
    [
        "store.blobs",
        "intake.smtp.tls_cert",
        "intake.smtp.tls_key",
        "intake.imap.ca_file",
        "intake.imap.password_file",
        "outbound.ca_file",
        "outbound.password_file",
        "outbound.maildir",
        "identity.token_key_file",
    ],
)
def test_empty_path_is_none(key: str) -> None:
    found: Any = build(nested(key, ""))
    for step in key.split("."):
        found = getattr(found, step)
        found = found[0] if isinstance(found, tuple) else found

    assert found is None


# -- passwords


def test_password_comes_from_the_settings_themselves() -> None:
    assert config.secret_of(build({"outbound": {"password": SECRET}}).outbound) == SECRET
    assert config.secret_of(Login()) == ""


def test_password_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f" {SECRET} \r\n", encoding="utf-8")

    assert config.secret_of(build({"outbound": {"password_file": "password"}}, tmp_path).outbound) == f" {SECRET} "


def test_password_comes_from_a_systemd_credential(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "relay").write_text(SECRET + "\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert config.secret_of(Login(credential="relay")) == SECRET


@pytest.mark.parametrize(
    ("login", "says"),
    [
        (Login(credential="relay"), "needs systemd (LoadCredential=relay:FILE in its unit)"),
        (Login(password_file=Path("/nowhere/password")), "/nowhere/password: the password cannot be read: No such"),
    ],
    ids=["credential without systemd", "no such file"],
)
def test_password_that_cannot_be_had_is_a_mistake_in_the_settings(login: Login, says: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        config.secret_of(login)

    assert says in str(mistake.value)


# -- the file


def test_file_is_named_by_the_command_line_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named, other = tmp_path / "a.toml", tmp_path / "b.toml"
    named.touch()
    other.touch()
    monkeypatch.setenv("MAILTICKET_CONFIG", str(other))

    assert config.find(named) == named
    assert config.find() == other


def test_file_beside_us_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "mailticket.toml").touch()

    assert config.find() == Path("config/mailticket.toml")


@pytest.mark.parametrize("by", ["command line", "environment"])
def test_named_file_that_is_not_there_is_a_mistake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: str) -> None:
    missing = tmp_path / "missing.toml"
    monkeypatch.setenv("MAILTICKET_CONFIG", str(missing))

    with pytest.raises(ConfigError, match="there is no such settings file"):
        config.find(missing if by == "command line" else None)


def test_no_file_at_all_says_where_it_was_looked_for() -> None:
    with pytest.raises(ConfigError, match=r"config/mailticket\.toml, /etc/mailticket/mailticket\.toml"):
        config.load(None)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"[desk\n", "is not valid TOML: .*line 1"), (b'name = "\xff"\n', "is not valid TOML")],
    ids=["syntax", "not UTF-8"],
)
def test_file_that_is_no_toml_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / FILE
    file.write_bytes(content)

    with pytest.raises(ConfigError, match=f"^{file}: {says}"):
        config.load(file)


def test_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        config.load(tmp_path)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """`config` with a settings file in it, and nobody may look."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / FILE).touch()
    folder.chmod(0)
    yield folder
    folder.chmod(0o700)


@contextmanager
def somebody_else() -> Iterator[None]:
    """Root may look everywhere; whoever else runs the tests is stopped by the folder's mode."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_file_of_another_user_says_as_whom_to_run_the_command(closed_folder: Path) -> None:
    with somebody_else(), pytest.raises(ConfigError, match="this user may not read it"):
        config.load(config.find(closed_folder / FILE))


def test_working_folder_of_another_user_is_passed_over(monkeypatch: pytest.MonkeyPatch, closed_folder: Path) -> None:
    monkeypatch.chdir(closed_folder.parent)

    with somebody_else():
        assert config.find() != config.PLACES[0]


def test_mistake_in_a_file_names_it(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.write_text("[outbound]\ntls = 'x'\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=f"^{file}: outbound.tls = "):
        config.load(file)
