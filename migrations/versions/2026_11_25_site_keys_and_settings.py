"""scopes of keys, public keys and settings of a site

Revision: 0006_site_keys_and_settings
Revises: 0005_rotated_webhook_secrets
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_site_keys_and_settings"
down_revision = "0005_rotated_webhook_secrets"
branch_labels = None
depends_on = None

# What keys issued before they had scopes may do: all that they could.
_EVERY_SCOPE = "'{comments,classify,manage}'"


def upgrade() -> None:
    op.add_column(
        "sites",
        sa.Column(
            "preferences",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("sites", sa.Column("stale_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "api_keys",
        sa.Column(
            "scopes",
            sa.ARRAY(sa.String()),
            server_default=sa.text(_EVERY_SCOPE),
            nullable=False,
        ),
    )
    op.alter_column("api_keys", "scopes", server_default=sa.text("'{comments,classify}'"))
    op.create_table(
        "site_texts",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("markdown", sa.String(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("site_texts_site_id_fkey")),
        sa.PrimaryKeyConstraint("site_id", "language", "version", name=op.f("site_texts_pkey")),
    )
    op.create_table(
        "site_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("site_changes_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("site_changes_pkey")),
    )
    op.create_index("site_changes_site_id_id_idx", "site_changes", ["site_id", "id"])


def downgrade() -> None:
    op.drop_index("site_changes_site_id_id_idx", table_name="site_changes")
    op.drop_table("site_changes")
    op.drop_table("site_texts")
    op.drop_column("api_keys", "scopes")
    op.drop_column("sites", "stale_told_at")
    op.drop_column("sites", "preferences")
