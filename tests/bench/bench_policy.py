"""Rulings a second with 10,000 listed words, and the preview of a draft on 100,000 comments.

    python -m tests.bench.bench_policy

The preview is the real one, on a real PostgreSQL server with the settings of `parley up`: a month
of comments with scores, decisions and authors. Its floor is reading the same rows and ruling none.
A ruling is all that the worker does between score and decision: reading the text, and the rules.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from ml.labels import Label
from service import schema
from service.database_url import sync_url
from service.machine import embedded
from service.policy import in_force
from service.policy.document import PolicyDocument
from service.policy.evidence import Evidence
from service.policy.rules import rule
from service.policy.text_evidence import read_text
from service.sites import actions as sites
from service.trials import actions, past
from tests.bench.bench_scoring import comments

BAR_SECONDS, BAR_COMMENTS = 10.0, 100_000
ENTRIES = 10_000
_LETTERS = "абвгдежзиклмнопрстуф"

# Identifiers of version 7 made in SQL: the time in the first 48 bits.
_STORE = text(f"""
    WITH given AS (
        SELECT n, :now - make_interval(secs => :seconds * (1 - n / :count ::float)) AS at,
            (:bodies ::text[])[1 + n % cardinality(:bodies ::text[])] AS body
        FROM generate_series(1, :count) AS n
    ), stored AS (
        INSERT INTO comments (
            id, site_id, article_id, author_id, fingerprint, author_name, body, revision,
            has_replies, status, urgency, score_wanted, created_at, decided_at
        )
        SELECT CAST(
                lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS bigint)), 12, '0')
                || '7' || lpad(to_hex(n % 4096), 3, '0') || '8'
                || lpad(to_hex(n), 15, '0') AS uuid),
            :site_id, (:articles ::uuid[])[1 + n % cardinality(:articles ::uuid[])],
            (:authors ::uuid[])[1 + n * 7 % cardinality(:authors ::uuid[])], '\\x00', 'Reader',
            body, 1, false,
            CASE WHEN n % 50 = 0 THEN 'rejected' ELSE 'approved' END, 0, false, at, at
        FROM given RETURNING id, created_at, status
    ), scored AS (
        INSERT INTO scores (
            comment_id, revision, model_version_id, language, language_probability,
            {", ".join(Label)}, scored_at
        )
        SELECT id, 1, 1, 'ru', 0.99, {", ".join("random() * random()" for _ in Label)}, created_at
        FROM stored
    )
    INSERT INTO decisions (comment_id, revision, status, actor, reason, reasons, decided_at)
    SELECT id, 1, CASE WHEN random() < 0.1 THEN 'held' ELSE status END, 'policy', 'clear', '[]',
        created_at
    FROM stored
""")  # noqa: S608 - the labels are ours
_JUDGE = text("""
    INSERT INTO decisions (
        comment_id, revision, status, actor, moderator_id, reason, reasons, decided_at
    )
    SELECT d.comment_id, 1, c.status, 'moderator', :moderator, 'rude', '[]', c.decided_at
    FROM decisions d JOIN comments c ON c.id = d.comment_id WHERE d.status = 'held'
