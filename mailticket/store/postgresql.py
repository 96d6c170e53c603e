"""What does the PostgreSQL server say about itself? For `check`."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server."""

    version: str
    synchronous_commit: str
    #: Connections in use, and how many there may be for users like ours.
    used: int
    most: int


def server(connection: Connection) -> Server:
    """The server at the other end."""
    row = connection.execute(_ABOUT).one()
    return Server(
        version=str(row.version).partition(" ")[0], synchronous_commit=row.commit, used=row.used, most=row.most
    )


_ABOUT = text(
    "SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commit, "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used, "
    "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS most"
)
