"""what readers do under an article

Threads, reactions, public keys, and what a reader was shown. A table of comments that is there
already gets its threads at once: a million of them in some seconds.

Revision: 0011_embed
Revises: 0010_audit_samples
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_embed"
down_revision = "0010_audit_samples"
branch_labels = None
depends_on = None

_SHOWN = "(public_revision IS NOT NULL OR has_replies)"
_FIND_THREADS = """
    WITH RECURSIVE below (id, thread_id) AS (
        SELECT c.id, c.parent_id
        FROM comments c JOIN comments p ON p.id = c.parent_id
        WHERE p.parent_id IS NULL
        UNION ALL
        SELECT c.id, b.thread_id FROM below b JOIN comments c ON c.parent_id = b.id
    )
    UPDATE comments SET thread_id = below.thread_id FROM below WHERE comments.id = below.id
"""
_COUNT_REPLIES = """
    INSERT INTO threads (comment_id, article_id, reply_count)
    SELECT thread_id, article_id, count(*) FROM comments
    WHERE thread_id IS NOT NULL AND public_revision IS NOT NULL
    GROUP BY thread_id, article_id
"""


def upgrade() -> None:
    op.add_column("comments", sa.Column("thread_id", sa.Uuid(), nullable=True))
    op.add_column("comments", sa.Column("policy_shown", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("comments_thread_id_fkey"), "comments", "comments", ["thread_id"], ["id"]
    )
    op.create_table(
        "threads",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("threads_comment_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("threads_article_id_fkey")
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("threads_pkey")),
    )
    op.execute(_FIND_THREADS)
    op.execute(_COUNT_REPLIES)
    op.create_index(
        "threads_most_replies_idx",
        "threads",
        ["article_id", sa.text("reply_count DESC"), sa.text("comment_id DESC")],
        postgresql_where=sa.text("reply_count > 0"),
    )
    op.create_index(
        "comments_top_idx",
        "comments",
        ["article_id", "id"],
        postgresql_where=sa.text(f"thread_id IS NULL AND {_SHOWN}"),
    )
    op.create_index(
        "comments_thread_idx",
        "comments",
        ["thread_id", "id"],
        postgresql_where=sa.text(f"thread_id IS NOT NULL AND {_SHOWN}"),
    )
    op.create_index(
        "comments_network_idx",
        "comments",
        ["id"],
        postgresql_where=sa.text("reader_network IS NOT NULL"),
    )
    for name in ("yes_count", "no_count"):
        op.add_column(
            "articles", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
        )
    op.create_table(
        "reactions",
        sa.Column("article_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.LargeBinary(), nullable=False),
        sa.Column("is_yes", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("reactions_article_id_fkey")
        ),
        sa.PrimaryKeyConstraint("article_id", "reader", name=op.f("reactions_pkey")),
    )
    op.create_table(
        "public_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("origins", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("public_keys_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("public_keys_pkey")),
        sa.UniqueConstraint("text", name=op.f("public_keys_text_key")),
    )
    op.create_index(op.f("public_keys_site_id_idx"), "public_keys", ["site_id"])
    op.create_table(
        "second_thoughts",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("sent_anyway", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("second_thoughts_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("second_thoughts_pkey")),
    )


def downgrade() -> None:
    op.drop_table("second_thoughts")
    op.drop_table("public_keys")
    op.drop_table("reactions")
    for name in ("no_count", "yes_count"):
        op.drop_column("articles", name)
    op.drop_index("comments_network_idx", table_name="comments")
    op.drop_index("comments_thread_idx", table_name="comments")
    op.drop_index("comments_top_idx", table_name="comments")
    op.drop_table("threads")
    op.drop_column("comments", "policy_shown")
    op.drop_column("comments", "thread_id")
