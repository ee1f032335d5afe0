"""reports by readers and notices of illegal content

Revision: 0008_reports
Revises: 0007_moderator_accounts
"""

revision = "0008_reports"
down_revision = "0007_moderator_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
