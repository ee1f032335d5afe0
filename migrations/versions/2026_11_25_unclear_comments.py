"""What is unclear at first sight waits for a closer look."""

import sqlalchemy as sa
from alembic import op

revision = "0016_unclear_comments"
down_revision = "0015_report_networks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comments", sa.Column("unclear_revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("comments", "unclear_revision")
