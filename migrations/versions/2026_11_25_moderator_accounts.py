"""invitations, resets, tokens and outside sign-in of moderators

Revision: 0007_moderator_accounts
Revises: 0006_site_keys_and_settings
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_moderator_accounts"
down_revision = "0006_site_keys_and_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("moderators", "password_hash", nullable=True)
    op.create_table(
        "account_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("moderator_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("account_links_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("account_links_moderator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("account_links_pkey")),
        sa.UniqueConstraint("token_digest", name=op.f("account_links_token_digest_key")),
    )
    op.create_index(op.f("account_links_site_id_idx"), "account_links", ["site_id"])
    op.create_index(op.f("account_links_moderator_id_idx"), "account_links", ["moderator_id"])
    op.create_table(
        "moderator_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("moderator_tokens_moderator_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("moderator_tokens_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("moderator_tokens_pkey")),
        sa.UniqueConstraint("moderator_id", name=op.f("moderator_tokens_moderator_id_key")),
        sa.UniqueConstraint("token_digest", name=op.f("moderator_tokens_token_digest_key")),
    )
    op.create_index(op.f("moderator_tokens_site_id_idx"), "moderator_tokens", ["site_id"])
    op.create_table(
        "outside_identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("outside_identities_moderator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("outside_identities_pkey")),
    )
    op.create_index(
        op.f("outside_identities_moderator_id_idx"), "outside_identities", ["moderator_id"]
    )


def downgrade() -> None:
    op.drop_table("outside_identities")
    op.drop_table("moderator_tokens")
    op.drop_table("account_links")
    # The code before this knows nobody without a password; an empty hash is no password's.
    op.execute("UPDATE moderators SET password_hash = '' WHERE password_hash IS NULL")
    op.alter_column("moderators", "password_hash", nullable=False)
