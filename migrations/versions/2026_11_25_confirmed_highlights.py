"""an example may be a piece of a comment: what somebody confirmed, or found harmless

Revision: 0017_confirmed_highlights
Revises: 0016_unclear_comments
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_confirmed_highlights"
down_revision = "0016_unclear_comments"
branch_labels = None
depends_on = None

_TABLE, _KEY = "labelled_examples", "labelled_examples_comment_id_key"
_CHECK = "labelled_examples_span_check"


def upgrade() -> None:
    for column in ("span_start", "span_end"):
        op.add_column(_TABLE, sa.Column(column, sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f(_CHECK),
        _TABLE,
        "(span_start IS NULL) = (span_end IS NULL) AND (span_start IS NULL OR"
        " (comment_id IS NOT NULL AND span_start >= 0 AND span_end > span_start))",
    )
    op.drop_index(_KEY, table_name=_TABLE)
    _index(["comment_id", "subject"])


def downgrade() -> None:
    op.execute("DELETE FROM labelled_examples WHERE span_start IS NOT NULL")
    op.drop_index(_KEY, table_name=_TABLE)
    _index(["comment_id"])
    op.drop_constraint(op.f(_CHECK), _TABLE, type_="check")
    for column in ("span_end", "span_start"):
        op.drop_column(_TABLE, column)


def _index(columns: list[str]) -> None:
    op.create_index(
        _KEY, _TABLE, columns, unique=True, postgresql_where=sa.text("comment_id IS NOT NULL")
    )
