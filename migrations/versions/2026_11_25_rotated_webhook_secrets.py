"""rotated webhook secrets

Revision: 0005_rotated_webhook_secrets
Revises: 0004_dialects
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_rotated_webhook_secrets"
down_revision = "0004_dialects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_endpoints", sa.Column("previous_secret", sa.String(), nullable=True))
    op.add_column(
        "webhook_endpoints", sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("webhook_endpoints", "rotated_at")
    op.drop_column("webhook_endpoints", "previous_secret")
