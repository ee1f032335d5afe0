"""queues, filters, search and notes of review

Revision: 0012_review_queues
Revises: 0011_embed
"""

revision = "0012_review_queues"
down_revision = "0011_embed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
