"""statements of reasons and appeals

Revision: 0009_appeals
Revises: 0008_reports
"""

revision = "0009_appeals"
down_revision = "0008_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
