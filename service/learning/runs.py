"""A run from its beginning to its end; at any moment there is one at most.

The process that runs holds an advisory lock of the database, on a connection of its own: when it
is killed, the lock goes with it, and whoever takes the lock next ends what it left behind. What it
writes, it writes in short transactions; the champion changes in the last of them, with the verdict.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.jobs import Retrain, enqueue
from service.learning import run_sentences
from service.learning.errors import RunUnderWay
from service.learning.states import STAGES, Cause, RunState
from service.learning.tables import Run

_LOCK_KEY = 7_265_473  # any number that no other advisory lock has
IS_RUNNING = Run.ended_at.is_(None)


@contextmanager
def only_one(engine: Engine) -> Iterator[bool]:
    """Give whether this process is the one that runs, as long as the block lasts."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_mine = bool(connection.scalar(select(func.pg_try_advisory_lock(_LOCK_KEY))))
        try:
            yield is_mine
        finally:
            if is_mine:
                connection.execute(select(func.pg_advisory_unlock(_LOCK_KEY)))


def ask(
    session: Session,
    site_id: UUID | None,
    *,
    cause: Cause,
    by: str | None = None,
    is_refresh: bool = False,
    now: datetime,
) -> Run:
    """Have a run made as soon as a worker gets to it.

    Args:
        session: of the transaction.
        site_id: whose model; None: the shared one.
        cause: what asks.
        by: who asks, where it is a person.
        is_refresh: whether it is enough that the challenger is not worse.
        now: the time.

    Raises:
        RunUnderWay: one is asked for or under way.
    """
    run = Run(
        site_id=site_id,
        state=RunState.ASKED,
        cause=cause,
        asked_by=by,
        is_refresh=is_refresh,
        stages={},
        started_at=now,
        beat_at=now,
    )
    _add(session, run)
    enqueue(session, Retrain())
    return run


def begin(session: Session, site_id: UUID | None, *, cause: Cause, now: datetime) -> Run:
    """Begin a run that nobody asked for.

    Raises:
        RunUnderWay: one is asked for or under way.
    """
    run = Run(
        site_id=site_id,
        state=RunState.SNAPSHOT,
        cause=cause,
        stages={},
        started_at=now,
        beat_at=now,
    )
    _add(session, run)
    return run


def _add(session: Session, run: Run) -> None:
    try:
        with session.begin_nested():
            session.add(run)
            session.flush()
    except IntegrityError as error:
        raise RunUnderWay from error


def asked_for(session: Session) -> Run | None:
    """Return the run that waits to be made."""
    return session.scalars(select(Run).where(IS_RUNNING, Run.state == RunState.ASKED)).one_or_none()


def end_interrupted(session: Session, *, now: datetime) -> int:
    """End the runs whose process is gone; call it under the lock. Return how many there were."""
    left = session.scalars(
        update(Run)
        .where(IS_RUNNING, Run.state.in_(STAGES))
        .values(
            state=RunState.INTERRUPTED,
            why=run_sentences.KILLED,
            ended_at=now,
        )
        .returning(Run.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(left)


def enter(session: Session, run_id: UUID, stage: RunState, *, now: datetime) -> None:
    """Go on to the next stage, and note how long the one before took."""
    run = session.get_one(Run, run_id, with_for_update=True)
    if run.state in STAGES and run.state is not stage:
        took = (now - run.beat_at).total_seconds()
        run.stages = run.stages | {run.state.value: round(took, 3)}
    run.state, run.beat_at, run.doing = stage, now, ""
    run.progress = STAGES.index(stage) / len(STAGES)
    session.flush()


def tell(session: Session, run_id: UUID, doing: str, share: float) -> None:
    """Say what is being done, and how much of the stage is."""
    run = session.get_one(Run, run_id)
    stage = STAGES.index(run.state) if run.state in STAGES else 0
    run.doing, run.progress = doing, (stage + min(max(share, 0.0), 1.0)) / len(STAGES)
    session.flush()


def end(
    session: Session,
    run_id: UUID,
    state: RunState,
    *,
    why: str,
    now: datetime,
    **kept: Any,  # noqa: ANN401
) -> Run:
    """End a run; ``kept`` are columns of it."""
    run = session.get_one(Run, run_id, with_for_update=True)
    if run.state in STAGES:
        took = (now - run.beat_at).total_seconds()
        run.stages = run.stages | {run.state.value: round(took, 3)}
    run.state, run.why, run.ended_at, run.progress, run.doing = state, why, now, 1.0, ""
    for name, value in kept.items():
        setattr(run, name, value)
    session.flush()
    return run
