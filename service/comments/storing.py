"""Stores many submissions in one transaction, by a few statements.

Whoever else locks these rows keeps the same order, so that nobody waits in a circle: parent
comments, then articles, then authors, each sorted by key.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause
from sqlalchemy.ext.asyncio import AsyncConnection

from service.articles.errors import ArticleClosed
from service.comments.errors import (
    ExternalIdTaken,
    ParentElsewhere,
    ParentNotFound,
    ParentWithdrawn,
)
from service.comments.statements import (
    FIND_ARTICLES,
    FIND_AUTHORS,
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


async def store(connection: AsyncConnection, batch: Sequence[Submission]) -> list[Outcome]:
    """Store what can be stored of ``batch``; return what became of each, in order.

    A comment that was sent before is not stored again: its outcome is where it stands now.
    """
    articles = await _find_articles(connection, batch)
    outcomes: dict[UUID, Outcome] = await _refusals(connection, batch, articles)
    # What was stored before stays stored, whatever happened to its article or parent since.
    doubtful = [s for s in batch if s.external_id and (s.id in outcomes or s.parent_id)]
    if doubtful:
        outcomes |= await _stored_before(connection, doubtful)
    due = [s for s in batch if s.id not in outcomes]
    if due:
        outcomes |= await _mark_parents(connection, due)
        due = [s for s in due if s.id not in outcomes]
        outcomes |= await _put(connection, due, articles)
    return [outcomes[s.id] for s in batch]


async def _put(
    connection: AsyncConnection, due: Sequence[Submission], articles: dict[ArticleKey, _Row]
) -> dict[UUID, Outcome]:
    article_ids = await _put_articles(connection, due, articles)
    author_ids = await _put_authors(connection, due)
    # Two batches with the same external ids meet on them in the same order.
    due = sorted(due, key=lambda s: (s.site_id, s.external_id or "", s.id))
    rows = await _rows(
        connection,
        PUT_COMMENTS,
        ids=[s.id for s in due],
        site_ids=[s.site_id for s in due],
        article_ids=[article_ids[s.article_key] for s in due],
        author_ids=[author_ids[s.author_key] for s in due],
        parent_ids=[s.parent_id for s in due],
        external_ids=[s.external_id for s in due],
        fingerprints=[s.fingerprint for s in due],
        author_names=[s.author_name for s in due],
        bodies=[s.body for s in due],
        language_hints=[s.language_hint for s in due],
        reader_networks=[s.reader_network for s in due],
        times=[s.created_at for s in due],
    )
    new = {row.id for row in rows}
    outcomes: dict[UUID, Outcome] = {
        s.id: Stored(s.id, Status.PENDING, s.created_at, None, is_new=True)
        for s in due
        if s.id in new
    }
    again = [s for s in due if s.id not in new]
    if again:
        outcomes |= await _stored_before(connection, again)
    return outcomes


async def _rows(connection: AsyncConnection, statement: TextClause, **given: object) -> list[_Row]:
    return list(await connection.execute(statement, given))


async def _find_articles(
    connection: AsyncConnection, batch: Iterable[Submission]
) -> dict[ArticleKey, _Row]:
    keys = list({s.article_key for s in batch})
    rows = await _rows(
        connection,
        FIND_ARTICLES,
        site_ids=[site_id for site_id, _ in keys],
        external_ids=[external_id for _, external_id in keys],
    )
    return {(row.site_id, row.external_id): row for row in rows}


async def _refusals(
    connection: AsyncConnection, batch: Iterable[Submission], articles: dict[ArticleKey, _Row]
) -> dict[UUID, Outcome]:
    """Return why some cannot be stored: a closed article, or a parent that is none."""
    parent_ids = list({s.parent_id for s in batch if s.parent_id})
    rows = await _rows(connection, FIND_PARENTS, ids=parent_ids) if parent_ids else []
    parents = {row.id: row for row in rows}
    refused: dict[UUID, Outcome] = {}
    for s in batch:
        article = articles.get(s.article_key)
        if article is not None and not article.is_open:
            refused[s.id] = ArticleClosed()
        elif s.parent_id:
            wrong = _wrong_with_parent(s, parents.get(s.parent_id))
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


async def _stored_before(
    connection: AsyncConnection, again: Sequence[Submission]
) -> dict[UUID, Outcome]:
    """Return the outcomes of those that were stored before, under their external id or their id."""
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
    outcomes: dict[UUID, Outcome] = {}
    for s in again:
        row = by_id.get(s.id) or by_name.get((s.site_id, s.external_id))
        if row is not None:
            outcomes[s.id] = _outcome_again(s, row)
    return outcomes


def _outcome_again(sent: Submission, row: _Row) -> Outcome:
    if row.fingerprint != sent.fingerprint:
        return ExternalIdTaken(row.id)
    is_own = row.id == sent.id
    return Stored(row.id, Status(row.status), row.created_at, row.decided_at, is_new=is_own)


async def _mark_parents(
    connection: AsyncConnection, due: Sequence[Submission]
) -> dict[UUID, Outcome]:
    parent_ids = {s.parent_id for s in due if s.parent_id}
    if not parent_ids:
        return {}
    rows = await _rows(connection, MARK_PARENTS, ids=list(parent_ids))
    gone = parent_ids - {row.id for row in rows}
    return {s.id: ParentWithdrawn() for s in due if s.parent_id in gone}


async def _put_articles(
    connection: AsyncConnection, due: Sequence[Submission], found: dict[ArticleKey, _Row]
) -> dict[ArticleKey, UUID]:
    """Return the articles' ids; store those that are new, or have a new address or title."""
    wanted = {s.article_key: s for s in due}
    changed = sorted(
        (s for key, s in wanted.items() if not _is_same_article(s, found.get(key))),
        key=lambda s: s.article_key,
    )
    ids: dict[ArticleKey, UUID] = {key: row.id for key, row in found.items()}
    if changed:
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
        ids |= {(row.site_id, row.external_id): row.id for row in rows}
    return ids


def _is_same_article(sent: Submission, row: _Row | None) -> bool:
    return row is not None and row.url == sent.article_url and row.title == sent.article_title


async def _put_authors(
    connection: AsyncConnection, due: Sequence[Submission]
) -> dict[AuthorKey, UUID]:
    """Return the authors' ids; store those that are new, or have a new name or e-mail."""
    wanted = {s.author_key: s for s in due}
    rows = await _rows(
        connection,
        FIND_AUTHORS,
        site_ids=[site_id for site_id, _ in wanted],
        identities=[identity for _, identity in wanted],
    )
    found = {(row.site_id, row.identity): row for row in rows}
    changed = sorted(
        (s for key, s in wanted.items() if not _is_same_author(s, found.get(key))),
        key=lambda s: s.author_key,
    )
    ids: dict[AuthorKey, UUID] = {key: row.id for key, row in found.items()}
    if changed:
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
        ids |= {(row.site_id, row.identity): row.id for row in rows}
    return ids


def _is_same_author(sent: Submission, row: _Row | None) -> bool:
    return (
        row is not None
        and row.name == sent.author_name
        and (sent.author_email is None or row.email == sent.author_email)
    )
