"""what readers do under an article

Revision: 0011_embed
Revises: 0010_audit_samples
"""

revision = "0011_embed"
down_revision = "0010_audit_samples"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
