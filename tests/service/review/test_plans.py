"""On many comments every query of the queues walks an index, and none reads the whole table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.review import counts, elsewhere, queue, standing, vocabulary
from service.review.facets import facets
from service.review.filters import Filters
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
CHOOSE = text(
    """
    INSERT INTO choices (id, site_id, comment_id, moderator_id, revision, status, reason, reasons,
        queue, chosen_at, settles_at, state)
    SELECT uuidv7(), site_id, id, :moderator, 1, 'approved', 'none', '[]', 'held', :now, :now,
        'recorded'
    FROM comments
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
    # A few hundred rows are sorted as quickly as walked past; a hundred thousand are not.
    for way in ("sort", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
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


def test_the_uncertain_are_read_by_their_margin(
    session: Session, desk: Desk, now: datetime
) -> None:
    def ask() -> None:
        args = (session, desk.site_ids, desk.moderator)
        queue.page(*args, queue=Queue.UNCERTAIN, limit=50, now=now)

    plan = _plan(session, ask)
    assert "comments_held_margin_idx" in plan
    assert "Seq Scan on comments" not in plan


@pytest.mark.parametrize(
    ("filters", "indices"),
    [
        (Filters(language=Language.KAZAKH), {"comments_held_language_idx"}),
        (Filters(language=Language.OTHER), {"comments_held_language_idx"}),
        (Filters(reason="links"), {"comments_held_reasons_idx"}),
        (Filters(label=Label.THREAT), {"comments_held_reasons_idx"}),
        # So frequent that walking the order finds a page at once.
        (Filters(label=Label.INSULT), {"comments_held_priority_idx"}),
        (Filters(article="article-1"), {"comments_held_article_idx", "comments_held_priority_idx"}),
        (Filters(author=UUID(int=1)), {"comments_author_idx"}),
        (
            Filters(since=datetime(2126, 1, 1, tzinfo=UTC)),
            {"comments_held_age_idx", "comments_held_priority_idx", "comments_pkey"},
        ),
    ],
)
def test_a_filter_is_served_by_an_index(
    session: Session, desk: Desk, now: datetime, filters: Filters, indices: set[str]
) -> None:
    def ask() -> None:
        queue.page(session, desk.site_ids, desk.moderator, filters=filters, limit=50, now=now)

    plan = _plan(session, ask)
    assert any(index in plan for index in indices), plan
    assert "Seq Scan on comments" not in plan


@pytest.mark.parametrize(
    ("name", "index"),
    [
        (Queue.REPORTED, "reports_waiting_idx"),
        (Queue.NOTICES, "notices_waiting_idx"),
        (Queue.APPEALS, "appeals_waiting_idx"),
        (Queue.AUDIT, "audit_samples_"),
        (Queue.DISAGREEMENT, "disagreements_open_idx"),
    ],
)
def test_the_other_queues_are_read_by_what_waits(
    session: Session, desk: Desk, now: datetime, name: Queue, index: str
) -> None:
    # Nothing waits here, so every way of reading costs nothing: price out what does not page.
    for way in ("seqscan", "bitmapscan", "sort"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))

    def ask() -> None:
        elsewhere.page(
            session, desk.site_ids, desk.moderator, queue=name, after=UUID(int=1), limit=50, now=now
        )
        elsewhere.lock_next(session, desk.site_ids, desk.moderator, queue=name, now=now)

    plan = _plan(session, ask)
    assert f"using {index}" in plan, plan
    assert "Seq Scan" not in plan


def test_menus_read_no_more_than_the_first_comments(
    session: Session, desk: Desk, now: datetime
) -> None:
    def ask() -> None:
        facets(session, desk.site_ids, desk.moderator, name=Queue.HELD, now=now)

    plan = _plan(session, ask)
    assert "comments_held_" in plan
    assert "Seq Scan on comments" not in plan


def test_parts_and_misspellings_are_found_by_trigrams(session: Session, now: datetime) -> None:
    session.execute(
        text(
            "INSERT INTO search_words (word, folded, seen, checked_at)"
            " SELECT md5(n::text), md5(n::text), 1, :now FROM generate_series(1, 20000) AS n"
        ),
        {"now": now},
    )
    session.execute(text("ANALYZE search_words"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    for look in (vocabulary.holding, vocabulary.similar):
        plan = _plan(session, partial(look, session, "guards"))
        assert "search_words_folded_idx" in plan
        assert "Seq Scan on search_words" not in plan


def test_what_a_page_missed_is_read_by_the_sites_choices(
    session: Session, desk: Desk, now: datetime
) -> None:
    session.execute(CHOOSE, {"moderator": desk.moderator.id, "now": now})
    session.execute(text("ANALYZE choices"))

    def ask() -> None:
        standing.changed_since(session, desk.site_ids, since=now)

    plan = _plan(session, ask)
    assert "choices_site_id_id_idx" in plan
    assert "Seq Scan" not in plan
