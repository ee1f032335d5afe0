"""imports, and how far live comments drift

Revision: 0014_imports_and_drift
Revises: 0013_learning
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_imports_and_drift"
down_revision = "0013_learning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("tally", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("imports_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("imports_pkey")),
        sa.UniqueConstraint("site_id", "file_digest", name=op.f("imports_site_id_file_digest_key")),
    )
    op.create_table(
        "drift_readings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=False),
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alarms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("drift_readings_site_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_versions.id"],
            name=op.f("drift_readings_model_version_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("drift_readings_pkey")),
    )
    op.create_index("drift_readings_site_id_id_idx", "drift_readings", ["site_id", "id"])


def downgrade() -> None:
    op.drop_table("drift_readings")
    op.drop_table("imports")
