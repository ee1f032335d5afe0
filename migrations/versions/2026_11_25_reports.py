"""reports by readers and notices of illegal content

Revision: 0008_reports
Revises: 0007_moderator_accounts
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_reports"
down_revision = "0007_moderator_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reporter", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("reports_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("reports_comment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("reports_pkey")),
        sa.UniqueConstraint(
            "comment_id",
            "revision",
            "reporter",
            name=op.f("reports_comment_id_revision_reporter_key"),
        ),
    )
    op.create_index(
        "reports_waiting_idx",
        "reports",
        ["site_id", "id"],
        postgresql_where=sa.text("resolved_at IS NULL AND is_first"),
    )
    op.create_index(
        "reports_open_idx",
        "reports",
        ["comment_id"],
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "reports_resolved_at_idx",
        "reports",
        ["resolved_at"],
        postgresql_where=sa.text("resolved_at IS NOT NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("law", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("notices_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("notices_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["moderators.id"], name=op.f("notices_decided_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("notices_pkey")),
    )
    op.create_index(
        "notices_waiting_idx",
        "notices",
        ["site_id", "id"],
        postgresql_where=sa.text("state = 'waiting' AND is_first"),
    )
    op.create_index("notices_comment_id_idx", "notices", ["comment_id"])
    op.create_index("notices_decided_by_idx", "notices", ["decided_by"])
    op.create_index(
        "notices_contact_idx",
        "notices",
        ["decided_at"],
        postgresql_where=sa.text("contact IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_table("reports")
