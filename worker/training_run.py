"""One run of retraining, from what was decided to a challenger that the gate has judged.

Each stage is written down before it begins. What a kill leaves behind is a run that the next
process ends as interrupted, and at most a candidate that decides nothing.
"""

import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from ml import artifact
from ml.artifact import Artifact
from ml.challenger import Challenger
from ml.duel import Contender, duel
from ml.gate import judge
from ml.predict import Predictor
from service.errors import ModerationError
from service.examples import quarantines
from service.examples.caps import Caps
from service.learning import gathering, run_sentences, runs, snapshots
from service.learning.due import Scope
from service.learning.errors import TooFewExamples
from service.learning.gathering import Gathered
from service.learning.snapshots import Lesson
from service.learning.splitting import Sides
from service.learning.states import RunState
from service.learning.tables import Run, Snapshot
from service.registry import actions as registry
from service.registry.tables import ModelVersion
from service.settings import Learning
from worker import lessons, teaching, watching_labels
from worker.classroom import Classroom, Course, opened
from worker.lessons import SEED
from worker.predictor import as_plain, bundled
from worker.promotion import settle
from worker.reporting import report

_log = structlog.get_logger(__name__)


def make(room: Classroom, run_id: UUID, scope: Scope) -> RunState:
    """Make one run to its end, whatever that is, and return how it ended."""
    try:
        return _make(opened(room, run_id, scope))
    except TooFewExamples as error:
        return _end(room, run_id, RunState.REFUSED, error.detail)
    except SystemExit:
        _end(room, run_id, RunState.INTERRUPTED, run_sentences.TOLD_TO_END)
        raise
    except Exception as error:  # noqa: BLE001 - acted on: the run has failed, and says why
        # Only the kind of the error and its place: its own words may repeat a text.
        why = error.detail if isinstance(error, ModerationError) else type(error).__name__
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        _log.error("run_failed", run=str(run_id), error=type(error).__name__, at=place)
        said = run_sentences.FAILED.format(said=why, place=place)
        return _end(room, run_id, RunState.FAILED, said)


def _end(room: Classroom, run_id: UUID, state: RunState, why: str) -> RunState:
    with room.database.transaction() as session:
        runs.end(session, run_id, state, why=why, now=room.clock())
    _log.info("run_ended", run=str(run_id), state=state.value)
    return state


def _make(course: Course) -> RunState:
    champion = Contender(
        Predictor.load(course.content, encoder=course.encoder), len(course.content)
    )
    shipped = bundled(course.room.settings)
    prior = artifact.load(shipped)
    # What ships has learned from nobody here: a champion whom somebody has misled would agree with
    # them. Sure scores are asked for, and the first tier alone has them at once.
    unled = Contender(Predictor.load(shipped, alone=True), len(shipped))
    snapshot, learned = _snapshot(course, unled)
    taught, rehearsal = lessons.of_snapshot(learned), _rehearsal(course)
    made = _challenger(course, prior, snapshot, taught, rehearsal)
    version = _register(course, prior, snapshot, rehearsal, made)
    course.enter(RunState.EVALUATE)
    other = Contender(
        Predictor.load(made.content, expected=made.digest, encoder=course.encoder),
        len(made.content),
    )
    found = duel(
        champion,
        other,
        decisions=taught.judging,
        audit=taught.audit if len(taught.audit) else None,
        corpora=rehearsal.judging,
        points=course.points,
        must_pass=course.scope.must_pass,
        quotes_own=course.scope.site_id is not None,
        seed=SEED,
        progress=course.tell,
    )
    course.enter(RunState.GATE)
    verdict = judge(found.evidence, course.scope.limits, is_refresh=course.is_refresh)
    course.tell(run_sentences.WRITING, 0.3)
    render = partial(
        report,
        version,
        course.champion,
        snapshot,
        found,
        judging_ids=taught.judging_ids,
    )
    return settle(course, version, other.predictor, verdict, render)


def _snapshot(course: Course, unled: Contender) -> tuple[Snapshot, list[Lesson]]:
    """Set aside what is suspicious, then keep what may teach.

    Read, act, record: nothing is scored while a transaction is open, which the database would end.
    """
    room, scope = course.room, course.scope
    course.tell(run_sentences.READING)
    with room.database.transaction() as session:
        quarantines.keep_apart(session, scope.site_ids)
        gathered = _gathered(session, course)
    names = lessons.name_texts([each.text for each in gathered])
    course.tell(run_sentences.LOOKING, 0.4)
    found = watching_labels.suspicious(gathered, names, unled, now=room.clock())
    with room.database.transaction() as session:
        apart = watching_labels.set_aside(session, found, now=room.clock())
        there = gathering.still_free(session, [each.id for each in gathered])
    kept = [row for row, each in enumerate(gathered) if each.id in there and each.id not in apart]
    _check_enough([gathered[row] for row in kept], room.settings.learning)
    with room.database.transaction() as session:
        taken = snapshots.take(
            session,
            scope.site_id,
            scope.site_ids,
            [gathered[row] for row in kept],
            [names[row] for row in kept],
            caps=Caps(),
            sides=Sides(),
            seed=SEED,
            now=room.clock(),
        )
        session.get_one(Run, course.run_id).snapshot_id = taken[0].id
    return taken


def _check_enough(kept: Sequence[Gathered], least: Learning) -> None:
    """Pass where there are comments enough; pieces of them are not counted.

    Raises:
        TooFewExamples: there are not.
    """
    whole = [each for each in kept if not each.is_piece]
    harmful = sum(each.is_harmful for each in whole)
    if len(whole) < least.examples_min or harmful < least.harmful_min:
        raise TooFewExamples(
            len(whole), harmful, least=least.examples_min, least_harmful=least.harmful_min
        )


def _gathered(session: Session, course: Course) -> list[Gathered]:
    return gathering.gather(
        session, course.scope.site_ids, limit=course.room.settings.learning.examples_max
    )


def _rehearsal(course: Course) -> lessons.Rehearsal:
    course.enter(RunState.TRAIN)
    return lessons.rehearse(course.room.settings.corpora, seed=SEED, progress=course.tell)


def _challenger(
    course: Course,
    prior: Artifact,
    snapshot: Snapshot,
    taught: lessons.Lessons,
    rehearsal: lessons.Rehearsal,
) -> Challenger:
    return teaching.teach(
        prior,
        snapshot.digest,
        taught,
        rehearsal,
        course.room.adaptation,
        encoder=course.encoder,
        tell=course.tell,
        then=lambda: course.enter(RunState.CALIBRATE),
    )


def _register(
    course: Course,
    prior: Artifact,
    snapshot: Snapshot,
    rehearsal: lessons.Rehearsal,
    made: Challenger,
) -> ModelVersion:
    now = course.room.clock()
    lineage = teaching.lineage(
        prior, snapshot.digest, rehearsal, course.room.adaptation, course.encoder
    )
    with course.room.database.transaction() as session:
        version = registry.register(
            session,
            digest=made.digest,
            name=f"learned {now:%Y-%m-%d %H:%M}",
            content=made.content,
            info=as_plain(made.loaded.info),
            site_id=course.scope.site_id,
            lineage=lineage
            | {
                "snapshot_id": str(snapshot.id),
                "run_id": str(course.run_id),
                "champion": course.champion.digest,
                "libraries": dict(made.loaded.info.libraries),
            },
            now=now,
        )
        session.get_one(Run, course.run_id).version_id = version.id
        return version
