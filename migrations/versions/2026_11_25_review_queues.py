"""queues, filters, search and notes of review

Revision: 0012_review_queues
Revises: 0011_embed
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_review_queues"
down_revision = "0011_embed"
branch_labels = None
depends_on = None

HELD = sa.text("status = 'held'")


def upgrade() -> None:
    # Trusted since PostgreSQL 13: whoever owns the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.add_column(
        "comments",
        sa.Column("priority", sa.Float(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("comments", sa.Column("margin", sa.Float(), nullable=True))
    op.add_column("comments", sa.Column("language", sa.String(), nullable=True))
    op.add_column(
        "comments", sa.Column("reason_codes", postgresql.ARRAY(sa.String()), nullable=True)
    )
    op.add_column(
        "articles",
        sa.Column("activity", sa.Float(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("articles", sa.Column("activity_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("claims", "choices"):
        op.add_column(
            table,
            sa.Column("queue", sa.String(), server_default=sa.text("'held'"), nullable=False),
        )
    op.add_column("choices", sa.Column("answer", sa.String(), nullable=True))
    op.add_column("choices", sa.Column("seen_decision_id", sa.BigInteger(), nullable=True))
    op.add_column("sanctions", sa.Column("lifted_why", sa.String(), nullable=True))
    _fill_in()
    op.create_index(
        "comments_held_priority_idx",
        "comments",
        ["site_id", sa.literal_column("priority DESC"), "id"],
        postgresql_where=HELD,
    )
    op.create_index(
        "comments_held_language_idx",
        "comments",
        ["site_id", "language", sa.literal_column("priority DESC"), "id"],
        postgresql_where=HELD,
    )
    op.create_index(
        "comments_held_article_idx", "comments", ["article_id", "id"], postgresql_where=HELD
    )
    op.create_index(
        "comments_held_reasons_idx",
        "comments",
        ["reason_codes"],
        postgresql_using="gin",
        postgresql_where=HELD,
    )
    op.create_index(
        "comments_held_margin_idx", "comments", ["site_id", "margin", "id"], postgresql_where=HELD
    )
    _create_tables()


def _fill_in() -> None:
    """Give what is held already its place and its filters; the margins come with new scores."""
    op.execute("""
        UPDATE comments SET
            priority = ln(greatest(urgency, 0.01)) / ln(2.0::float8)
                - date_part('epoch', coalesce(decided_at, created_at)) / 14400,
            language = (
                SELECT s.language FROM scores s
                WHERE s.comment_id = comments.id AND s.revision = comments.revision
                ORDER BY s.id DESC LIMIT 1
            ),
            reason_codes = (
                SELECT array_agg(DISTINCT r ->> 'code')
                FROM (
                    SELECT d.reasons FROM decisions d
                    WHERE d.comment_id = comments.id AND d.actor = 'policy'
                    ORDER BY d.id DESC LIMIT 1
                ) AS newest, jsonb_array_elements(newest.reasons) AS r
            )
        WHERE status = 'held'
    """)


def _create_tables() -> None:
    op.create_table(
        "disagreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("is_audit", sa.Boolean(), nullable=False),
        sa.Column("gap", sa.Float(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("comment_id", "decision_id", "moderator_id"):
        op.create_index(f"disagreements_{column}_idx", "disagreements", [column])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "disagreements_open_key",
        "disagreements",
        ["comment_id"],
        unique=True,
        postgresql_where=is_open,
    )
    op.create_index(
        "disagreements_open_idx", "disagreements", ["site_id", "id"], postgresql_where=is_open
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(author_id IS NULL) <> (comment_id IS NULL)", name="subject"),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"]),
        sa.ForeignKeyConstraint(["comment_id"], ["comments.id"]),
        sa.ForeignKeyConstraint(["moderator_id"], ["moderators.id"]),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notes_site_id_idx", "notes", ["site_id"])
    op.create_index("notes_moderator_id_idx", "notes", ["moderator_id"])
    for subject in ("author_id", "comment_id"):
        op.create_index(
            f"notes_{subject}_id_idx",
            "notes",
            [subject, "id"],
            postgresql_where=sa.text(f"{subject} IS NOT NULL"),
        )
    op.create_table(
        "search_words",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("word"),
    )
    op.create_index(
        "search_words_folded_idx",
        "search_words",
        ["folded"],
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.create_index(
        "search_words_checked_at_idx",
        "search_words",
        ["checked_at"],
        postgresql_where=sa.text("seen < 20"),
    )
    op.create_table(
        "review_log_places",
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader"),
    )


def downgrade() -> None:
    for table in ("review_log_places", "search_words", "notes", "disagreements"):
        op.drop_table(table)
    for index in (
        *("comments_held_margin_idx", "comments_held_reasons_idx", "comments_held_article_idx"),
        *("comments_held_language_idx", "comments_held_priority_idx"),
    ):
        op.drop_index(index, table_name="comments")
    op.drop_column("sanctions", "lifted_why")
    for column in ("seen_decision_id", "answer"):
        op.drop_column("choices", column)
    for table in ("claims", "choices"):
        op.drop_column(table, "queue")
    for column in ("activity_at", "activity"):
        op.drop_column("articles", column)
    for column in ("reason_codes", "language", "margin", "priority"):
        op.drop_column("comments", column)
    # The extension stays: something else in the database may use it.
