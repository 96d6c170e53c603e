"""Mailboxes at providers: how fast a relay is sent to, and in which order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """To this revision."""
    _outgoing_pace()
    _oauth_grants()
    _probes_and_troubles()


def _outgoing_pace() -> None:
    op.add_column("outbox", sa.Column("domain", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("outbox", sa.Column("recipients", sa.Integer(), nullable=False, server_default=sa.text("1")))
    # what waits keeps its place: people before updates, and digests last
    op.execute(
        "UPDATE outbox SET priority = 1 WHERE state = 'queued'"
        " AND kind IN ('agent_notification', 'held', 'bounced', 'alert')"
    )
    op.execute("UPDATE outbox SET priority = 3 WHERE state = 'queued' AND kind = 'digest'")
    op.create_table(
        "relay_pace",
        sa.Column("relay", sa.String(), nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("slowed_since", TIME, nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("full_rate", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("rising_since", TIME, nullable=True),
        sa.Column("away_since", TIME, nullable=True),
        sa.Column("away_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("relay", name=op.f("pk_relay_pace")),
    )


def _probes_and_troubles() -> None:
    op.create_table(
        "troubles",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_troubles")),
    )
    op.create_table(
        "probes",
        sa.Column("id", ID, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("slot", TIME, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("arrived_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probes")),
        sa.UniqueConstraint("message_id", name=op.f("uq_probes_message_id")),
        sa.UniqueConstraint("address", "slot", name=op.f("uq_probes_address_slot")),
    )


def _oauth_grants() -> None:
    op.create_table(
        "oauth_grants",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("account", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("granted_at", TIME, nullable=True),
        sa.Column("renewed_at", TIME, nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("failed_at", TIME, nullable=True),
        sa.Column("failure", sa.Text(), nullable=False, server_default=sa.text("''")),
        sa.Column("claimed_by", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_oauth_grants")),
    )
