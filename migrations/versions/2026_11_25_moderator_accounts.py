"""invitations, resets, tokens and outside sign-in of moderators

Revision: 0007_moderator_accounts
Revises: 0006_site_keys_and_settings
"""

revision = "0007_moderator_accounts"
down_revision = "0006_site_keys_and_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
