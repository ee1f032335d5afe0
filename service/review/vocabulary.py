"""The words that comments have, so that a search for a part or a misspelling of one finds it.

PostgreSQL's index of words finds a word by its beginning; of the words themselves this keeps a list
beside it, with an index of trigrams. It is kept up by whoever reads the decisions behind
(``aftermath``), so that taking comments in costs nothing more. Whatever is not made of letters is
left out: numbers and addresses are nobody's vocabulary, and some are personal.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import TSQUERY, insert
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.review.folding import fold, folded
from service.review.spelling import by_edits
from service.review.tables import WORDS, SearchWord

WORD_MIN_LETTERS: Final = 3
_WORD_MAX_LETTERS: Final = 40
# Counted so far and no further: a word that so many have is not looked up again.
COMMON_FROM: Final = 20
CHECKED_EVERY: Final = timedelta(days=1)
_CHECKED_AT_ONCE: Final = 200
_PARTS_MOST, _SIMILAR_MOST, _CANDIDATES_MOST = 60, 15, 300
_SIMILAR_MIN_LETTERS: Final = 4
_SIMILAR_FROM: Final = 0.25
_WORDS_INDEX: ColumnElement[Any] = literal_column("'comments_words_idx'::regclass")
_NOT_LETTERS: Final = r"[0-9@/.:_%\\]"
_IS_DECIDED: ColumnElement[bool] = Comment.status != literal_column("'pending'")
# Literals, so that the planner sees the condition of the partial index.
_IS_RARE: ColumnElement[bool] = SearchWord.seen < literal_column(str(COMMON_FROM))


def learn(session: Session, comment_ids: Collection[UUID], *, now: datetime) -> None:
    """Keep the words of these comments."""
    if not comment_ids:
        return
    words = func.unnest(func.tsvector_to_array(WORDS))
    each = select(words.label("word")).where(Comment.id.in_(comment_ids)).subquery()
    met = select(each.c.word, func.count().label("seen")).group_by(each.c.word).cte("met")
    new = (
        select(met.c.word, folded(met.c.word), met.c.seen, literal(now))
        .where(
            func.length(met.c.word).between(WORD_MIN_LETTERS, _WORD_MAX_LETTERS),
            ~met.c.word.regexp_match(_NOT_LETTERS),
            ~exists().where(SearchWord.word == met.c.word),
        )
        .order_by(met.c.word)
    )
    kept = insert(SearchWord).from_select(
        ["word", "folded", "seen", "checked_at"], new, include_defaults=False
    )
    session.execute(kept.on_conflict_do_nothing())


def check(session: Session, *, now: datetime) -> int:
    """Count again in how many comments rare words stand, a few words at a time.

    Forget those that no comment has any more, and return how many.
    """
    due = (
        select(SearchWord.word)
        .where(_IS_RARE, SearchWord.checked_at < now - CHECKED_EVERY)
        .order_by(SearchWord.checked_at)
        .limit(_CHECKED_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    as_query = cast(func.quote_literal(due.c.word), TSQUERY)
    having = (
        select(Comment.id)
        .where(WORDS.bool_op("@@")(as_query), _IS_DECIDED)
        .limit(COMMON_FROM)
        .correlate(due)
    )
    counted = select(func.count()).select_from(having.subquery())
    found = session.execute(select(due.c.word, counted.scalar_subquery())).all()
    if not found:
        return 0
    unused = [word for word, seen in found if not seen]
    session.execute(delete(SearchWord).where(SearchWord.word.in_(unused)))
    used = [{"word": word, "seen": seen, "checked_at": now} for word, seen in found if seen]
    if used:
        session.execute(update(SearchWord), used)
    return len(unused)


def tidy_index(session: Session) -> None:
    """Sort into the index of words what was put beside it in a hurry.

    PostgreSQL does so when the heap is large, in the transaction of whoever decided, and until then
    every search reads the whole heap.
    """
    session.execute(select(func.gin_clean_pending_list(_WORDS_INDEX)))


def holding(session: Session, part: str) -> Sequence[str]:
    """Return the words that have ``part`` in them, in either script, the most frequent first."""
    sought = fold(part)
    if len(sought) < WORD_MIN_LETTERS:
        return ()
    found = (
        select(SearchWord.word)
        .where(SearchWord.folded.contains(sought, autoescape=True))
        .order_by(SearchWord.seen.desc(), func.length(SearchWord.word), SearchWord.word)
        .limit(_PARTS_MOST)
    )
    return session.scalars(found).all()


def similar(session: Session, word: str) -> Sequence[str]:
    """Return words of which ``word`` is a misspelled beginning, in either script, the likest first.

    Trigrams find the candidates (as pg_trgm compares them), and edits decide among them.
    """
    sought = fold(word)
    if len(sought) < _SIMILAR_MIN_LETTERS:
        return ()
    session.execute(
        select(func.set_config("pg_trgm.similarity_threshold", str(_SIMILAR_FROM), _LOCALLY))
    )
    alike: ColumnElement[Any] = func.similarity(SearchWord.folded, sought)
    found = (
        select(SearchWord.word)
        .where(SearchWord.folded.bool_op("%")(sought))
        .order_by(alike.desc(), SearchWord.seen.desc(), SearchWord.word)
        .limit(_CANDIDATES_MOST)
    )
    candidates = session.scalars(found).all()
    return by_edits(sought, candidates)[:_SIMILAR_MOST]


_LOCALLY: Final = True
