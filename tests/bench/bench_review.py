"""How fast the queues are read, claimed from and searched, on a million comments, a tenth held.

    python -m tests.bench.bench_review [--comments 1000000]

The floor is the bare read of the same page: one site's fifty held comments of the highest priority,
by SQL alone, without looking for claims, choices or escalations, and without making objects of the
rows.

The tables are analysed before they are measured and not vacuumed, but for what the server does by
itself: in use, the queue changes all the time, and what counts by an index looks at the rows too.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service import schema
from service.comments.status import Status
from service.comments.tables import Comment
from service.database_url import sync_url
from service.machine import embedded
from service.moderators.tables import Moderator
from service.review import bulk, claims, counts, facets, queue, standing, vocabulary
from service.review.actions import Wish
from service.review.filters import Filters
from service.review.queue_names import Queue, Sort
from service.review.search import search
from tests.bench.many_comments import fill
from tests.bench.many_comments import vocabulary as words_by_frequency

ROUNDS = 100
LEASE, WINDOW = timedelta(minutes=2), timedelta(seconds=8)
_LEARNT_AT_ONCE, _LEARNT_MOST = 1_000, 100_000
_FLOOR = text(
    "SELECT * FROM comments WHERE site_id = :site AND status = 'held' "
    "ORDER BY priority DESC, id LIMIT 50"
)
_Ask = Callable[[], object]


def learn(session: Session) -> float:
    """Learn the words of the newest comments; return the milliseconds for a thousand comments."""
    ids = session.scalars(select(Comment.id).order_by(Comment.id.desc()).limit(_LEARNT_MOST)).all()
    taken = []
    for first in range(0, len(ids), _LEARNT_AT_ONCE):
        started = time.perf_counter()
        some = ids[first : first + _LEARNT_AT_ONCE]
        vocabulary.learn(session, some, now=datetime.now(UTC))
        session.commit()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)[len(taken) // 2]


def timed(ask: _Ask) -> tuple[float, float]:
    """Return p50 and p99 of the call, in milliseconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[ROUNDS // 2], taken[ROUNDS * 99 // 100]


def asks(session: Session, site: UUID, moderator: Moderator) -> dict[str, _Ask]:
    """Return what is measured, by name."""
    now = datetime.now(UTC)
    page = partial(queue.page, session, (site,), moderator, limit=50, now=now)
    find = partial(search, session, (site,), before=None, limit=50)
    words = words_by_frequency()
    middling = words[len(words) // 2]
    narrowed = {
        "Kazakh": Filters(language=Language.KAZAKH),
        "insult": Filters(label=Label.INSULT),
        "a rare reason": Filters(reason="links"),
        "a label that none has": Filters(label=Label.THREAT),
        "one article": Filters(article="a10"),
        "the last hour": Filters(since=now - timedelta(hours=1)),
        "the first day": Filters(until=now - timedelta(days=10)),
    }
    return {
        "floor: the bare SELECT of a page": lambda: session.execute(_FLOOR, {"site": site}).all(),
        **{f"a page by {sort.value}": partial(page, sort=sort) for sort in Sort},
        "a page of the uncertain": partial(page, queue=Queue.UNCERTAIN),
        **{
            f"a page of {name}": partial(page, filters=filters)
            for name, filters in narrowed.items()
        },
        "menus for the filters": lambda: facets.facets(
            session, (site,), moderator, name=Queue.HELD, now=now
        ),
        "claim next": lambda: claims.claim_next(
            session, moderator, (site,), most=ROUNDS, now=now, lease=LEASE
        ),
        "counts and age of the oldest": lambda: counts.waiting(session, (site,)),
        "arrivals": lambda: standing.arrived(session, (site,), moderator, since=now, now=now),
        "search: two rare words": lambda: find(f"{words[-5]} {words[-7]}"),
        "search: a word of average rarity": lambda: find(middling),
        "search: a word of every comment": lambda: find("lorem"),
        "search: two words of every comment": lambda: find("lorem name"),
        "search: a part of a word": lambda: find(middling[2:]),
        "search: a misspelled word": lambda: find(middling[:3] + "q" + middling[3:]),
        "search: nothing like it": lambda: find("qqqqwwwwzzzz"),
        "histogram of the held": lambda: bulk.histogram(
            session, (site,), moderator, label=None, now=now
        ),
        "a range of scores, 500 comments": lambda: bulk.in_range(
            session, (site,), moderator, bulk.Range(0.2, 0.8), limit=500, now=now
        ),
        "deciding 500 comments, undone": lambda: _decide_many(session, site, moderator, now),
    }


def _decide_many(session: Session, site: UUID, moderator: Moderator, now: datetime) -> None:
    with session.begin_nested() as savepoint:
        found = bulk.in_range(session, (site,), moderator, bulk.Range(0.2, 0.8), limit=500, now=now)
        wishes = {each.id: Wish(Status.APPROVED, revision=1) for each in found}
        made = bulk.decide_many(session, moderator, (site,), wishes, now=now, window=WINDOW)
        assert len(made.decided) == len(wishes)
        savepoint.rollback()


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
            with Session(engine, expire_on_commit=False) as session:
                with console.status(f"Storing {count:,} comments…"):
                    site, moderator = fill(session, count=count)
                    session.commit()
                with console.status("Learning their words…"):
                    learnt = learn(session)
                    vocabulary.tidy_index(session)
                    session.commit()
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
            with Session(engine) as session, console.status("Measuring…"):
                figures = {name: timed(ask) for name, ask in asks(session, site, moderator).items()}
        finally:
            engine.dispose()
            servers.stop()
    table = Table("Review", "p50 ms", "p99 ms", title=f"{count:,} comments, a tenth of them held")
    for name, (p50, p99) in figures.items():
        table.add_row(name, f"{p50:.1f}", f"{p99:.1f}")
    console.print(table)
    console.print(f"Learning the words of a thousand comments: {learnt:.0f} ms (p50).")


if __name__ == "__main__":
    main()
