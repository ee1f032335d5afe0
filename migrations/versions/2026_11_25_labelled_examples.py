"""labelled examples

Revision: 0002_labelled_examples
Revises: 0001_first_tables
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_labelled_examples"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labelled_examples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("trust", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("labelled_examples_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("labelled_examples_pkey")),
        sa.UniqueConstraint(
            "site_id",
            "origin",
            "subject",
            name=op.f("labelled_examples_site_id_origin_subject_key"),
        ),
    )
    op.create_index("labelled_examples_site_id_id_idx", "labelled_examples", ["site_id", "id"])


def downgrade() -> None:
    op.drop_index("labelled_examples_site_id_id_idx", table_name="labelled_examples")
    op.drop_table("labelled_examples")
