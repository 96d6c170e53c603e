"""Settings from file and environment: where they are found, and what they become."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mailticket import config
from mailticket.config import Settings
from mailticket.errors import ConfigError
from mailticket.settings.login import Login

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
    assert config.secret_of(build({"outbound": {"user": "ann", "password": SECRET}}).outbound) == SECRET
    assert config.secret_of(Login()) == ""


def test_password_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f" {SECRET} \r\n", encoding="utf-8")

    assert (
        config.secret_of(build({"outbound": {"user": "ann", "password_file": "password"}}, tmp_path).outbound)
        == f" {SECRET} "
    )


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