""")


def _words(draw: random.Random) -> list[dict[str, str]]:
    words: set[str] = set()
    while len(words) < ENTRIES:
        words.add("".join(draw.choices(_LETTERS, k=draw.randint(6, 11))))
    return [{"word": word, "kind": "suspect", "language": "ru"} for word in sorted(words)]


def _store(session: Session, count: int, now: datetime) -> UUID:
    site = sites.create_site(
        session, slug="bench", name="Bench", url="https://bench.example", now=now
    )
    ids = session.execute(
        text("""
            WITH version AS (
                INSERT INTO artifacts (digest, content, created_at) VALUES ('d', '', :now)
            ), a AS (
                INSERT INTO articles (id, site_id, external_id, url, title, is_open,
                    published_count, created_at)
                SELECT gen_random_uuid(), :site, 'a' || n, 'https://a.example', 't', true, 0, :now
                FROM generate_series(1, 200) n RETURNING id
            ), u AS (
                INSERT INTO authors (id, site_id, identity, name, approved_count, rejected_count,
                    created_at)
                SELECT gen_random_uuid(), :site, 'id:' || n, 'Reader', 30, 1, :now
                FROM generate_series(1, 5000) n RETURNING id
            ), m AS (
                INSERT INTO moderators (id, email, name, password_hash, created_at)
                VALUES (gen_random_uuid(), 'm@bench.example', 'M', '', :now) RETURNING id
            )
            SELECT (SELECT array_agg(id) FROM a), (SELECT array_agg(id) FROM u),
                (SELECT id FROM m)
        """),
        {"site": site.id, "now": now},
    ).one()
    session.execute(
        text("""
            INSERT INTO model_versions (digest, name, state, info, lineage, created_at)
            VALUES ('d', 'bench', 'champion', '{}', '{}', :now)
        """),
        {"now": now},
    )
    session.execute(
        _STORE,
        {
            "site_id": site.id,
            "count": count,
            "now": now,
            "seconds": timedelta(days=29).total_seconds(),
            "bodies": comments(2000, seed=3),
            "articles": ids[0],
            "authors": ids[1],
        },
    )
    session.execute(_JUDGE, {"moderator": ids[2]})
    return site.id


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _drafts(draw: random.Random) -> dict[str, PolicyDocument]:
    thresholds = {"toxicity": {"hold": 0.4, "reject": 0.9}, "spam": {"hold": 0.5}}
    all_rules = {
        "words": {"listed": _words(draw)},
        "links": {},
        "contacts": {},
        "style": {"capitals": 0.7, "longest_run": 10},
        "languages": {"accepted": ["ru", "kk", "uz"]},
        "authors": {"new_until": 3, "trusted_approve": True},
        "articles": {"close_after_days": 60},
    }
    return {
        "thresholds": PolicyDocument.model_validate({"thresholds": thresholds}),
        "every rule, 10,000 words": PolicyDocument.model_validate(
            {"thresholds": thresholds, **all_rules}
        ),
    }


def _rulings(document: PolicyDocument, rounds: int) -> float:
    """Return rulings a second, texts read included, by one process."""
    draft = in_force.draft(document, ())
    bodies, scores = comments(500, seed=5), dict.fromkeys(Label, 0.05)
    matcher = draft.matcher

    def rule_all() -> None:
        for body in bodies:
            read = read_text(body, language=None, matcher=matcher, parts=draft.parts)
            rule(draft.policy, Evidence(scores, text=read))

    return len(bodies) / min(_seconds(rule_all) for _ in range(rounds))


def measure(engine: Engine, *, count: int, rounds: int) -> bool:
    now = datetime.now(UTC)
    with Session(engine) as session, session.begin():
        site_id = _store(session, count, now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    table = Table("", "preview, s", "rulings/s", title=f"{count:,} comments of 30 days")
    worst = 0.0
    with Session(engine) as session:
        floor = min(
            _seconds(lambda: past.comments(session, site_id, now=now, with_bodies=True))
            for _ in range(rounds)
        )
        table.add_row("floor: read, rule none", f"{floor:.2f}", "")
        for name, document in _drafts(random.Random(7)).items():  # noqa: S311 - no secret
            tried = [
                _seconds(
                    lambda: actions.preview(session, site_id, document, None, now=now)  # noqa: B023
                )
                for _ in range(rounds)
            ]
            trial = actions.preview(session, site_id, document, None, now=now)
            if trial.replay.count != count:
                sys.exit(f"{trial.replay.count} comments were tried, of {count}")
            worst = max(worst, min(tried))
            table.add_row(name, f"{min(tried):.2f}", f"{_rulings(document, rounds):,.0f}")
    Console().print(table)
    Console().print(f"bar: {BAR_COMMENTS:,} in under {BAR_SECONDS:.0f} s")
    return worst <= BAR_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=BAR_COMMENTS)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="parley-bench-") as name,
        embedded.start(Path(name)) as servers,
    ):
        engine = create_engine(sync_url(servers.database_url))
        schema.migrate(engine)
        good = measure(engine, count=given.count, rounds=given.rounds)
        engine.dispose()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
