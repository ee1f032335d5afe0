"""from which network of readers a report came, for a while

Revision: 0015_report_networks
Revises: 0014_imports_and_drift
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_report_networks"
down_revision = "0014_imports_and_drift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("reader_network", sa.LargeBinary(), nullable=True))
    op.create_index(
        "reports_network_idx",
        "reports",
        ["created_at"],
        postgresql_where=sa.text("reader_network IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("reports_network_idx", table_name="reports")
    op.drop_column("reports", "reader_network")
