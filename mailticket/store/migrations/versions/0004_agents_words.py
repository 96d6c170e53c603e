"""What agents order by mail: tickets that sleep, ask or keep quiet, agents who are away; what customers click."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """To this revision."""
    op.add_column("tickets", sa.Column("snoozed_until", TIME, nullable=True))
    op.add_column("tickets", sa.Column("asked_at", TIME, nullable=True))
    op.add_column("tickets", sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    for column in ("snoozed_until", "asked_at"):
        some = sa.text(f"{column} IS NOT NULL")
        op.create_index(op.f(f"ix_tickets_{column}"), "tickets", [column], sqlite_where=some, postgresql_where=some)
    op.add_column("contacts", sa.Column("language", sa.String(), nullable=False, server_default=sa.text("''")))
    op.add_column("waiting", sa.Column("shown_until", ID, nullable=False, server_default=sa.text("0")))
    op.create_table(
        "used_buttons",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_used_buttons")),
    )
    op.create_index(op.f("ix_used_buttons_used_at"), "used_buttons", ["used_at"])
    op.create_table(
        "agent_aliases",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_agent_aliases")),
    )
    op.create_table(
        "absences",
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_absences")),
    )
    op.create_table(
        "agent_endings",
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("endings", JSON, nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_agent_endings")),
    )
