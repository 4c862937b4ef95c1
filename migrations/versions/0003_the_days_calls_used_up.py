"""Until when the day's calls to monday.com are used up.

Revision: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    with op.batch_alter_table("monday_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("used_up_until", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("monday_account", schema=None) as batch_op:
        batch_op.drop_column("used_up_until")
