"""what is unclear at first sight waits for a closer look; addresses are found to be forgotten

Revision: 0016_unclear_comments
Revises: 0015_report_networks
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_unclear_comments"
down_revision = "0015_report_networks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comments", sa.Column("unclear_revision", sa.Integer(), nullable=True))
    op.create_index(
        "akismet_callbacks_addresses_idx",
        "akismet_callbacks",
        ["comment_id"],
        postgresql_where=sa.text("author_email <> ''"),
    )


def downgrade() -> None:
    op.drop_index("akismet_callbacks_addresses_idx", table_name="akismet_callbacks")
    op.drop_column("comments", "unclear_revision")
