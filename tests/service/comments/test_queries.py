from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments import queries, statements
from service.comments.errors import CommentNotFound
from service.comments.queries import Order
from service.comments.status import Status
from service.comments.tables import Comment, Revision
from service.db import Database, new_id
from service.sites.tables import Site
from tests.factories.comments import (
    CommentChanges,
    a_comment,
    an_article,
    an_author,
    stored_comment,
)
from tests.factories.sites import a_site
from tests.plans import indexes_of
from tests.service.keys import Caller


def _thread(
    session: Session, site: Site, comments: Sequence[CommentChanges], *, article_id: str = "a/1"
) -> list[Comment]:
    """Store comments of one author under one article, in this order."""
    article, author = an_article(site, external_id=article_id), an_author(site)
    session.add_all([article, author])
    session.flush()
    stored = [a_comment(article, author, **changes) for changes in comments]
    for comment in stored:
        session.add(comment)
        session.flush()
    return stored


_APPROVED: CommentChanges = {"status": Status.APPROVED, "public_revision": 1}


def test_a_comment_is_its_sites_own(session: Session) -> None:
    comment = stored_comment(session)
    assert queries.get(session, comment.site_id, comment.id) is comment
    for site_id, comment_id in ((new_id(), comment.id), (comment.site_id, new_id())):
        with pytest.raises(CommentNotFound):
            queries.get(session, site_id, comment_id)


def test_a_locked_comment_is_read_afresh(database: Database) -> None:
    with database.transaction() as session:
        stale = stored_comment(session)
    with database.transaction() as session:
        seen = session.get_one(Comment, stale.id)
        with database.transaction() as other:
            other.get_one(Comment, stale.id).status = Status.HELD
        assert queries.lock(session, stale.id) is seen
        assert seen.status is Status.HELD
        with pytest.raises(CommentNotFound):
            queries.lock(session, new_id())


def _list(client: TestClient, caller: Caller, path: str = "a/1", **query: str | int) -> object:
    answer = client.get(f"/v1/articles/{path}/comments", params=query, headers=caller.headers)
    assert answer.status_code == 200
    return answer.json()


