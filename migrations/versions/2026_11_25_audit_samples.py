"""automatic decisions that are judged again, blind

Revision: 0010_audit_samples
Revises: 0009_appeals
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_audit_samples"
down_revision = "0009_appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("model_version_id", sa.Integer(), nullable=True),
        sa.Column("inclusion", sa.Float(), nullable=False),
        sa.Column("judgements_wanted", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("first_judge", sa.Uuid(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "inclusion > 0 AND inclusion <= 1", name=op.f("audit_samples_inclusion_check")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("audit_samples_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("audit_samples_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("audit_samples_decision_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("audit_samples_model_version_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["first_judge"], ["moderators.id"], name=op.f("audit_samples_first_judge_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["moderators.id"], name=op.f("audit_samples_settled_by_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_samples_pkey")),
    )
    op.create_index(
        "audit_samples_comment_id_revision_key",
        "audit_samples",
        ["comment_id", "revision"],
        unique=True,
    )
    op.create_index(
        "audit_samples_waiting_idx",
        "audit_samples",
        ["site_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("audit_samples_drawn_idx", "audit_samples", ["site_id", "drawn_at"])
    op.create_index("audit_samples_decision_id_idx", "audit_samples", ["decision_id"])
    op.create_table(
        "audit_judgements",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_samples.id"], name=op.f("audit_judgements_sample_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("audit_judgements_moderator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("sample_id", "moderator_id", name=op.f("audit_judgements_pkey")),
    )
    op.create_index("audit_judgements_moderator_id_idx", "audit_judgements", ["moderator_id"])
    # What people decided lately; most decisions are the policy's own, and need no place in it.
    op.create_index(
        "decisions_by_people_idx",
        "decisions",
        ["decided_at"],
        postgresql_where=sa.text("moderator_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("decisions_by_people_idx", table_name="decisions")
    op.drop_table("audit_judgements")
    op.drop_table("audit_samples")
