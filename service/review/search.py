"""Search over texts and authors: every word must occur, the last letters may be missing.

PostgreSQL's ``simple`` configuration takes words as they are, in any of our languages; prefixes
stand in for stems, which Russian, Uzbek and Kazakh change at the end of a word.
"""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.review.tables import WORDS

_WORD = re.compile(r"\w+")
_WORDS_MOST = 10
_IS_DECIDED = Comment.status != literal_column("'pending'")


def search(
    session: Session,
    site_ids: Sequence[UUID],
    wanted: str,
    *,
    before: UUID | None,
    limit: int,
) -> list[Comment]:
    """Return the comments that hold every word of ``wanted``, newest first, before ``before``.

    Nothing is found by a text without a word.
    """
    query = _query(wanted)
    if not query or not site_ids:
        return []
    matching = (
        select(Comment.id)
        .where(
            WORDS.bool_op("@@")(func.to_tsquery(literal_column("'simple'::regconfig"), query)),
            _IS_DECIDED,
            Comment.site_id.in_(site_ids),
        )
        # The words' index first, whatever the planner thinks of walking back through all comments.
        .cte("matching")
        .prefix_with("MATERIALIZED")
    )
    newest = select(matching.c.id).order_by(matching.c.id.desc()).limit(limit)
    if before is not None:
        newest = newest.where(matching.c.id < before)
    found = select(Comment).where(Comment.id.in_(newest)).order_by(Comment.id.desc())
    return list(session.scalars(found))


def _query(wanted: str) -> str:
    """Return a tsquery of word prefixes; whatever is no letter or digit parts words."""
    words = _WORD.findall(wanted.replace("_", " "))[:_WORDS_MOST]
    return " & ".join(f"{word}:*" for word in words)