def test_readers_see_what_is_public_and_places_above_replies(
    client: TestClient, caller: Caller, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        approved, edited, _, _, withdrawn, reply = _thread(
            session,
            caller.site,
            [
                {**_APPROVED, "body": "Approved."},
                {**_APPROVED, "body": "Waits.", "revision": 2, "status": Status.PENDING},
                {"body": "Pending."},
                {"body": "Rejected.", "status": Status.REJECTED},
                {"body": "", "author_name": "", "status": Status.WITHDRAWN, "has_replies": True},
                {**_APPROVED, "body": "A reply.", "revision": 2, "public_revision": 2},
            ],
        )
        reply.parent_id = withdrawn.id
        session.add(Revision(comment_id=edited.id, number=1, body="Before.", written_at=now))
    page = _list(client, caller)
    assert isinstance(page, dict)
    seen = [(c["id"], c["body"], c["removed"], c["edited"]) for c in page["items"]]
    assert seen == [
        (str(approved.id), "Approved.", False, False),
        (str(edited.id), "Before.", False, False),
        (str(withdrawn.id), None, True, False),
        (str(reply.id), "A reply.", False, True),
    ]
    assert page["items"][2]["author_name"] is None
    assert page["items"][3]["parent_id"] == str(withdrawn.id)
    assert page["next"] is None


_HIDDEN = {
    Status.PENDING: False,
    Status.HELD: False,
    Status.REJECTED: True,
    Status.WITHDRAWN: True,
}


@pytest.mark.parametrize("replied", [Status.APPROVED, Status.HELD])
@pytest.mark.parametrize(("hidden", "may_keep_a_place"), _HIDDEN.items())
def test_only_what_was_removed_keeps_a_place_and_only_above_a_reply_that_readers_see(
    client: TestClient,
    caller: Caller,
    database: Database,
    *,
    hidden: Status,
    may_keep_a_place: bool,
    replied: Status,
) -> None:
    public = 1 if replied is Status.APPROVED else None
    with database.transaction() as session:
        parent, reply, _ = _thread(
            session,
            caller.site,
            [
                {"status": hidden, "has_replies": True},
                {"status": replied, "public_revision": public},
                {"status": Status.REJECTED, "has_replies": True},
            ],
        )
        reply.parent_id = parent.id
    page = _list(client, caller)
    assert isinstance(page, dict)
    seen = [(c["id"], c["removed"]) for c in page["items"]]
    place = [(str(parent.id), True)] if may_keep_a_place and public else []
    assert seen == place + ([(str(reply.id), False)] if public else [])


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_every_comment_is_on_one_page_whatever_arrives_meanwhile(
    client: TestClient, caller: Caller, database: Database, order: str
) -> None:
    with database.transaction() as session:
        ids = [c.id for c in _thread(session, caller.site, [_APPROVED] * 7)]
    expected = [str(i) for i in (ids if order == "oldest" else reversed(ids))]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        page = _list(client, caller, order=order, limit=2, **cursor)
        assert isinstance(page, dict)
        seen += [comment["id"] for comment in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
        if order == "newest":
            _add_one_more(database, ids[0])
    assert seen == expected


def _add_one_more(database: Database, neighbour: UUID) -> None:
    with database.transaction() as session:
        beside = session.get_one(Comment, neighbour)
        article = session.get_one(Article, beside.article_id)
        session.add(a_comment(article, session.get_one(Author, beside.author_id), **_APPROVED))


def test_another_sites_article_of_the_same_id_is_another_article(
    client: TestClient, caller: Caller, stranger: Caller, database: Database
) -> None:
    with database.transaction() as session:
        _thread(session, stranger.site, [_APPROVED])
        [own] = _thread(session, caller.site, [_APPROVED])
    page = _list(client, caller)
    assert isinstance(page, dict)
    assert [comment["id"] for comment in page["items"]] == [str(own.id)]


def test_a_cursor_of_somebody_elses_making_is_refused(
    client: TestClient, caller: Caller, database: Database
) -> None:
    with database.transaction() as session:
        _thread(session, caller.site, [_APPROVED])
    for cursor in ("nonsense", "é", "=", "AAAA"):
        answer = client.get(
            "/v1/articles/a/1/comments", params={"cursor": cursor}, headers=caller.headers
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


# On an empty table any index is as good as another. Every tenth comment is a reply to the first.
FILL = text(
    """
    INSERT INTO comments (id, site_id, article_id, author_id, parent_id, fingerprint, author_name,
        body, revision, public_revision, has_replies, status, urgency, score_wanted, created_at)
    SELECT uuidv7(), c.site_id, c.article_id, c.author_id, CASE WHEN n % 10 = 0 THEN c.id END,
        ''::bytea, 'Name', 'text', 1, 1, false, 'approved', 0, false, c.created_at
    FROM comments c, generate_series(1, 300) AS n WHERE c.id = :first
    """
)


@pytest.mark.parametrize("order", list(Order))
def test_an_articles_comments_are_read_from_their_index(session: Session, order: Order) -> None:
    first = [stored_comment(session) for _ in range(20)]
    for comment in first:
        session.execute(FILL, {"first": comment.id})
    session.execute(text("ANALYZE comments"))
    half = "SELECT id FROM comments WHERE article_id = :article ORDER BY id OFFSET 150 LIMIT 1"
    after = session.scalars(text(half), {"article": first[0].article_id}).one()
    statement = queries.published_statement(first[0].article_id, order=order, after=after, most=51)
    assert indexes_of(session, statement) == {
        "comments_public_idx",
        "comments_parent_id_idx",
        "revisions_pkey",
    }


def test_the_hot_doors_questions_are_answered_from_indexes(session: Session) -> None:
    site = a_site()
    keys = {"site_ids": [site.id], "external_ids": ["a"]}
    assert indexes_of(session, statements.FIND_STORED, **keys, ids=[site.id]) == {
        "comments_site_id_external_id_key",
        "comments_pkey",
    }
    known = {
        "article_sites": [site.id],
        "article_ids": ["a"],
        "author_sites": [site.id],
        "identities": ["id:a"],
    }
    assert indexes_of(session, statements.FIND_KNOWN, **known) == {
        "articles_site_id_external_id_key",
        "authors_site_id_identity_key",
    }
    assert indexes_of(session, statements.FIND_PARENTS, ids=[site.id]) == {
        "comments_pkey",
        "articles_pkey",
    }
    assert "comments_pkey" in indexes_of(session, statements.MARK_PARENTS, ids=[site.id])
