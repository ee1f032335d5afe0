"""How fast the queue is read and claimed from, on a million comments of which a tenth are held.

    python -m tests.bench.bench_review [--comments 1000000]

The floor is the bare read of the same page: one site's fifty most urgent held comments, by SQL
alone, without looking for claims, choices or escalations, and without making objects of the rows.

The tables are analysed before they are measured and not vacuumed, but for what the server does by
itself: in use, the queue changes all the time, and what counts by an index looks at the rows too.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from service import schema
from service.database_url import sync_url
from service.machine import embedded
from service.moderators.tables import Moderator
from service.review import bulk, claims, queue, search, standing
from service.review.queue import Queue, Sort
from tests.factories.comments import an_article, an_author
from tests.factories.moderators import stored_moderator
from tests.factories.review import stored_site

ROUNDS = 100
_AT_ONCE = 50_000
LEASE = timedelta(minutes=2)
_FLOOR = text(
    "SELECT * FROM comments WHERE site_id = :site AND status = 'held' "
    "ORDER BY urgency DESC, id LIMIT 50"
)
_FILL = text(
    """
    INSERT INTO comments (id, site_id, article_id, author_id, fingerprint, author_name, body,
        revision, has_replies, status, urgency, score_wanted, created_at, decided_at)
    SELECT uuidv7((n - :count) * interval '1 second'), :site, :article, :author, ''::bytea,
        'Name ' || n % 50000,
        'word' || n % 5000 || ' thing' || n % 777 || repeat(' lorem ipsum dolor', 12),
        1, false, CASE WHEN n % 10 = 0 THEN 'held' ELSE 'approved' END, random(), false, at, at
    FROM generate_series(:first, :last) AS n,
        LATERAL (SELECT now() + (n - :count) * interval '1 second') AS times (at)
    """
)


def fill(session: Session, *, count: int) -> tuple[UUID, Moderator]:
    """Store ``count`` comments on one site, and a moderator of it."""
    site = stored_site(session, "bench")
    article, author = an_article(site), an_author(site)
    session.add_all([article, author])
    session.flush()
    ids = {"site": site.id, "article": article.id, "author": author.id, "count": count}
    for first in range(1, count + 1, _AT_ONCE):
        last = min(count, first + _AT_ONCE - 1)
        session.execute(_FILL, ids | {"first": first, "last": last})
    return site.id, stored_moderator(session, site)


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Return p50 and p99 of the call, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[ROUNDS // 2], taken[ROUNDS * 99 // 100]


def measure(session: Session, site: UUID, moderator: Moderator) -> dict[str, tuple[float, float]]:
    now = datetime.now(UTC)

    def page() -> object:
        return queue.page(
            session,
            (site,),
            moderator,
            queue=Queue.HELD,
            sort=Sort.PRIORITY,
            after=None,
            limit=50,
            now=now,
        )

    asks: dict[str, Callable[[], object]] = {
        "floor: the bare SELECT of a page": lambda: session.execute(_FLOOR, {"site": site}).all(),
        "a page of the queue": page,
        "claim next": lambda: claims.claim_next(
            session, moderator, (site,), most=ROUNDS, now=now, lease=LEASE
        ),
        "counts and age of the oldest": lambda: queue.waiting(session, (site,)),
        "arrivals": lambda: standing.arrived(session, (site,), moderator, since=now, now=now),
        "search for two words": lambda: search.search(
            session, (site,), "word77 thing7", before=None, limit=50
        ),
        "search for a word of every comment": lambda: search.search(
            session, (site,), "lorem", before=None, limit=50
        ),
        "histogram of the held": lambda: bulk.histogram(
            session, (site,), moderator, label=None, now=now
        ),
        "a range of scores, 500 comments": lambda: bulk.in_range(
            session, (site,), moderator, bulk.Range(0.2, 0.8), limit=500, now=now
        ),
    }
    return {name: timed(ask) for name, ask in asks.items()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--comments", type=int, default=1_000_000)
    count: int = arguments.parse_args().comments
    console = Console()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        servers = embedded.start(Path(folder), ephemeral=True)
        engine = create_engine(sync_url(servers.start().database_url))
        try:
            schema.migrate(engine)
            with (
                console.status(f"Storing {count:,} comments…"),
                Session(engine, expire_on_commit=False) as session,
            ):
                site, moderator = fill(session, count=count)
                session.commit()
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
            with Session(engine) as session:
                figures = measure(session, site, moderator)
        finally:
            engine.dispose()
            servers.stop()
    table = Table("Review", "p50 ms", "p99 ms", title=f"{count:,} comments, a tenth of them held")
    for name, (p50, p99) in figures.items():
        table.add_row(name, f"{p50:.1f}", f"{p99:.1f}")
    console.print(table)


if __name__ == "__main__":
    main()
