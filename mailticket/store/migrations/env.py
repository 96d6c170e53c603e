"""Alembic's entry: runs the migrations on the connection that schema.upgrade hands over."""

from alembic import context

from mailticket.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most things in place: Alembic copies the table
    render_as_batch=True,
    # one transaction around all revisions, begun by Store.migrating
    transactional_ddl=False,
)
context.run_migrations()
