"""Which shape has the database, and how does it get to ours? By Alembic, called from code: `db upgrade` and `run`."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from mailticket.errors import MailticketError
from mailticket.store.engine import Store

_MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaBroken(MailticketError):
    """A migration left rows behind that point nowhere; nothing was changed."""


@cache
def newest() -> str:
    """The revision that this version of mailticket works with."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def current(store: Store) -> str | None:
    """The revision that the database has, None where it is empty."""
    with store.reading() as connection:
        return revision(connection)


def revision(connection: Connection) -> str | None:
    """The same, as this transaction sees it."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(store: Store, revision: str = "head") -> None:
    """Brings the database to `revision` in one transaction; does nothing where it is there already.

    Raises SchemaBroken where rows would be left that point nowhere.
    """
    with store.migrating() as connection:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if store.is_sqlite:
            _check_foreign_keys(connection)


def _check_foreign_keys(connection: Connection) -> None:
    if rows := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise SchemaBroken(f"the migration would leave {len(rows)} rows that point nowhere, the first in {rows[0][0]}")
