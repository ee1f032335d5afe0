"""`python -m worker.retraining`: makes the run that is asked for, and those that are due."""

import signal
import sys
from collections.abc import Sequence
from uuid import UUID

import structlog
import threadpoolctl

import service.tables  # noqa: F401 - what is stored refers to tables that nothing here reads
from ml import artifact
from service import logs
from service.database_url import sync_url
from service.db import Database
from service.errors import ModerationError
from service.learning import due, runs, snapshots
from service.learning.due import Scope
from service.learning.errors import NotLearned
from service.learning.states import Cause, RunState
from service.machine import lifeline
from service.registry import queries as versions
from service.settings import Settings
from worker import lessons, teaching
from worker.classroom import Classroom
from worker.lessons import SEED
from worker.predictor import bundled
from worker.training_run import make

_log = structlog.get_logger(__name__)

# The exit code of a process that found another one at it.
ANOTHER_RUNS = 3


def main(words: Sequence[str]) -> int:
    """Make what is asked for and what is due; return the exit code.

    With ``--reproduce NUMBER``, make a version again and say whether the same came out.
    """
    lifeline.hold()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    settings = Settings()
    logs.configure(as_json=settings.is_production)
    database = Database(sync_url(settings.postgres_url), publish=lambda _: None, pool_size=2)
    try:
        # Sums in one order, so that the same snapshot gives the same artifact.
        with threadpoolctl.threadpool_limits(1), runs.only_one(database.engine) as is_mine:
            if not is_mine:
                _log.info("another_run_is_under_way")
                return ANOTHER_RUNS
            room = Classroom(settings, database)
            if words[:1] == ["--reproduce"]:
                return _say_whether_the_same(room, int(words[1]))
            return make_all(room)
    finally:
        database.close()


def _say_whether_the_same(room: Classroom, version_id: int) -> int:
    with room.database.transaction() as session:
        wanted = versions.get(session, version_id).digest
    try:
        found = reproduce(room, version_id)
    except ModerationError as error:
        print(error.detail)  # noqa: T201 - a command's answer
        return 2
    print(f"{found}: {'the same' if found == wanted else f'not {wanted}'}")  # noqa: T201 - as above
    return int(found != wanted)


def make_all(room: Classroom) -> int:
    """Make the run that is asked for, then those that are due; return 1 if one failed."""
    with room.database.transaction() as session:
        left = runs.end_interrupted(session, now=room.clock())
    if left:
        _log.warning("run_was_interrupted", count=left)
    states = []
    for begin in (_begin_asked, _begin_due):
        while (begun := begin(room)) is not None:
            states.append(make(room, *begun))
    return int(RunState.FAILED in states)


def _begin_asked(room: Classroom) -> tuple[UUID, Scope] | None:
    with room.database.transaction() as session:
        asked = runs.asked_for(session)
        if asked is None:
            return None
        runs.enter(session, asked.id, RunState.SNAPSHOT, now=room.clock())
        return asked.id, due.scope(session, asked.site_id, room.settings.learning)


def _begin_due(room: Classroom) -> tuple[UUID, Scope] | None:
    with room.database.transaction() as session:
        now = room.clock()
        for scope in due.scopes_due(session, room.settings.learning, now=now):
            run = runs.begin(session, scope.site_id, cause=Cause.SCHEDULE, now=now)
            return run.id, scope
    return None


def reproduce(room: Classroom, version_id: int) -> str:
    """Make a version again from what its lineage names, and return the digest that comes out.

    Raises:
        ModelVersionNotFound: there is none of this number.
        NotLearned: it was not learned here.
        SnapshotChanged: its examples are not there any more as they were.
    """
    with room.database.transaction() as session:
        version = versions.get(session, version_id)
        lineage = version.lineage
        if "snapshot_id" not in lineage:
            raise NotLearned(version_id)
        snapshot = snapshots.get(session, UUID(lineage["snapshot_id"]))
        learned = snapshots.read(session, snapshot, lessons.name_texts)
    prior = artifact.load(bundled(room.settings))
    rehearsal = lessons.rehearse(room.settings.corpora, seed=SEED, progress=lambda *_: None)
    taught = lessons.of_snapshot(learned)
    made = teaching.teach(
        prior, snapshot.digest, taught, rehearsal, room.adaptation, encoder=room.encoder()
    )
    return made.digest


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
