"""Who writes, what was said about held mail, where mail comes back from; numbers without regard to capitals."""

import sqlalchemy as sa
from alembic import op

from mailticket.mail.parse import digest_of
from mailticket.store.blobs import unpacked

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this revision."""
    _know_them_again()
    if sa.inspect(op.get_bind()).has_table("exposed_tokens"):
        return  # a database of 23 November 2026, when 0001 brought all this
    # with a default, so that no table has to be copied: a copy of `waiting` would give out its old ids again
    op.add_column("contacts", sa.Column("bounced_at", TIME))
    op.add_column("contacts", sa.Column("bounce_reason", sa.String(), nullable=False, server_default=""))
    op.add_column("contacts", sa.Column("complained_at", TIME))
    op.add_column("attachments", sa.Column("logo", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attachments", sa.Column("summary", sa.Text(), nullable=False, server_default=""))
    op.add_column("waiting", sa.Column("word", sa.String(), nullable=False, server_default=""))
    op.add_column("waiting", sa.Column("decide_at", TIME))
    op.create_index(op.f("ix_waiting_decide_at"), "waiting", ["decide_at"])
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_constraint(op.f("uq_tickets_number"), type_="unique")
    op.create_index(op.f("uq_tickets_number"), "tickets", [sa.text("lower(number)")], unique=True)
    op.create_table(
        "exposed_tokens",
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_exposed_tokens")),
    )
    op.create_table(
        "listed_senders",
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("listing", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("pattern", name=op.f("pk_listed_senders")),
    )
    op.create_table(
        "refused_reverse_paths",
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("relay", "form", name=op.f("pk_refused_reverse_paths")),
    )


def _know_them_again() -> None:
    """A mail is known by its From, too, and whatever the blanks in it: repeats of those that we have had must still be
    known.

    By the raw mail, where it is kept in a row; files lie where a migration does not know, and quarantined mail has a
    digest of its own.
    """
    connection = op.get_bind()
    kept = sa.text(
        "SELECT r.id, r.digest, b.data, b.codec FROM receipts r JOIN blobs b ON b.sha256 = r.raw_sha256"
        " WHERE r.id > :after AND b.data IS NOT NULL AND r.kind <> 'quarantined' ORDER BY r.id LIMIT 200"
    )
    after = 0
    while rows := connection.execute(kept, {"after": after}).all():
        for row in rows:
            values = {"before": row.digest, "now": digest_of(unpacked(row.data, row.codec))}
            connection.execute(sa.text("UPDATE receipts SET digest = :now WHERE digest = :before"), values)
            connection.execute(sa.text("UPDATE waiting SET digest = :now WHERE digest = :before"), values)
        after = rows[-1].id
