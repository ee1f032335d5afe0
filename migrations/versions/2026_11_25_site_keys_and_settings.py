"""scopes of keys, public keys and settings of a site

Revision: 0006_site_keys_and_settings
Revises: 0005_rotated_webhook_secrets
"""

revision = "0006_site_keys_and_settings"
down_revision = "0005_rotated_webhook_secrets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
