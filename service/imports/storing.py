"""Stores a batch of another system's comments as history: decided as they were, told to nobody."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DatabaseRow
from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from ml.labels import Label
from service import texts
from service.comments import rules, statements
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.decisions.verdict import Verdict
from service.errors import Invalid
from service.examples import actions as examples
from service.examples.origin import Origin
from service.examples.rules import NONE_OF_THEM, SITE, Taught
from service.imports.rows import Past, Problem, Row, Tally
from service.sites import reasons
from service.sites.tables import Site

REASON = "imported"
# What is history may be longer than what is taken today.
BODY_MAX_CHARS = 8_000
# An old export says nothing new of articles and authors that are known already.
_KEEP_ARTICLES = text(
    str(statements.PUT_ARTICLES).replace(
        "SET url = excluded.url, title = excluded.title", "SET url = articles.url"
    )
)
_KEEP_AUTHORS = text(
    str(statements.PUT_AUTHORS).replace(
        "SET name = excluded.name, email = coalesce(excluded.email, authors.email)",
        "SET name = authors.name",
    )
)
_STATUS = {Past.APPROVED: Status.APPROVED, Past.REJECTED: Status.REJECTED, Past.HELD: Status.HELD}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row that can be stored, and all that is stored of it."""

    row: Row
    id: UUID
    identity: str
    article_id: UUID | None = None
    author_id: UUID | None = None
    parent_id: UUID | None = None
    thread_id: UUID | None = None


def store(
    session: Session,
    site: Site,
    rows: Sequence[Row],
    tally: Tally,
    *,
    before: Collection[str] = (),
    secret: bytes,
    now: datetime,
) -> list[Problem]:
    """Store what is not there yet, add to the tally, and return what is wrong.

    Args:
        session: of the caller; all or nothing of the batch.
        site: whose comments they become.
        rows: each with a past that is known.
        tally: is counted up.
        before: external ids that a dry run would have stored by now.
        secret: hides who guests are.
        now: when they are imported; the comments keep their own times.
    """
    problems: list[Problem] = []
    once = {row.external_id: row for row in reversed(rows)}
    fit = [
        each
        for row in rows
        if once[row.external_id] is row
        and (each := _fit(site, row, problems, secret=secret)) is not None
    ]
    placed = _under_parents(session, site, fit, problems, before)
    # Comments before articles, as everybody locks them.
    stored = sorted({each.parent_id for each in placed if each.parent_id})
    if stored:
        _rows(session, statements.MARK_PARENTS, ids=stored)
    placed = _under_articles(session, site, placed)
    new = _insert(session, site, placed)
    _decide(session, site, new, now=now)
    tally.stored += len(new)
    tally.again += len(placed) - len(new) + len(rows) - len(once)
    tally.taught += _teach(session, site, new, now=now)
    for each in new:
        tally.by_past[each.row.past] = tally.by_past.get(each.row.past, 0) + 1
    return problems


def _fit(site: Site, row: Row, problems: list[Problem], *, secret: bytes) -> _Placed | None:
    try:
        body = rules.clean_body(row.body, max_chars=BODY_MAX_CHARS)
        for named in filter(None, (row.external_id, row.article_id, row.author_id)):
            texts.check_identifier(named)
        rules.check_web_address(row.article_url)
        name = texts.clean_line(row.author_name)[: rules.NAME_MAX_CHARS]
        title = texts.clean_line(row.article_title)[: rules.TITLE_MAX_CHARS]
    except (Invalid, ValueError) as error:
        problems.append(Problem(row.place, str(error)))
        return None
    identity = rules.author_identity(
        external_id=row.author_id, name=name, email=row.author_email, secret=secret
    )
    clean = replace(row, body=body, author_name=name, article_title=title)
    return _Placed(clean, _id_of(site.id, row), identity)


def _id_of(site_id: UUID, row: Row) -> UUID:
    """Return a version 7 id (RFC 9562) with the comment's own time, the same whenever it is read.

    Lists and windows go by the time in an id, so history must stand where it was written.
    """
    milliseconds = max(int(row.created_at.timestamp() * 1000), 0) & ((1 << 48) - 1)
    named = f"{site_id}\0{row.external_id}".encode()
    drawn = int.from_bytes(hashlib.blake2b(named, digest_size=10).digest(), "big")
    return UUID(
        int=milliseconds << 80
        | 7 << 76
        | (drawn >> 62 & 0xFFF) << 64
        | 2 << 62
        | (drawn & ((1 << 62) - 1))
    )


def _under_parents(
    session: Session,
    site: Site,
    fit: Sequence[_Placed],
    problems: list[Problem],
    before: Collection[str],
) -> list[_Placed]:
    """Put replies under their parents; a reply to what is not there stands on its own."""
    known = _stored_parents(session, site, fit)
    placed: list[_Placed] = []
    for each in sorted(fit, key=lambda one: one.row.created_at):
        parent = each.row.parent_id and known.get(each.row.parent_id)
        if each.row.parent_id and not parent and each.row.parent_id not in before:
            detail = f"replies to {each.row.parent_id}, which is not there: it stands on its own"
            problems.append(Problem(each.row.place, detail, is_left_out=False))
        above = replace(each, parent_id=parent[0], thread_id=parent[1]) if parent else each
        known.setdefault(each.row.external_id, (above.id, above.thread_id or above.id))
        placed.append(above)
    return placed


