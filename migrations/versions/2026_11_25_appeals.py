"""statements of reasons and appeals

Revision: 0009_appeals
Revises: 0008_reports
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_appeals"
down_revision = "0008_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("rejected_by", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("appeals_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("appeals_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("appeals_decision_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["rejected_by"], ["moderators.id"], name=op.f("appeals_rejected_by_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["moderators.id"], name=op.f("appeals_decided_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("appeals_pkey")),
        sa.UniqueConstraint("decision_id", name=op.f("appeals_decision_id_key")),
    )
    op.create_index(
        "appeals_waiting_idx",
        "appeals",
        ["site_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "appeals_waiting_key",
        "appeals",
        ["comment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("appeals_comment_id_idx", "appeals", ["comment_id"])
    op.create_index("appeals_rejected_by_idx", "appeals", ["rejected_by"])
    op.create_index("appeals_decided_by_idx", "appeals", ["decided_by"])


def downgrade() -> None:
    op.drop_table("appeals")
