"""automatic decisions that are judged again, blind

Revision: 0010_audit_samples
Revises: 0009_appeals
"""

revision = "0010_audit_samples"
down_revision = "0009_appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
