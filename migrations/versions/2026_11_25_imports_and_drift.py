"""imports, and how far live comments drift

Revision: 0014_imports_and_drift
Revises: 0013_learning
"""

revision = "0014_imports_and_drift"
down_revision = "0013_learning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
