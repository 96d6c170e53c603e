"""The way of a database to this version's shape: upwards from every revision, with rows in every table."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    delete,
    insert,
    select,
    text,
)

import mailticket.store
from mailticket import assembly, config
from mailticket.desk.receipt import Duplicate
from mailticket.errors import ConfigError
from mailticket.store import schema
from mailticket.store.blobs import BlobFolder
from mailticket.store.engine import Store
from mailticket.store.schema import SchemaBroken
from mailticket.store.tables import metadata
from tests.factories import make_raw
from tests.integration.nodes import node

MIGRATIONS = Path(mailticket.store.__file__).parent / "migrations"
#: SQLAlchemy cannot read these back from SQLite; that the one we have survives every migration, test_numbers says.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index"),
    pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index"),
]
#: Oldest first.
REVISIONS = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()][::-1]


def tables(connection: Connection) -> dict[str, Table]:
    """What is there, in an order in which rows can be put in."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name != "alembic_version"}


def value(column: Column[Any]) -> Any:
    """Something for any column: the same everywhere, so that every foreign key finds its row."""
    kinds: list[tuple[type[Any], Any]] = [
        (Boolean, True),
        (Integer, 1),
        (Float, 1.0),
        (Numeric, 1),
        (DateTime, datetime(2026, 11, 22, 12, 0, tzinfo=UTC)),
        (Date, date(2026, 11, 22)),
        (JSON, {"a": ["b"]}),
        (LargeBinary, b"\0x"),
    ]
    return next((given for kind, given in kinds if isinstance(column.type, kind)), "x")


def fill(connection: Connection) -> None:
    """A row in every table that has none."""
    for table in tables(connection).values():
        if connection.execute(select(table).limit(1)).first() is None:
            connection.execute(insert(table), {column.name: value(column) for column in table.columns})


def rows(connection: Connection) -> dict[str, dict[str, Any]]:
    """The row of every table."""
    return {name: dict(connection.execute(select(table)).one()._mapping) for name, table in tables(connection).items()}


def test_rows_of_every_revision_reach_the_newest(empty_store: Store) -> None:
    for revision in REVISIONS:
        schema.upgrade(empty_store, revision)
        assert schema.current(empty_store) == revision
        with empty_store.writing() as connection:
            fill(connection)
            before = rows(connection)

    schema.upgrade(empty_store)

    with empty_store.reading() as connection:
        after = rows(connection)
        if empty_store.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert after.keys() == metadata.tables.keys()
    for name, row in before.items():
        assert after[name] == row


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_a_revision_survive_all_that_follow(empty_store: Store, revision: str) -> None:
    schema.upgrade(empty_store, revision)
    with empty_store.writing() as connection:
        fill(connection)
        before = rows(connection)

    schema.upgrade(empty_store)

    with empty_store.reading() as connection:
        after = {name: len(connection.execute(select(table)).all()) for name, table in tables(connection).items()}
        if empty_store.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    assert {name: after.get(name) for name in before} == dict.fromkeys(before, 1)


def test_newest_revision_is_what_the_tables_say(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []


def test_upgrading_again_changes_nothing(store: Store) -> None:
    with store.writing() as connection:
        fill(connection)
        before = rows(connection)

    schema.upgrade(store)

    assert schema.current(store) == schema.newest() == REVISIONS[-1]
    with store.reading() as connection:
        assert rows(connection) == before


@pytest.mark.parametrize("has_all_tables", [False, True], ids=["22 November", "23 November"])
def test_mail_from_before_0002_is_still_known_when_it_comes_again(
    empty_store: Store, tmp_path: Path, has_all_tables: bool
) -> None:
    schema.upgrade(empty_store, "0002" if has_all_tables else "0001")
    raw, folder = make_raw(), tmp_path / "blobs"
    with empty_store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        blob = BlobFolder(folder).prepare(raw, compress=True)
        stored = {"sha256": blob.sha256, "size": blob.size, "codec": blob.codec, "data": blob.data}
        connection.execute(insert(tables(connection)["blobs"]), stored)
        receipts = tables(connection)["receipts"]
        row = {column.name: value(column) for column in receipts.columns}
        nothing = {"ticket_id": None, "stored_message_id": None}
        given = {"digest": "as it was made then", "kind": "ignored", "raw_sha256": blob.sha256, **nothing}
        connection.execute(insert(receipts), row | given | {"why": {"verdict": "pass"}})

    schema.upgrade(empty_store)

    with node(empty_store, folder) as desk:
        assert isinstance(desk.receive(raw), Duplicate)


def test_database_whose_0001_brought_0002_already_is_upgraded(empty_store: Store) -> None:
    schema.upgrade(empty_store, "0002")
    with empty_store.writing() as connection:
        fill(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        before = rows(connection)

    schema.upgrade(empty_store)

    assert schema.current(empty_store) == schema.newest()
    with empty_store.reading() as connection:
        for name, table in tables(connection).items():
            for row in connection.execute(select(table)).mappings():
                # (what a mail is known by is made anew)
                digest = {"digest": row["digest"]} if "digest" in row else {}
                assert (before[name] | digest).items() <= dict(row).items()


def test_id_of_mail_that_waited_once_is_not_given_out_again(sqlite_url: str, tmp_path: Path) -> None:
    """SQLite begins anew with what is left in a table that a migration has copied."""
    store = Store(sqlite_url, tmp_path)
    given = []
    for revision in REVISIONS:
        schema.upgrade(store, revision)
        with store.migrating() as connection:  # where rows may point nowhere
            waiting = tables(connection)["waiting"]
            row = {column.name: value(column) for column in waiting.columns if column.name != "id"}
            given.append(connection.execute(insert(waiting).returning(waiting.c.id), row).scalar_one())
            connection.execute(delete(waiting))
    store.close()

    assert given == [number for number, _ in enumerate(REVISIONS, start=1)]


def test_copying_a_parent_table_leaves_its_children(store: Store) -> None:
    """Alembic changes a table of SQLite by copying it; with foreign keys on, that would delete what hangs on it."""
    with store.writing() as connection:
        fill(connection)
        before = rows(connection)

    with store.migrating() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("tickets", recreate="always" if store.is_sqlite else "never") as batch:
            batch.add_column(Column("mood", Integer))

    with store.reading() as connection:
        after = rows(connection)
    assert after["tickets"].pop("mood") is None
    assert after == before


def test_foreign_keys_hold_again_after_a_migration(store: Store) -> None:
    schema.upgrade(store)

    store.assert_durable()


def test_migration_that_leaves_rows_pointing_nowhere_is_undone(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url, tmp_path)
    schema.upgrade(store)
    with store.migrating() as connection:
        connection.execute(insert(metadata.tables["references"]), {"message_id": "<a@x>", "ticket_id": 99})

    with pytest.raises(SchemaBroken, match="1 rows that point nowhere, the first in references"):
        schema.upgrade(store)
    store.close()


def test_service_brings_sqlite_to_its_shape_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    settings = config.build({"store": {"url": sqlite_url}}, "test", tmp_path)

    store = assembly.open_store(settings)

    assert schema.current(store) == schema.newest()
    store.close()


def test_service_names_the_command_for_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    settings = config.build({"store": {"url": postgresql_url}}, "test", tmp_path)

    with pytest.raises(ConfigError, match=r"has schema none.*\n.*mailticket db upgrade"):
        assembly.open_store(settings)
    assembly.open_store(settings, upgrade=True).close()
    assembly.open_store(settings).close()
