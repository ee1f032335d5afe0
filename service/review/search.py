"""Search over texts and authors: every word must occur, wherever it stands and however it ends.

PostgreSQL's ``simple`` configuration takes words as they are, in any of our languages. A word is
found by its beginning, which stands in for stems, since Russian, Uzbek and Kazakh change words at
their end; by a part of it, and in the other script. Where nothing has the word, words that look
like it are tried.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from service.comments.tables import Comment
from service.review import vocabulary
from service.review.filters import EVERYTHING, Filters
from service.review.tables import WORDS

# Apostrophes stand inside words: in Uzbek they are part of letters.
_TOKEN: Final = re.compile(r"\w+(?:['`‘’ʻʼ´]\w+)*")
_WORD: Final = re.compile(r"\w+")
_WORDS_MOST: Final = 10
# How many of the newest comments are looked through one by one; more of them only where a few
# matched already, so that about every hundredth comment matches.
_LOOKED_THROUGH: Final = (500, 5_000)
_MANY: Final = 5
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
_LOCALLY: Final = True


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where is searched, from which comment back, and how much is wanted."""

    session: Session
    site_ids: Sequence[UUID]
    filters: Filters
    before: UUID | None
    limit: int

    def conditions(self, of: type[Comment]) -> tuple[ColumnElement[bool], ...]:
        return (
            of.status != literal_column("'pending'"),
            of.site_id.in_(self.site_ids),
            *self.filters.conditions(self.session, self.site_ids, of),
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Comments, newest first. ``similar`` are the words that were looked for in place of others."""

    comments: Sequence[Comment]
    similar: Sequence[str]


def search(
    session: Session,
    site_ids: Sequence[UUID],
    wanted: str,
    *,
    filters: Filters = EVERYTHING,
    similar: bool = False,
    before: UUID | None,
    limit: int,
) -> Found:
    """Return the comments that have every word of ``wanted``, newest first, before ``before``.

    Nothing is found by a text without a word. Where no comment has them, those with similar words
    are returned; ``similar`` looks for these alone, as the next page of such a list needs it.
    """
    tokens = _TOKEN.findall(wanted.replace("_", " "))[:_WORDS_MOST]
    if not tokens or not site_ids:
        return Found((), ())
    scope = _Scope(session, site_ids, filters, before, limit)
    if not similar:
        query = _query(tokens, lambda token: vocabulary.holding(session, token))
        found = _found(scope, query)
        if found or before is not None:
            return Found(found, ())
    alike = {token: vocabulary.similar(session, token) for token in tokens}
    if not any(alike.values()):
        return Found((), ())
    found = _found(scope, _query(tokens, alike.__getitem__))
    return Found(found, [word for words in alike.values() for word in words] if found else ())


def _query(tokens: Sequence[str], others: Callable[[str], Sequence[str]]) -> str:
    """Return a tsquery: of each token its beginning, or any of the ``others``."""
    return " & ".join(
        "(" + " | ".join([_beginning(token), *map(_quoted, others(token))]) + ")"
        for token in tokens
    )


def _beginning(token: str) -> str:
    """Return a tsquery of word prefixes; what is no letter or digit parts words for PostgreSQL."""
    return "(" + " & ".join(f"{word}:*" for word in _WORD.findall(token)) + ")"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _found(scope: _Scope, query: str) -> list[Comment]:
    """Return the newest that match: by looking through the newest, or else by the words' index.

    The index brings all that match, before the newest of them are known: of a word that many
    comments have that would be a second's work, and looking through a few comments finds enough.
    Of a rarer word it brings few.
    """
    session = scope.session
    for number in _LOOKED_THROUGH:
        found = list(session.scalars(_among_newest(scope, query, number)))
        if len(found) == scope.limit:
            return found
        if len(found) < _MANY:
            break
    # Room for every match: a page of which only is known that some comment matches is read whole.
    session.execute(select(func.set_config("work_mem", "64MB", _LOCALLY)))
    return list(session.scalars(_by_words(scope, query)))


def _among_newest(scope: _Scope, query: str, number: int) -> Select[Comment]:
    """Look through the newest ``number`` comments, one after the other, until a page is full."""
    first = select(Comment).order_by(Comment.id.desc()).limit(number)
    if scope.before is not None:
        first = first.where(Comment.id < scope.before)
    newest = aliased(Comment, first.subquery())
    words = func.to_tsvector(_SIMPLE, newest.author_name + " " + newest.body)
    return (
        select(newest)
        .where(words.bool_op("@@")(func.to_tsquery(_SIMPLE, query)), *scope.conditions(newest))
        .order_by(newest.id.desc())
        .limit(scope.limit)
    )


def _by_words(scope: _Scope, query: str) -> Select[Comment]:
    is_match = WORDS.bool_op("@@")(func.to_tsquery(_SIMPLE, query))
    matching = (
        select(Comment.id)
        .where(is_match, *scope.conditions(Comment))
        # The words' index first, whatever the planner thinks of walking back through all comments.
        .cte("matching")
        .prefix_with("MATERIALIZED")
    )
    newest = select(matching.c.id).order_by(matching.c.id.desc()).limit(scope.limit)
    if scope.before is not None:
        newest = newest.where(matching.c.id < scope.before)
    return select(Comment).where(Comment.id.in_(newest)).order_by(Comment.id.desc())