def _stored_parents(
    session: Session, site: Site, fit: Sequence[_Placed]
) -> dict[str, tuple[UUID, UUID]]:
    # Also the batch's own: what is stored already keeps the id that it has.
    wanted = {each.row.parent_id for each in fit if each.row.parent_id}
    wanted |= {each.row.external_id for each in fit}
    if not wanted:
        return {}
    asked = select(Comment.external_id, Comment.id, Comment.thread_id).where(
        Comment.site_id == site.id, Comment.external_id.in_(wanted)
    )
    return {row.external_id: (row.id, row.thread_id or row.id) for row in session.execute(asked)}


def _under_articles(session: Session, site: Site, fit: Sequence[_Placed]) -> list[_Placed]:
    if not fit:
        return []
    by_article = {each.row.article_id: each.row for each in fit}
    by_author = {each.identity: each.row for each in fit}
    articles = _rows(
        session,
        _KEEP_ARTICLES,
        ids=[new_id() for _ in by_article],
        site_ids=[site.id] * len(by_article),
        external_ids=sorted(by_article),
        urls=[by_article[key].article_url for key in sorted(by_article)],
        titles=[by_article[key].article_title for key in sorted(by_article)],
        times=[by_article[key].created_at for key in sorted(by_article)],
    )
    authors = _rows(
        session,
        _KEEP_AUTHORS,
        ids=[new_id() for _ in by_author],
        site_ids=[site.id] * len(by_author),
        identities=sorted(by_author),
        external_ids=[by_author[key].author_id for key in sorted(by_author)],
        names=[by_author[key].author_name for key in sorted(by_author)],
        emails=[by_author[key].author_email for key in sorted(by_author)],
        times=[by_author[key].created_at for key in sorted(by_author)],
    )
    article_ids = {row.external_id: row.id for row in articles}
    author_ids = {row.identity: row.id for row in authors}
    return [
        replace(
            each,
            article_id=article_ids[each.row.article_id],
            author_id=author_ids[each.identity],
        )
        for each in fit
    ]


def _insert(session: Session, site: Site, placed: Sequence[_Placed]) -> list[_Placed]:
    if not placed:
        return []
    nothing = [None] * len(placed)
    found = _rows(
        session,
        statements.PUT_COMMENTS,
        ids=[each.id for each in placed],
        site_ids=[site.id] * len(placed),
        article_ids=[each.article_id for each in placed],
        author_ids=[each.author_id for each in placed],
        parent_ids=[each.parent_id for each in placed],
        thread_ids=[each.thread_id for each in placed],
        external_ids=[each.row.external_id for each in placed],
        fingerprints=[_fingerprint(each) for each in placed],
        author_names=[each.row.author_name for each in placed],
        bodies=[each.row.body for each in placed],
        language_hints=nothing,
        reader_networks=nothing,
        policies_shown=nothing,
        times=[each.row.created_at for each in placed],
    )
    ids = {row.id for row in found}
    new = [each for each in placed if each.id in ids]
    parents = sorted({each.parent_id for each in new if each.parent_id})
    if parents:
        _rows(session, statements.MARK_PARENTS, ids=parents)
    return new


def _fingerprint(placed: _Placed) -> bytes:
    row = placed.row
    return rules.fingerprint(
        article_id=row.article_id,
        identity=placed.identity,
        author_name=row.author_name,
        parent_id=placed.parent_id,
        body=row.body,
    )


def _decide(session: Session, site: Site, new: Sequence[_Placed], *, now: datetime) -> None:
    verdicts = []
    for each in sorted(new, key=lambda one: one.id):
        assert each.article_id is not None  # noqa: S101 - put under an article before
        assert each.author_id is not None  # noqa: S101
        verdicts.append(
            Verdict(
                comment_id=each.id,
                site_id=site.id,
                article_id=each.article_id,
                author_id=each.author_id,
                revision=1,
                public_revision=None,
                current=Status.PENDING,
                wanted=_STATUS[each.row.past],
                actor=Actor.SITE,
                reason=REASON,
            )
        )
    decisions.record_many(session, verdicts, announce=False, now=now)


def _teach(session: Session, site: Site, new: Sequence[_Placed], *, now: datetime) -> int:
    known = reasons.of_site(site.reject_reasons)
    taught = []
    for each in new:
        labels = _labels(each.row, known)
        if labels:
            taught.append(
                Taught(
                    comment_id=each.id,
                    site_id=site.id,
                    revision=1,
                    labels=labels,
                    origin=Origin.IMPORT,
                    sender=SITE,
                )
            )
    examples.teach(session, taught, now=now)
    return len(taught)


def _labels(row: Row, known: Sequence[reasons.RejectReason]) -> Mapping[Label, float]:
    """Return what the comment's fate says of its text: nothing, where nobody says why."""
    if row.labels is not None:
        return row.labels
    if row.past is Past.APPROVED:
        return NONE_OF_THEM
    reason = reasons.find(known, row.reason) if row.reason else None
    return {} if reason is None or row.past is not Past.REJECTED else reason.taught()


def _rows(session: Session, statement: TextClause, **given: object) -> list[DatabaseRow[Any]]:
    return list(session.execute(statement, given))
