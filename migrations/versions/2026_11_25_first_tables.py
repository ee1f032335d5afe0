"""first tables

Deploy rules. The code before this change still runs while it is applied, so:
- add columns as nullable or with a constant default, backfill in batches, enforce one revision later;
- a column leaves the code one release before it leaves the table;
- create an index on a big table with postgresql_concurrently, in an autocommit block;
- lock_timeout is 4 s and statement_timeout 60 s: what needs longer is done in batches.

Revision: 0001_first_tables
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artifacts",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("artifacts_pkey")),
    )
    op.create_table(
        "moderators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("moderators_pkey")),
        sa.UniqueConstraint("email", name=op.f("moderators_email_key")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("required_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reject_reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sites_pkey")),
        sa.UniqueConstraint("slug", name=op.f("sites_slug_key")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("api_keys_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
        sa.UniqueConstraint("digest", name=op.f("api_keys_digest_key")),
    )
    op.create_index(op.f("api_keys_site_id_idx"), "api_keys", ["site_id"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("published_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("articles_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("articles_pkey")),
        sa.UniqueConstraint(
            "site_id", "external_id", name=op.f("articles_site_id_external_id_key")
        ),
    )
    op.create_table(
        "authors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("approved_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("authors_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("authors_pkey")),
        sa.UniqueConstraint("site_id", "identity", name=op.f("authors_site_id_identity_key")),
    )
    op.create_table(
        "memberships",
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("memberships_moderator_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("memberships_site_id_fkey")),
        sa.PrimaryKeyConstraint("moderator_id", "site_id", name=op.f("memberships_pkey")),
    )
    op.create_index(op.f("memberships_site_id_idx"), "memberships", ["site_id"], unique=False)
    op.create_table(
        "model_versions",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("info", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["digest"], ["artifacts.digest"], name=op.f("model_versions_digest_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("model_versions_pkey")),
        sa.UniqueConstraint("digest", name=op.f("model_versions_digest_key")),
    )
    op.create_index(
        "model_versions_champion_key",
        "model_versions",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'champion'"),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("policies_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("policies_pkey")),
        sa.UniqueConstraint("site_id", "version", name=op.f("policies_site_id_version_key")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("sign_ins_moderator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("sign_ins_pkey")),
    )
    op.create_index(op.f("sign_ins_moderator_id_idx"), "sign_ins", ["moderator_id"], unique=False)
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("webhook_endpoints_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_endpoints_pkey")),
    )
    op.create_index(
        op.f("webhook_endpoints_site_id_idx"), "webhook_endpoints", ["site_id"], unique=False
    )
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("public_revision", sa.Integer(), nullable=True),
        sa.Column("has_replies", sa.Boolean(), nullable=False),
        sa.Column("language_hint", sa.String(), nullable=True),
        sa.Column("reader_network", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgency", sa.Double(), nullable=False),
        sa.Column("score_wanted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("revision >= 1", name=op.f("comments_revision_check")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("comments_article_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["authors.id"], name=op.f("comments_author_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comments.id"], name=op.f("comments_parent_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("comments_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("comments_pkey")),
        sa.UniqueConstraint(
            "site_id", "external_id", name=op.f("comments_site_id_external_id_key")
        ),
    )
    op.create_index("comments_author_idx", "comments", ["author_id", "id"], unique=False)
    op.create_index(
        "comments_held_age_idx",
        "comments",
        ["site_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "comments_held_since_idx",
        "comments",
        ["site_id", "decided_at"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "comments_held_idx",
        "comments",
        ["site_id", sa.literal_column("urgency DESC"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'held'"),
    )
    op.create_index(
        "comments_parent_id_idx",
        "comments",
        ["parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "comments_pending_idx",
        "comments",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "comments_public_idx",
        "comments",
        ["article_id", "id"],
        unique=False,
        postgresql_where=sa.text("public_revision IS NOT NULL OR has_replies"),
    )
    op.create_index(
        "comments_unscored_idx",
        "comments",
        ["id"],
        unique=False,
        postgresql_where=sa.text("score_wanted"),
    )
    op.create_index(
        "comments_words_idx",
        "comments",
        [sa.literal_column("to_tsvector('simple'::regconfig, (author_name || ' ') || body)")],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("status <> 'pending'"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("webhook_deliveries_endpoint_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_deliveries_pkey")),
    )
    op.create_index(
        "webhook_deliveries_due_idx",
        "webhook_deliveries",
        ["endpoint_id", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "webhook_deliveries_endpoint_id_id_idx",
        "webhook_deliveries",
        ["endpoint_id", "id"],
        unique=False,
    )
    op.create_table(
        "claims",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("claims_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("claims_moderator_id_fkey")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("claims_pkey")),
    )
    op.create_index(op.f("claims_moderator_id_idx"), "claims", ["moderator_id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("escalations_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("escalations_moderator_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("escalations_site_id_fkey")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("escalations_pkey")),
    )
    op.create_index(
        op.f("escalations_moderator_id_idx"), "escalations", ["moderator_id"], unique=False
    )
    op.create_index(op.f("escalations_site_id_idx"), "escalations", ["site_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("revisions_comment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("comment_id", "number", name=op.f("revisions_pkey")),
    )
    op.create_table(
        "scores",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("model_version_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("language_probability", sa.REAL(), nullable=False),
        sa.Column("toxicity", sa.REAL(), nullable=True),
        sa.Column("severe_toxicity", sa.REAL(), nullable=True),
        sa.Column("insult", sa.REAL(), nullable=True),
        sa.Column("threat", sa.REAL(), nullable=True),
        sa.Column("identity_attack", sa.REAL(), nullable=True),
        sa.Column("obscenity", sa.REAL(), nullable=True),
        sa.Column("sexual", sa.REAL(), nullable=True),
        sa.Column("spam", sa.REAL(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("scores_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_versions.id"], name=op.f("scores_model_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("scores_pkey")),
    )
    op.create_index(op.f("scores_comment_id_idx"), "scores", ["comment_id"], unique=False)
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["webhook_deliveries.id"],
            name=op.f("webhook_attempts_delivery_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_attempts_pkey")),
    )
    op.create_index(
        op.f("webhook_attempts_delivery_id_idx"), "webhook_attempts", ["delivery_id"], unique=False
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("score_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("decisions_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("decisions_moderator_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policies.id"], name=op.f("decisions_policy_id_fkey")
        ),
        sa.ForeignKeyConstraint(["score_id"], ["scores.id"], name=op.f("decisions_score_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("decisions_pkey")),
    )
    op.create_index("decisions_comment_id_id_idx", "decisions", ["comment_id", "id"], unique=False)
    op.create_index(
        "decisions_moderator_id_idx",
        "decisions",
        ["moderator_id"],
        unique=False,
        postgresql_where=sa.text("moderator_id IS NOT NULL"),
    )
    op.create_table(
        "choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("bulk_id", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settles_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("choices_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("choices_decision_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["moderators.id"], name=op.f("choices_moderator_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("choices_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("choices_pkey")),
    )
    op.create_index(op.f("choices_bulk_id_idx"), "choices", ["bulk_id"], unique=False)
    op.create_index("choices_comment_id_id_idx", "choices", ["comment_id", "id"], unique=False)
    op.create_index(op.f("choices_decision_id_idx"), "choices", ["decision_id"], unique=False)
    op.create_index(
        "choices_due_idx",
        "choices",
        ["settles_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "choices_moderator_id_chosen_at_idx", "choices", ["moderator_id", "chosen_at"], unique=False
    )
    op.create_index(
        "choices_open_key",
        "choices",
        ["comment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("choices_site_id_id_idx", "choices", ["site_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("choices_site_id_id_idx", table_name="choices")
    op.drop_index(
        "choices_open_key", table_name="choices", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index("choices_moderator_id_chosen_at_idx", table_name="choices")
    op.drop_index(
        "choices_due_idx", table_name="choices", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_index(op.f("choices_decision_id_idx"), table_name="choices")
    op.drop_index("choices_comment_id_id_idx", table_name="choices")
    op.drop_index(op.f("choices_bulk_id_idx"), table_name="choices")
    op.drop_table("choices")
    op.drop_index(
        "decisions_moderator_id_idx",
        table_name="decisions",
        postgresql_where=sa.text("moderator_id IS NOT NULL"),
    )
    op.drop_index("decisions_comment_id_id_idx", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("webhook_attempts_delivery_id_idx"), table_name="webhook_attempts")
    op.drop_table("webhook_attempts")
    op.drop_index(op.f("scores_comment_id_idx"), table_name="scores")
    op.drop_table("scores")
    op.drop_table("revisions")
    op.drop_index(op.f("escalations_site_id_idx"), table_name="escalations")
    op.drop_index(op.f("escalations_moderator_id_idx"), table_name="escalations")
    op.drop_table("escalations")
    op.drop_index(op.f("claims_moderator_id_idx"), table_name="claims")
    op.drop_table("claims")
    op.drop_index("webhook_deliveries_endpoint_id_id_idx", table_name="webhook_deliveries")
    op.drop_index(
        "webhook_deliveries_due_idx",
        table_name="webhook_deliveries",
        postgresql_where=sa.text("state = 'due'"),
    )
    op.drop_table("webhook_deliveries")
    op.drop_index(
        "comments_words_idx",
        table_name="comments",
        postgresql_using="gin",
        postgresql_where=sa.text("status <> 'pending'"),
    )
    op.drop_index(
        "comments_unscored_idx", table_name="comments", postgresql_where=sa.text("score_wanted")
    )
    op.drop_index(
        "comments_public_idx",
        table_name="comments",
        postgresql_where=sa.text("public_revision IS NOT NULL OR has_replies"),
    )
    op.drop_index(
        "comments_pending_idx",
        table_name="comments",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index(
        "comments_parent_id_idx",
        table_name="comments",
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.drop_index(
        "comments_held_idx", table_name="comments", postgresql_where=sa.text("status = 'held'")
    )
    op.drop_index(
        "comments_held_since_idx",
        table_name="comments",
        postgresql_where=sa.text("status = 'held'"),
    )
    op.drop_index(
        "comments_held_age_idx", table_name="comments", postgresql_where=sa.text("status = 'held'")
    )
    op.drop_index("comments_author_idx", table_name="comments")
    op.drop_table("comments")
    op.drop_index(op.f("webhook_endpoints_site_id_idx"), table_name="webhook_endpoints")
    op.drop_table("webhook_endpoints")
    op.drop_index(op.f("sign_ins_moderator_id_idx"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("policies")
    op.drop_index(
        "model_versions_champion_key",
        table_name="model_versions",
        postgresql_where=sa.text("state = 'champion'"),
    )
    op.drop_table("model_versions")
    op.drop_index(op.f("memberships_site_id_idx"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("authors")
    op.drop_table("articles")
    op.drop_index(op.f("api_keys_site_id_idx"), table_name="api_keys")
    op.drop_table("api_keys")
    op.drop_table("sites")
    op.drop_table("moderators")
    op.drop_table("artifacts")
