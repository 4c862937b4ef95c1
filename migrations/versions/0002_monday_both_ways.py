"""monday.com both ways: readings of boards, webhooks by column and address, merged contacts, the account's health.

Revision: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "board_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("open_key", sa.String(length=30), nullable=True),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("started_by", sa.String(length=200), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("next_step_at", INSTANT, nullable=False),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("cursor_since", INSTANT, nullable=True),
        sa.Column("items_expected", sa.Integer(), nullable=True),
        sa.Column("items_read", sa.Integer(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('pull', 'changes', 'listing')", name=op.f("ck_board_readings_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'failed')", name=op.f("ck_board_readings_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_readings")),
        sa.UniqueConstraint("open_key", name=op.f("uq_board_readings_open_key")),
    )
    with op.batch_alter_table("board_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_readings_role"), ["role"], unique=False)
        batch_op.create_index("ix_board_readings_due", ["state", "next_step_at"], unique=False)

    with op.batch_alter_table("boards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reconciled_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("listed_at", INSTANT, nullable=True))

    with op.batch_alter_table("board_webhooks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("column_id", sa.String(length=100), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("address_digest", sa.String(length=64), nullable=False, server_default="")
        )
        # MariaDB keeps the foreign key on the old index, so the new one has to be there first.
        batch_op.create_unique_constraint(
            batch_op.f("uq_board_webhooks_board_pk_event_column_id"), ["board_pk", "event", "column_id"]
        )
        batch_op.drop_constraint(batch_op.f("uq_board_webhooks_board_pk_event"), type_="unique")

    with op.batch_alter_table("monday_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.String(length=20), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("version_kind", sa.String(length=30), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("problem", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("problem_since", INSTANT, nullable=True))
    op.execute("UPDATE monday_account SET problem = ''")
    with op.batch_alter_table("monday_account", schema=None) as batch_op:
        batch_op.alter_column("problem", existing_type=sa.Text(), nullable=False)

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("shared_email", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_contacts_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_contacts_merged_into_id_contacts"),
            "contacts",
            ["merged_into_id"],
            ["id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_contacts_merged_into_id_contacts"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_contacts_merged_into_id"))
        batch_op.drop_column("shared_email")
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("monday_account", schema=None) as batch_op:
        batch_op.drop_column("problem_since")
        batch_op.drop_column("problem")
        batch_op.drop_column("version_kind")
        batch_op.drop_column("version")

    # What the older table cannot tell apart: one row an event is kept, the other is made again.
    op.execute(
        "DELETE FROM board_webhooks WHERE id NOT IN"
        " (SELECT kept FROM (SELECT MIN(id) AS kept FROM board_webhooks GROUP BY board_pk, event) AS firsts)"
    )
    with op.batch_alter_table("board_webhooks", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_board_webhooks_board_pk_event"), ["board_pk", "event"]
        )
        batch_op.drop_constraint(batch_op.f("uq_board_webhooks_board_pk_event_column_id"), type_="unique")
        batch_op.drop_column("address_digest")
        batch_op.drop_column("column_id")

    with op.batch_alter_table("boards", schema=None) as batch_op:
        batch_op.drop_column("listed_at")
        batch_op.drop_column("reconciled_at")

    op.drop_table("board_readings")
