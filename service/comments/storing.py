"""Stores many submissions in one transaction, by a few statements.

What most batches need is two trips to the database: one question (what is known of the articles and
authors), and one insert, which commits by itself. New articles, new authors and replies make it a
transaction of several statements.

Whoever else locks these rows keeps the same order, so that nobody waits in a circle: parent
comments, then articles, then authors, each sorted by key.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.articles.errors import ArticleClosed
from service.comments.errors import (
    ExternalIdTaken,
    ParentElsewhere,
    ParentNotFound,
    ParentWithdrawn,
)
from service.comments.statements import (
    FIND_KNOWN,
    FIND_PARENTS,
    FIND_STORED,
    MARK_PARENTS,
    PUT_ARTICLES,
    PUT_AUTHORS,
    PUT_COMMENTS,
)
from service.comments.status import Status
from service.comments.submission import ArticleKey, AuthorKey, Outcome, Stored, Submission
from service.db import new_id
from service.errors import ModerationError

_Row = Row[Any]
_Outcomes = dict[UUID, Outcome]


class _Known(NamedTuple):
    """The articles, authors and parents of a batch that are there already."""

    articles: dict[ArticleKey, _Row]
    authors: dict[AuthorKey, _Row]
    parents: dict[UUID, _Row]


class _Around(NamedTuple):
    """What must be written beside the comments themselves."""

    parents: list[UUID]
    articles: list[Submission]
    authors: list[Submission]


async def store(engine: AsyncEngine, batch: Sequence[Submission]) -> list[Outcome]:
    """Store what can be stored of ``batch``; return what became of each, in order.

    A comment that was sent before is not stored again: its outcome is where it stands now.
    """
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        known = await _known(connection, batch)
        outcomes = await _settled(connection, batch, known)
        due = [s for s in batch if s.id not in outcomes]
        around = _around(due, known)
        if due and not any(around):
            outcomes |= await _put_comments(
                connection, due, known, _ids(known.articles), _ids(known.authors)
            )
    if any(around):
        async with engine.begin() as connection:
            outcomes |= await _put(connection, due, known, around)
    return [outcomes[s.id] for s in batch]


async def _put(
    connection: AsyncConnection, due: Sequence[Submission], known: _Known, around: _Around
) -> _Outcomes:
    gone = await _mark_parents(connection, around.parents)
    outcomes: _Outcomes = {s.id: ParentWithdrawn() for s in due if s.parent_id in gone}
    articles = _ids(known.articles) | await _put_articles(connection, around.articles)
    authors = _ids(known.authors) | await _put_authors(connection, around.authors)
    still_due = [s for s in due if s.id not in outcomes]
    return outcomes | await _put_comments(connection, still_due, known, articles, authors)


async def _put_comments(
    connection: AsyncConnection,
    due: Sequence[Submission],
    known: _Known,
    articles: Mapping[ArticleKey, UUID],
    authors: Mapping[AuthorKey, UUID],
) -> _Outcomes:
    # Two batches with the same external ids meet on them in the same order.
    due = sorted(due, key=lambda s: (s.site_id, s.external_id or "", s.id))
    rows = await _rows(
        connection,
        PUT_COMMENTS,
        ids=[s.id for s in due],
        site_ids=[s.site_id for s in due],
        article_ids=[articles[s.article_key] for s in due],
        author_ids=[authors[s.author_key] for s in due],
        parent_ids=[s.parent_id for s in due],
        thread_ids=[known.parents[s.parent_id].thread_id if s.parent_id else None for s in due],
        external_ids=[s.external_id for s in due],
        fingerprints=[s.fingerprint for s in due],
        author_names=[s.author_name for s in due],
        bodies=[s.body for s in due],
        language_hints=[s.language_hint for s in due],
        reader_networks=[s.reader_network for s in due],
        policies_shown=[s.policy_shown for s in due],
        times=[s.created_at for s in due],
    )
    new = {row.id for row in rows}
    again = [s for s in due if s.id not in new]
    outcomes = await _stored_before(connection, again)
    for s in due:
        if s.id in new:
            outcomes[s.id] = Stored(s.id, Status.PENDING, s.created_at, None, is_new=True)
    return outcomes


async def _rows(connection: AsyncConnection, statement: TextClause, **given: object) -> list[_Row]:
    return list(await connection.execute(statement, given))


def _ids(rows: Mapping[tuple[UUID, str], _Row]) -> dict[tuple[UUID, str], UUID]:
    return {key: row.id for key, row in rows.items()}


async def _known(connection: AsyncConnection, batch: Sequence[Submission]) -> _Known:
    articles = list({s.article_key for s in batch})
    authors = list({s.author_key for s in batch})
    rows = await _rows(
        connection,
        FIND_KNOWN,
        article_sites=[site_id for site_id, _ in articles],
        article_ids=[external_id for _, external_id in articles],
        author_sites=[site_id for site_id, _ in authors],
        identities=[identity for _, identity in authors],
    )
    known = _Known({}, {}, await _parents(connection, batch))
    for row in rows:
        place = known.articles if row.kind == "article" else known.authors
        place[row.site_id, row.key] = row
    return known


async def _parents(connection: AsyncConnection, batch: Sequence[Submission]) -> dict[UUID, _Row]:
    ids = list({s.parent_id for s in batch if s.parent_id})
    rows = await _rows(connection, FIND_PARENTS, ids=ids) if ids else []
    return {row.id: row for row in rows}


async def _settled(
    connection: AsyncConnection, batch: Sequence[Submission], known: _Known
) -> _Outcomes:
    """Return the outcomes of those that need no storing: refused, or surely stored before."""
    outcomes = _refusals(batch, known)
    # What was stored before stays stored, whatever happened to its article or parent since.
    doubtful = [s for s in batch if s.external_id and (s.id in outcomes or s.parent_id)]
    return outcomes | await _stored_before(connection, doubtful)


def _refusals(batch: Sequence[Submission], known: _Known) -> _Outcomes:
    """Return why some cannot be stored: a closed article, or a parent that is none."""
    refused: _Outcomes = {}
    for s in batch:
        article = known.articles.get(s.article_key)
        if article is not None and not article.is_open:
            refused[s.id] = ArticleClosed()
        elif s.parent_id:
            wrong = _wrong_with_parent(s, known.parents.get(s.parent_id))
            if wrong:
                refused[s.id] = wrong
    return refused


def _wrong_with_parent(reply: Submission, parent: _Row | None) -> ModerationError | None:
    if parent is None or parent.site_id != reply.site_id:
        return ParentNotFound()
    if parent.article_id != reply.article_id:
        return ParentElsewhere()
    if parent.status == Status.WITHDRAWN:
        return ParentWithdrawn()
    return None


async def _stored_before(connection: AsyncConnection, again: Sequence[Submission]) -> _Outcomes:
    """Return the outcomes of those that were stored before, under their external id or their id."""
    if not again:
        return {}
    named = [s for s in again if s.external_id]
    rows = await _rows(
        connection,
        FIND_STORED,
        site_ids=[s.site_id for s in named],
        external_ids=[s.external_id for s in named],
        ids=[s.id for s in again],
    )
    by_name = {(row.site_id, row.external_id): row for row in rows if row.external_id}
    by_id = {row.id: row for row in rows}
    outcomes: _Outcomes = {}
    for s in again:
        row = by_id.get(s.id) or by_name.get((s.site_id, s.external_id))
        if row is not None:
            outcomes[s.id] = _outcome_again(s, row)
    return outcomes


def _outcome_again(sent: Submission, row: _Row) -> Outcome:
    # Of a withdrawn comment nothing is left to compare with, and it must not come back.
    if row.status != Status.WITHDRAWN and row.fingerprint != sent.fingerprint:
        return ExternalIdTaken(row.id)
    is_own = row.id == sent.id
    return Stored(row.id, Status(row.status), row.created_at, row.decided_at, is_new=is_own)


def _around(due: Sequence[Submission], known: _Known) -> _Around:
    """Return the parents to mark, and the articles and authors that are new or have changed."""
    # What readers' browsers say of an article counts only until its site has spoken.
    articles = {s.article_key: s for s in sorted(due, key=lambda s: s.may_rename)}
    authors = {s.author_key: s for s in due}
    return _Around(
        parents=list({s.parent_id for s in due if s.parent_id}),
        articles=[
            articles[key]
            for key in sorted(articles)
            if not _is_same_article(articles[key], known.articles.get(key))
        ],
        authors=[
            authors[key]
            for key in sorted(authors)
            if not _is_same_author(authors[key], known.authors.get(key))
        ],
    )


def _is_same_article(sent: Submission, row: _Row | None) -> bool:
    if row is None:
        return False
    is_as_sent = row.url == sent.article_url and row.title == sent.article_title
    return is_as_sent or not sent.may_rename


def _is_same_author(sent: Submission, row: _Row | None) -> bool:
    return (
        row is not None
        and row.name == sent.author_name
        and (sent.author_email is None or row.email == sent.author_email)
    )


async def _mark_parents(connection: AsyncConnection, parent_ids: list[UUID]) -> set[UUID]:
    """Say of the parents that they have replies; return those that were withdrawn meanwhile."""
    if not parent_ids:
        return set()
    rows = await _rows(connection, MARK_PARENTS, ids=parent_ids)
    return set(parent_ids) - {row.id for row in rows}


async def _put_articles(
    connection: AsyncConnection, changed: Sequence[Submission]
) -> dict[ArticleKey, UUID]:
    if not changed:
        return {}
    rows = await _rows(
        connection,
        PUT_ARTICLES,
        ids=[new_id() for _ in changed],
        site_ids=[s.site_id for s in changed],
        external_ids=[s.article_id for s in changed],
        urls=[s.article_url for s in changed],
        titles=[s.article_title for s in changed],
        times=[s.created_at for s in changed],
    )
    return {(row.site_id, row.external_id): row.id for row in rows}


async def _put_authors(
    connection: AsyncConnection, changed: Sequence[Submission]
) -> dict[AuthorKey, UUID]:
    if not changed:
        return {}
    rows = await _rows(
        connection,
        PUT_AUTHORS,
        ids=[new_id() for _ in changed],
        site_ids=[s.site_id for s in changed],
        identities=[s.identity for s in changed],
        external_ids=[s.author_id for s in changed],
        names=[s.author_name for s in changed],
        emails=[s.author_email for s in changed],
        times=[s.created_at for s in changed],
    )
    return {(row.site_id, row.identity): row.id for row in rows}
