"""what the policy pages store

Revision: 0015_policy_pages
Revises: 0014_imports_and_drift
"""

revision = "0015_policy_pages"
down_revision = "0014_imports_and_drift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
