"""runs of retraining and what they rest on

Revision: 0013_learning
Revises: 0012_review_queues
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_learning"
down_revision = "0012_review_queues"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _examples()
    _versions()
    _runs()
    _what_versions_do_beside()


def downgrade() -> None:
    for table in ("rescorings", "shadow_scores", "learning_plans", "learning_runs", "snapshots"):
        op.drop_table(table)
    op.drop_table("promotions")
    op.drop_index("model_versions_shadow_key", table_name="model_versions")
    op.drop_index("model_versions_champion_key", table_name="model_versions")
    # Without their own models, sites go by the shared one.
    op.execute("UPDATE model_versions SET state = 'retired' WHERE site_id IS NOT NULL")
    op.create_index(
        "model_versions_champion_key",
        "model_versions",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'champion'"),
    )
    for column in ("damaged_at", "lineage", "site_id"):
        op.drop_column("model_versions", column)
    op.execute("DELETE FROM labelled_examples WHERE text IS NULL")
    for index in ("quarantine_id", "site_id_text", "site_id_said_at"):
        op.drop_index(f"labelled_examples_{index}_idx", table_name="labelled_examples")
    op.drop_index("labelled_examples_comment_id_key", table_name="labelled_examples")
    for check in ("text", "revision", "inclusion"):
        name = op.f(f"labelled_examples_{check}_check")
        op.drop_constraint(name, "labelled_examples", type_="check")
    op.alter_column("labelled_examples", "text", nullable=False)
    for column in (
        "released_at",
        "quarantine_id",
        "said_at",
        "inclusion",
        "weight",
        "sender",
        "revision",
        "comment_id",
    ):
        op.drop_column("labelled_examples", column)
    op.drop_table("quarantines")
    op.drop_table("removed_examples")


def _examples() -> None:
    op.create_table(
        "removed_examples",
        sa.Column("example_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("removed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("removed_examples_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("example_id", name=op.f("removed_examples_pkey")),
    )
    op.create_index(
        "removed_examples_site_id_removed_at_idx", "removed_examples", ["site_id", "removed_at"]
    )
    op.create_table(
        "quarantines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("found", _JSON, nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["moderators.id"], name=op.f("quarantines_settled_by_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("quarantines_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("quarantines_pkey")),
    )
    op.create_index("quarantines_site_id_id_idx", "quarantines", ["site_id", "id"])
    op.create_index(
        "quarantines_open_idx",
        "quarantines",
        ["site_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    _columns_of_examples()


def _columns_of_examples() -> None:
    table = "labelled_examples"
    op.alter_column(table, "text", nullable=True)
    op.add_column(table, sa.Column("comment_id", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column("revision", sa.Integer(), nullable=True))
    op.add_column(table, sa.Column("sender", sa.String(), nullable=True))
    op.add_column(table, sa.Column("weight", sa.REAL(), nullable=True))
    op.add_column(table, sa.Column("inclusion", sa.REAL(), nullable=True))
    op.add_column(table, sa.Column("said_at", _TIME, nullable=True))
    op.add_column(table, sa.Column("quarantine_id", sa.Uuid(), nullable=True))
    op.add_column(table, sa.Column("released_at", _TIME, nullable=True))
    op.execute(
        "UPDATE labelled_examples SET sender = 'site', inclusion = 1,"
        " weight = CASE trust WHEN 'moderator' THEN 0.8 ELSE 0.4 END,"
        " said_at = coalesce(corrected_at, created_at)"
    )
    for column in ("sender", "weight", "inclusion", "said_at"):
        op.alter_column(table, column, nullable=False)
    op.create_foreign_key(
        op.f("labelled_examples_comment_id_fkey"),
        table,
        "comments",
        ["comment_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(
        op.f("labelled_examples_quarantine_id_fkey"),
        table,
        "quarantines",
        ["quarantine_id"],
        ["id"],
    )
    for name, condition in (
        ("text", "(text IS NULL) = (comment_id IS NOT NULL)"),
        ("revision", "(revision IS NULL) = (comment_id IS NULL)"),
        ("inclusion", "inclusion > 0 AND inclusion <= 1"),
    ):
        op.create_check_constraint(op.f(f"labelled_examples_{name}_check"), table, condition)
    op.create_index("labelled_examples_site_id_said_at_idx", table, ["site_id", "said_at"])
    op.create_index(
        "labelled_examples_comment_id_key",
        table,
        ["comment_id"],
        unique=True,
        postgresql_where=sa.text("comment_id IS NOT NULL"),
    )
    op.create_index(
        "labelled_examples_site_id_text_idx",
        table,
        ["site_id", sa.text("md5(text)")],
        postgresql_where=sa.text("text IS NOT NULL"),
    )
    op.create_index(
        "labelled_examples_quarantine_id_idx",
        table,
        ["quarantine_id"],
        postgresql_where=sa.text("quarantine_id IS NOT NULL"),
    )


def _versions() -> None:
    op.add_column("model_versions", sa.Column("site_id", sa.Uuid(), nullable=True))
    op.add_column(
        "model_versions", sa.Column("lineage", _JSON, nullable=False, server_default="{}")
    )
    op.alter_column("model_versions", "lineage", server_default=None)
    op.add_column("model_versions", sa.Column("damaged_at", _TIME, nullable=True))
    op.create_foreign_key(
        op.f("model_versions_site_id_fkey"), "model_versions", "sites", ["site_id"], ["id"]
    )
    op.drop_index("model_versions_champion_key", table_name="model_versions")
    for state in ("champion", "shadow"):
        op.create_index(
            f"model_versions_{state}_key",
            "model_versions",
            ["site_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
            postgresql_nulls_not_distinct=True,
        )
    op.create_table(
        "promotions",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("replaced_id", sa.Integer(), nullable=True),
        sa.Column("promoted_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("promoted_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["model_versions.id"], name=op.f("promotions_replaced_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("promotions_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_versions.id"], name=op.f("promotions_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("promotions_pkey")),
    )
    op.create_index("promotions_site_id_id_idx", "promotions", ["site_id", "id"])


def _runs() -> None:
    op.create_table(
        "snapshots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.Column("newest_at", _TIME, nullable=True),
        sa.Column("example_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("weights", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("snapshots_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("snapshots_pkey")),
    )
    op.create_index("snapshots_site_id_id_idx", "snapshots", ["site_id", "id"])
    op.create_table(
        "learning_runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("is_refresh", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.REAL(), nullable=False),
        sa.Column("doing", sa.String(), nullable=False),
        sa.Column("stages", _JSON, nullable=False),
        sa.Column("snapshot_id", sa.Uuid(), nullable=True),
        sa.Column("champion_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("verdict", _JSON, nullable=True),
        sa.Column("figures", _JSON, nullable=True),
        sa.Column("page", sa.String(), nullable=True),
        sa.Column("card", sa.String(), nullable=True),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("beat_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["champion_id"], ["model_versions.id"], name=op.f("learning_runs_champion_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("learning_runs_site_id_fkey")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("learning_runs_snapshot_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_versions.id"], name=op.f("learning_runs_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("learning_runs_pkey")),
    )
    op.create_index(
        "learning_runs_running_key",
        "learning_runs",
        [sa.text("(ended_at IS NULL)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("learning_runs_site_id_id_idx", "learning_runs", ["site_id", "id"])
    op.create_index(op.f("learning_runs_version_id_idx"), "learning_runs", ["version_id"])


def _what_versions_do_beside() -> None:
    op.create_table(
        "learning_plans",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("document", _JSON, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("learning_plans_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("learning_plans_pkey")),
    )
    op.create_table(
        "shadow_scores",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("scores", _JSON, nullable=False),
        sa.Column("scored_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comments.id"],
            name=op.f("shadow_scores_comment_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_versions.id"], name=op.f("shadow_scores_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("comment_id", "version_id", name=op.f("shadow_scores_pkey")),
    )
    op.create_index(
        "shadow_scores_version_id_comment_id_idx", "shadow_scores", ["version_id", "comment_id"]
    )
    op.create_table(
        "rescorings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("before", sa.Uuid(), nullable=True),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("rescorings_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rescorings_pkey")),
    )
    op.create_index(
        "rescorings_waiting_idx",
        "rescorings",
        ["id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
