"""`check` makes and changes nothing: before the first start, over an old schema, as whoever runs it."""

import json
import os
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from mailticket.checks import disk, looks, rights, store
from mailticket.store import schema
from mailticket.store.engine import Store
from tests.integration.checks.sites import seen, site
from tests.servers.postgres import Postgres

OUTSIDE: dict[str, Any] = {"outbound": {"transport": "maildir", "maildir": "outgoing"}}


def everything(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*") if path.is_file()}


def test_a_look_before_the_first_start_leaves_nothing_behind(tmp_path: Path) -> None:
    here = site(tmp_path, **OUTSIDE)

    found = {one.name: one for one in looks.look(here.settings, None)}

    assert list(tmp_path.iterdir()) == []
    for name in ("data folder", "database", "token key"):
        assert found[name].ok and "the first start makes it" in found[name].detail
    assert "waiting mail" not in found


def test_a_look_at_a_store_leaves_it_as_it_was(tmp_path: Path, ready_sqlite: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "mailticket.db").write_bytes(ready_sqlite.read_bytes())
    before = everything(tmp_path)
    here = site(tmp_path, **OUTSIDE)

    found = {one.name: one for one in looks.look(here.settings, None)}

    assert found["waiting mail"].ok and found["database"].ok
    assert everything(tmp_path) == before


def test_root_leaves_no_file_of_its_own_beside_a_service_that_runs(tmp_path: Path, ready_sqlite: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "mailticket.db").write_bytes(ready_sqlite.read_bytes())
    os.chown(data, 1, 1)
    os.chown(data / "mailticket.db", 1, 1)

    for _ in looks.look(site(tmp_path, **OUTSIDE).settings, None):
        assert {path.stat().st_uid for path in data.iterdir()} == {1}


def test_an_older_schema_is_left_to_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    older = Store("", tmp_path / "data")
    schema.upgrade(older, "0001")
    older.close()
    here = site(tmp_path, **OUTSIDE)

    found = {one.name: one for one in looks.look(here.settings, None)}

    assert f"schema 0001; the next start brings it to {schema.newest()}" in found["database"].detail
    assert "waiting mail" not in found
    with sqlite3.connect(tmp_path / "data" / "mailticket.db") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_a_postgresql_without_this_schema_is_told_how_to_get_it(postgresql_url: str, tmp_path: Path) -> None:
    (found,) = seen(store.database, site(tmp_path, store={"url": postgresql_url}))

    assert (found.ok, found.mend) == (False, "mailticket db upgrade")


def test_a_postgresql_says_version_durability_and_connections(ready_postgresql_url: str, tmp_path: Path) -> None:
    (found,) = seen(store.database, site(tmp_path, store={"url": ready_postgresql_url}))

    assert found.ok
    assert "synchronous_commit on, schema " in found.detail and " connections in use" in found.detail


def test_a_postgresql_that_could_lose_mail_is_told(postgresql_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {postgresql_url.rpartition('/')[2]} SET synchronous_commit = off")

    (found,) = seen(store.database, site(tmp_path, store={"url": postgresql_url}))

    assert not found.ok and "power cut" in found.detail


def test_a_postgresql_that_is_not_there_is_told(tmp_path: Path) -> None:
    here = site(tmp_path, store={"url": "postgresql://desk@127.0.0.1:9/desk"}, **OUTSIDE)

    found = {one.name: one for one in looks.look(here.settings, None)}

    assert (found["database"].ok, found["database"].detail) == (False, "127.0.0.1:9 does not answer")
    assert found["disk"].ok and "waiting mail" not in found


def test_a_postgresql_that_says_nothing_is_told_once(postgres: Postgres, tmp_path: Path) -> None:
    here = site(tmp_path, store={"url": postgres.url}, **OUTSIDE)

    with postgres.frozen():
        found = {one.name: one for one in looks.look(here.settings, None)}

    assert (found["database"].ok, found["database"].detail) == (False, f"127.0.0.1:{postgres.port} does not answer")
    assert [name for name, one in found.items() if "not answer" in one.detail] == ["database"]


def test_a_file_of_somebody_elses_in_data_dir_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mine").touch()
    os.chown(data, 1, 1)

    (found,) = seen(rights.owners, site(tmp_path))

    assert not found.ok and "in it mine to root" in found.detail and found.mend.startswith("chown -R daemon:")


@pytest.mark.parametrize(
    ("folder", "mode", "setting", "says", "mend"),
    [
        (0o755, 0o600, "password_file", "([outbound] password_file)", "chgrp daemon {file} && chmod 640 {file}"),
        (0o700, 0o640, "password_file", "{folder} is closed to it", "put it into a folder that is not"),
        (0o700, 0o644, "ca_file", "{folder} is closed to it", "correct [outbound] ca_file"),
    ],
    ids=["a password", "a password in a closed folder", "a certificate in root's folder"],
)
def test_a_file_that_the_service_cannot_read_is_told(
    folder: int, mode: int, setting: str, says: str, mend: str
) -> None:
    with TemporaryDirectory() as name:  # tmp_path lies in a folder that is closed to others
        here = Path(name)
        here.chmod(0o755)
        (here / "data").mkdir()
        os.chown(here / "data", 1, 1)
        (here / "files").mkdir(mode=folder)
        file = here / "files" / "file"
        file.touch(mode=mode)

        (found,) = seen(rights.secrets, site(here, outbound={setting: str(file), "user": "x"}))

        assert not found.ok and f"user daemon cannot read {file}" in found.detail
        assert says.format(folder=file.parent) in found.detail and mend.format(file=file) in found.mend


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [(0o600, b"k" * 32, ""), (0o644, b"k" * 32, "can be read by others"), (0o600, b"", "cannot be used")],
    ids=["as it should be", "open to others", "empty"],
)
def test_the_token_key(tmp_path: Path, mode: int, content: bytes, says: str) -> None:
    (tmp_path / "data").mkdir()
    key = tmp_path / "data" / "token.key"
    key.write_bytes(content)
    key.chmod(mode)

    (found,) = seen(disk.token_key, site(tmp_path))

    assert found.ok is (not says) and says in found.detail


def test_a_token_key_that_is_gone_from_a_desk_with_mail_is_told(tmp_path: Path, ready_sqlite: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mailticket.db").write_bytes(ready_sqlite.read_bytes())

    (found,) = seen(disk.token_key, site(tmp_path))

    assert not found.ok and "backup" in found.mend


def test_findings_are_plain_json(tmp_path: Path) -> None:
    names = [one.name for one in looks.look(site(tmp_path, **OUTSIDE).settings, None)]

    assert json.loads(json.dumps(names)) == names and all(names) and len(set(names)) == len(names)
