"""On many comments every query of the queues walks an index, and none reads the whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from service.review import counts, queue, standing
from service.review.places import Place
from service.review.queue_names import Queue, Sort
from service.review.search import search
from tests.factories.comments import an_article, an_author
from tests.factories.review import Desk, stored_desk, stored_site

COMMENTS = 20_000
FILL = text(
    """
    INSERT INTO comments (id, site_id, article_id, author_id, fingerprint, author_name, body,
        revision, has_replies, status, urgency, priority, margin, language, reason_codes,
        score_wanted, created_at, decided_at)
    SELECT uuidv7(), :site, :article, :author, ''::bytea, 'Name ' || n, 'word' || n || ' other',
        1, false, CASE WHEN n % 10 = 0 THEN 'held' ELSE 'approved' END, random(), random(),
        random(), (ARRAY['en', 'ru', 'uz', 'kk'])[1 + n % 4], ARRAY['score_insult'], false,
        :now, :now
    FROM generate_series(1, :count) AS n
    """
)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    """Return a moderator of a site with many comments; another site has as many."""
    desk = stored_desk(session, now=now)
    for site in (desk.site, stored_site(session, "other")):
        article, author = an_article(site), an_author(site)
        session.add_all([article, author])
        session.flush()
        ids = {"site": site.id, "article": article.id, "author": author.id}
        session.execute(FILL, ids | {"now": now, "count": COMMENTS // 2})
    session.execute(text("ANALYZE comments"))
    return desk


@contextmanager
def _listening(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that are sent."""
    sent: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:  # noqa: ANN401 - as the event is
        sent.append((args[2], args[3]))

    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


def _plan(session: Session, ask: Callable[[], object]) -> str:
    """Return the plans of all that ``ask`` sends, one after the other."""
    connection = session.connection()
    with _listening(connection) as sent:
        ask()
    plans = []
    for statement, parameters in sent:
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        plans += [row[0] for row in rows]
    return "\n".join(plans)


@pytest.mark.parametrize(
    ("sort", "index"),
    [
        (Sort.PRIORITY, "Index Scan using comments_held_priority_idx"),
        (Sort.HIGHEST, "Index Scan using comments_held_idx"),
        (Sort.LOWEST, "Index Scan Backward using comments_held_idx"),
        (Sort.OLDEST, "Index Scan using comments_held_age_idx"),
        (Sort.NEWEST, "Index Scan Backward using comments_held_age_idx"),
    ],
)
def test_a_page_of_the_queue_walks_the_index_of_its_order(
    session: Session, desk: Desk, now: datetime, sort: Sort, index: str
) -> None:
    middle = session.scalars(
        text("SELECT id FROM comments WHERE site_id = :site ORDER BY id OFFSET :half LIMIT 1"),
        {"site": desk.site.id, "half": COMMENTS // 4},
    ).one()

    def ask() -> None:
        queue.page(
            session,
            desk.site_ids,
            desk.moderator,
            queue=Queue.HELD,
            sort=sort,
            after=Place(0.5, middle),
            limit=50,
            now=now,
        )

    plan = _plan(session, ask)
    assert index in plan
    assert "Sort" not in plan
    assert "Seq Scan on comments" not in plan


def test_claiming_walks_the_index(session: Session, desk: Desk, now: datetime) -> None:
    plan = _plan(session, lambda: queue.lock_next(session, desk.site_ids, now=now))
    assert "Index Scan using comments_held_priority_idx" in plan
    assert "Sort" not in plan


def test_claiming_on_several_sites_walks_the_index_of_each(
    session: Session, desk: Desk, now: datetime
) -> None:
    other = stored_site(session, "third")
    sites = (*desk.site_ids, other.id)
    plan = _plan(session, lambda: queue.lock_next(session, sites, now=now))
    assert "Seq Scan on comments" not in plan
    assert plan.count("using comments_held_priority_idx") >= 2


def test_searching_goes_by_the_words(session: Session, desk: Desk) -> None:
    def ask() -> None:
        search(session, desk.site_ids, "word77", before=None, limit=50)

    plan = _plan(session, ask)
    assert "comments_words_idx" in plan
    assert "Seq Scan on comments" not in plan


def test_counting_reads_held_comments_only(session: Session, desk: Desk, now: datetime) -> None:
    plan = _plan(session, lambda: counts.waiting(session, desk.site_ids))
    plan += _plan(
        session,
        lambda: standing.arrived(session, desk.site_ids, desk.moderator, since=now, now=now),
    )
    assert "comments_held" in plan
    assert "Seq Scan on comments" not in plan
