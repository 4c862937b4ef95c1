"""The older system, whole: invoices in parts, their credit notes, the API's answers, imported records.

Revision: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
NUMBER = sa.Numeric(18, 6).with_variant(sa.BigInteger(), "sqlite")
BYTES = sa.LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def upgrade() -> None:
    op.create_table(
        "api_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", BYTES, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_answers")),
        sa.UniqueConstraint("caller", "key", name=op.f("uq_api_answers_caller_key")),
    )
    with op.batch_alter_table("api_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_answers_at"), ["at"], unique=False)

    op.create_table(
        "imported_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("older_table", sa.String(length=30), nullable=False),
        sa.Column("older_id", sa.Integer(), nullable=False),
        sa.Column("record_type", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_records")),
        sa.UniqueConstraint("older_table", "older_id", name=op.f("uq_imported_records_older_table_older_id")),
    )

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sequence_year", sa.Integer(), nullable=True))

    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key", sa.String(length=12), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("credits_line_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_invoice_lines_credits_line_id_invoice_lines"),
            "invoice_lines",
            ["credits_line_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extent", sa.String(length=10), nullable=False, server_default="whole"))
        batch_op.add_column(sa.Column("share", NUMBER, nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("owner_name", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column("owner_email", sa.String(length=200), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("unparsed", sa.JSON(), nullable=True))
        for name in ("net", "tax", "paid", "credited"):
            batch_op.add_column(sa.Column(name, NUMBER, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("viewed_at", INSTANT, nullable=True))
        batch_op.add_column(
            sa.Column("item_problem", sa.String(length=500), nullable=False, server_default="")
        )
    op.execute("UPDATE invoices SET due = date, unparsed = '{}'")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.alter_column("due", existing_type=sa.Date(), nullable=False)
        batch_op.alter_column("unparsed", existing_type=sa.JSON(), nullable=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_invoices_extent_known"), "extent IN ('whole', 'lines', 'percent', 'amount')"
        )
        batch_op.create_check_constraint(batch_op.f("ck_invoices_paid_not_negative"), "paid >= 0")
        batch_op.create_check_constraint(batch_op.f("ck_invoices_credited_not_negative"), "credited >= 0")
        batch_op.create_index("ix_invoices_state_due", ["state", "due"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index("ix_invoices_state_due")
        batch_op.drop_constraint(batch_op.f("ck_invoices_credited_not_negative"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_invoices_paid_not_negative"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_invoices_extent_known"), type_="check")
        for name in (
            "item_problem",
            "viewed_at",
            "credited",
            "paid",
            "tax",
            "net",
            "unparsed",
            "reason",
            "owner_email",
            "owner_name",
            "due",
            "share",
            "extent",
        ):
            batch_op.drop_column(name)

    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_invoice_lines_credits_line_id_invoice_lines"), type_="foreignkey"
        )
        batch_op.drop_column("credits_line_id")
        batch_op.drop_column("key")

    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_column("sequence_year")
        batch_op.drop_column("sequence")

    op.drop_table("imported_records")
    op.drop_table("api_answers")
