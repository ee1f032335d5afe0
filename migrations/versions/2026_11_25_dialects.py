"""what the dialects remember

Revision: 0004_dialects
Revises: 0003_policy_evidence
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_dialects"
down_revision = "0003_policy_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "coral_secrets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("coral_secrets_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("coral_secrets_pkey")),
    )
    op.create_index(op.f("coral_secrets_site_id_idx"), "coral_secrets", ["site_id"])
    op.create_table(
        "akismet_callbacks",
        sa.Column("guid", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("author_email", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("akismet_callbacks_comment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("guid", name=op.f("akismet_callbacks_pkey")),
    )
    op.create_index(op.f("akismet_callbacks_comment_id_idx"), "akismet_callbacks", ["comment_id"])
    op.create_index(
        "akismet_callbacks_waiting_idx",
        "akismet_callbacks",
        ["next_attempt_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "akismet_months",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("blog", sa.String(), nullable=False),
        sa.Column("spam", sa.BigInteger(), nullable=False),
        sa.Column("ham", sa.BigInteger(), nullable=False),
        sa.Column("missed_spam", sa.BigInteger(), nullable=False),
        sa.Column("false_positives", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("akismet_months_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", "month", "blog", name=op.f("akismet_months_pkey")),
    )


def downgrade() -> None:
    op.drop_table("akismet_months")
    op.drop_index(
        "akismet_callbacks_waiting_idx",
        table_name="akismet_callbacks",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("akismet_callbacks_comment_id_idx"), table_name="akismet_callbacks")
    op.drop_table("akismet_callbacks")
    op.drop_index(op.f("coral_secrets_site_id_idx"), table_name="coral_secrets")
    op.drop_table("coral_secrets")
