"""runs of retraining and what they rest on

Revision: 0013_learning
Revises: 0012_review_queues
"""

revision = "0013_learning"
down_revision = "0012_review_queues"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
