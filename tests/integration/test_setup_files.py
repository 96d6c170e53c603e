"""Where do settings and passwords go, and who can read them?"""

import os
import resource
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mailticket.cli.setup.finishing import program
from mailticket.errors import MailticketError
from mailticket.setup import files

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)


def values(**more: Any) -> dict[str, Any]:
    return {
        "desk": {"address": "support@acme.example", "data_dir": "data"},
        "intake": {"imap": [{"name": "support", "user": "support", "password": "horse"}]},
        "outbound": {"user": "support", "password": "horse", **more},
    }


def test_one_password_is_one_file_that_nobody_else_reads(tmp_path: Path) -> None:
    written = files.write(values(), tmp_path / "new" / "desk.toml", NOW)

    (password,) = written.passwords
    assert password.read_text() == "horse\n"
    assert password.stat().st_mode & 0o777 == written.settings.stat().st_mode & 0o777 == 0o600
    said = tomllib.loads(written.settings.read_text())
    assert said["outbound"]["password_file"] == said["intake"]["imap"][0]["password_file"] == "desk.password"
    assert "horse" not in written.settings.read_text()
    assert written.copy is None


def test_two_passwords_are_two_files(tmp_path: Path) -> None:
    written = files.write(values(password="other"), tmp_path / "desk.toml", NOW)

    assert [path.name for path in written.passwords] == ["desk.password", "desk-2.password"]
    assert [path.read_text() for path in written.passwords] == ["horse\n", "other\n"]


def test_what_is_there_stays_as_a_copy(tmp_path: Path) -> None:
    first = files.write(values(), tmp_path / "desk.toml", NOW)
    before = first.settings.read_text()

    again = files.write(values(password="other"), tmp_path / "desk.toml", NOW)

    assert again.copy == tmp_path / "desk.toml.20261123-040506"
    assert again.copy.read_text() == before
    assert first.passwords[0].read_text() == "horse\n"
    assert [path.name for path in again.passwords] == ["desk-2.password", "desk-3.password"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(MailticketError, match="cannot be written"):
        files.write(values(), tmp_path / "file" / "desk.toml", NOW)


def test_full_disk_leaves_the_file_that_is_there(tmp_path: Path) -> None:
    first = files.write(values(), tmp_path / "desk.toml", NOW)
    before, unlimited = first.settings.read_text(), resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (100, unlimited[1]))
    try:
        with pytest.raises(MailticketError, match="cannot be written"):
            files.write(values(), tmp_path / "desk.toml", NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    assert first.settings.read_text() == before
    assert sorted(path.name for path in tmp_path.glob("*.toml*")) == ["desk.toml"]


def test_what_root_writes_the_service_can_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 65534, 65534)

    written = files.write(values(), tmp_path / "desk.toml", NOW)

    owner = {
        path.name: (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777)
        for path in tmp_path.glob("desk*")
    }
    assert owner == {"desk.toml": (0, 65534, 0o640), "desk.password": (65534, 65534, 0o600)}
    assert files.is_anothers(tmp_path / "data")
    assert not files.is_anothers(tmp_path)
    assert written.settings.exists()


def test_what_root_makes_in_the_services_folder_is_the_services() -> None:
    with TemporaryDirectory() as name:  # tmp_path lies in a folder that is closed to others
        data = Path(name) / "data"
        data.mkdir()
        Path(name).chmod(0o755)
        os.chown(data, 65534, 65534)

        with files.as_its_owner(data):
            (data / "oauth.key").touch()

        made = (data / "oauth.key").stat()
        assert (made.st_uid, made.st_gid) == (65534, 65534)
        assert (os.geteuid(), os.getegid()) == (0, 0)


def test_what_is_our_own_we_make_ourselves(tmp_path: Path) -> None:
    with files.as_its_owner(tmp_path / "not there yet"):
        assert os.geteuid() == os.getuid()


def test_the_file_that_is_named_is_where_settings_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILTICKET_CONFIG", "/somewhere/desk.toml")

    assert files.usual_place() == Path("/somewhere/desk.toml")
    assert files.usual_data(Path("/etc/mailticket/mailticket.toml")) == "/var/lib/mailticket"
    assert files.usual_data(Path("/home/ann/mailticket.toml")) == "data"


def test_the_next_steps_name_a_command_that_can_be_typed(tmp_path: Path) -> None:
    script = tmp_path / "bin" / "mailticket"
    script.parent.mkdir()
    script.touch(mode=0o755)

    assert program(str(script), path="/nowhere") == str(script)
    assert program(str(script), path=str(script.parent)) == "mailticket"
    assert program("/somewhere/mailticket/__main__.py", path="/nowhere") == "mailticket"
