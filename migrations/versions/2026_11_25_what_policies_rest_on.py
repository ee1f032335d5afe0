"""what policies rest on

Revision: 0003_policy_evidence
Revises: 0002_labelled_examples
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_policy_evidence"
down_revision = "0002_labelled_examples"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_solutions",
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=False),
        sa.Column("solved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("policy_solutions_model_version_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("policy_solutions_policy_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "policy_id", "model_version_id", name=op.f("policy_solutions_pkey")
        ),
    )
    op.create_table(
        "pre_moderated_articles",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("pre_moderated_articles_article_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("pre_moderated_articles_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pre_moderated_articles_pkey")),
    )
    op.create_index(
        op.f("pre_moderated_articles_site_id_idx"),
        "pre_moderated_articles",
        ["site_id"],
        unique=False,
    )
    op.create_table(
        "sanctions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("laid_by", sa.String(), nullable=False),
        sa.Column("laid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["authors.id"], name=op.f("sanctions_author_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sanctions_pkey")),
    )
    op.create_index("sanctions_author_id_idx", "sanctions", ["author_id", "id"], unique=False)
    op.create_index(
        "sanctions_author_id_key",
        "sanctions",
        ["author_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "text_fingerprints",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("exact", sa.BigInteger(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("text_fingerprints_comment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("text_fingerprints_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("text_fingerprints_pkey")),
    )
    op.create_index(
        "text_fingerprints_bands_idx",
        "text_fingerprints",
        ["bands"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "text_fingerprints_exact_idx",
        "text_fingerprints",
        ["site_id", "exact", "written_at"],
        unique=False,
    )
    op.create_index(
        "text_fingerprints_written_at_idx", "text_fingerprints", ["written_at"], unique=False
    )
    op.add_column(
        "policies",
        sa.Column(
            "changes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("policies", "changes")
    op.drop_index("text_fingerprints_written_at_idx", table_name="text_fingerprints")
    op.drop_index("text_fingerprints_exact_idx", table_name="text_fingerprints")
    op.drop_index(
        "text_fingerprints_bands_idx", table_name="text_fingerprints", postgresql_using="gin"
    )
    op.drop_table("text_fingerprints")
    op.drop_index(
        "sanctions_author_id_key",
        table_name="sanctions",
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.drop_index("sanctions_author_id_idx", table_name="sanctions")
    op.drop_table("sanctions")
    op.drop_index(op.f("pre_moderated_articles_site_id_idx"), table_name="pre_moderated_articles")
    op.drop_table("pre_moderated_articles")
    op.drop_table("policy_solutions")
