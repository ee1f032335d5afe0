"""The obvious way, to be measured beside ours: one Celery task for each comment."""

import os
from collections.abc import Mapping
from functools import lru_cache

import threadpoolctl
from celery import Celery, signals
from sqlalchemy import Engine, create_engine, text

from ml.predict import Predictor
from service.database_url import sync_url

_READ = text("SELECT body, revision FROM comments WHERE id = :id AND status = 'pending' FOR UPDATE")
_SCORE = text("""
    INSERT INTO scores (comment_id, revision, model_version_id, language, language_probability,
                        toxicity, scored_at)
    VALUES (:id, 1, (SELECT id FROM model_versions WHERE state = 'champion'), :language, 1,
            :toxicity, now())
    RETURNING id
""")
_DECIDE = text("""
    INSERT INTO decisions (comment_id, revision, status, actor, reason, reasons, score_id,
                           decided_at)
    VALUES (:id, 1, :status, 'policy', 'clear', '[]', :score_id, now())
""")
_MOVE = text("UPDATE comments SET status = :status, decided_at = now() WHERE id = :id")
_HELD_FROM = 0.5

app = Celery("peer", set_as_current=False)
app.add_defaults(
    lambda: {
        "broker_url": os.environ["PARLEY_REDIS_URL"],
        "task_default_queue": "peer",
        "task_ignore_result": True,
        "task_acks_late": True,
    }
)


@lru_cache(maxsize=1)
def engine() -> Engine:
    return create_engine(sync_url(os.environ["PARLEY_DATABASE_URL"]))


@lru_cache(maxsize=1)
def predictor() -> Predictor:
    return Predictor.bundled(alone=True)


def decide(comment_id: str) -> None:
    """Read, score, write: one comment, one transaction."""
    with engine().begin() as connection:
        row = connection.execute(_READ, {"id": comment_id}).one_or_none()
        if row is None:
            return
        [prediction] = predictor().predict([row.body])
        toxicity = max(prediction.scores.values(), default=1.0)
        status = "held" if toxicity >= _HELD_FROM else "approved"
        given = {"id": comment_id, "status": status}
        scored = {**given, "language": prediction.language.value, "toxicity": toxicity}
        score_id = connection.scalar(_SCORE, scored)
        connection.execute(_DECIDE, {**given, "score_id": score_id})
        connection.execute(_MOVE, given)


app.task(name="decide", ignore_result=True)(decide)


def _warm(**_: object) -> None:
    engine.cache_clear()
    threadpoolctl.threadpool_limits(1)  # as in our own worker
    predictor().predict(["warm"])


signals.worker_process_init.connect(_warm)


def send_all(environment: Mapping[str, str]) -> None:
    """Send a task for every pending comment."""
    os.environ.update(environment)
    with engine().connect() as connection:
        ids = connection.scalars(text("SELECT id FROM comments WHERE status = 'pending'")).all()
    with app.producer_pool.acquire(block=True) as producer:
        for comment_id in ids:
            app.send_task("decide", args=[str(comment_id)], producer=producer, queue="peer")
