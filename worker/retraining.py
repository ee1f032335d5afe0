"""`python -m worker.retraining`: makes the run that is asked for, and those that are due.

Each stage is written down before it begins. What a kill leaves behind is a run that the next
process ends as interrupted, and at most a candidate that decides nothing.
"""

import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import structlog
import threadpoolctl
from sqlalchemy.orm import Session

import service.tables  # noqa: F401 - what is stored refers to tables that nothing here reads
from ml import artifact
from ml.artifact import Artifact
from ml.challenger import Challenger
from ml.duel import Contender, Points, duel
from ml.encoder import Encoder, Remembering, available
from ml.gate import Verdict, judge, overtaken
from ml.predict import Predictor
from ml.stacked_prior import Adaptation
from service import logs
from service.database_url import sync_url
from service.db import Database
from service.errors import ModerationError
from service.examples import quarantines
from service.examples.caps import Caps
from service.learning import accepted, due, gathering, run_sentences, runs, snapshots
from service.learning.due import Scope
from service.learning.errors import NotLearned, TooFewExamples
from service.learning.gathering import Gathered
from service.learning.snapshots import Lesson
from service.learning.splitting import Sides
from service.learning.states import Cause, RunState
from service.learning.tables import Run, Snapshot
from service.machine import lifeline
from service.policy import in_force
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.errors import NoChampion
from service.registry.tables import ModelVersion
from service.settings import Learning, Settings
from service.trials.solving import Judge, see_to
from worker import lessons, teaching, watching_labels
from worker.lessons import SEED
from worker.predictor import as_plain, bundled
from worker.reporting import Report, report

_log = structlog.get_logger(__name__)

# The exit code of a process that found another one at it.
ANOTHER_RUNS = 3


def _now() -> datetime:
    return datetime.now(UTC)


def _encoder() -> Encoder | None:
    """Return one that reads each text once, however often both models ask."""
    found = available()
    return None if found is None else Remembering(found)


@dataclass(frozen=True, slots=True)
class Classroom:
    """What a run needs of the world: settings, the database, a clock, and who reads for meaning."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = _now
    adaptation: Adaptation = field(default_factory=Adaptation)
    encoder: Callable[[], Encoder | None] = _encoder


@dataclass(slots=True)
class _Course:
    """A run under way, and what its stages have brought so far."""

    room: Classroom
    run_id: UUID
    scope: Scope
    is_refresh: bool
    champion: ModelVersion
    content: bytes
    points: Points
    encoder: Encoder | None

    def enter(self, stage: RunState) -> None:
        with self.room.database.transaction() as session:
            runs.enter(session, self.run_id, stage, now=self.room.clock())

    def tell(self, doing: str, share: float = 0.0) -> None:
        with self.room.database.transaction() as session:
            runs.tell(session, self.run_id, doing, share)


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


def make(room: Classroom, run_id: UUID, scope: Scope) -> RunState:
    """Make one run to its end, whatever that is, and return how it ended."""
    try:
        return _make(_opened(room, run_id, scope))
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


def _opened(room: Classroom, run_id: UUID, scope: Scope) -> _Course:
    with room.database.transaction() as session:
        run = session.get_one(Run, run_id)
        champion = versions.champion(session, scope.site_id)
        if champion is None:
            raise NoChampion
        run.champion_id = champion.id
        content = versions.content(session, champion.digest)
        points = accepted.points(session, scope.site_ids)
        encoder = room.encoder()
        return _Course(room, run_id, scope, run.is_refresh, champion, content, points, encoder)


def _make(course: _Course) -> RunState:
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
    return _settle(course, version, other.predictor, verdict, render)


def _snapshot(course: _Course, unled: Contender) -> tuple[Snapshot, list[Lesson]]:
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


def _gathered(session: Session, course: _Course) -> list[Gathered]:
    return gathering.gather(
        session, course.scope.site_ids, limit=course.room.settings.learning.examples_max
    )


def _rehearsal(course: _Course) -> lessons.Rehearsal:
    course.enter(RunState.TRAIN)
    return lessons.rehearse(course.room.settings.corpora, seed=SEED, progress=course.tell)


def _challenger(
    course: _Course,
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


def _register(
    course: _Course,
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


def _settle(
    course: _Course,
    version: ModelVersion,
    predictor: Predictor,
    verdict: Verdict,
    render: Callable[[Verdict], Report],
) -> RunState:
    """Promote or refuse, in one transaction with the end of the run."""
    now, pages = course.room.clock(), render(verdict)
    with course.room.database.transaction() as session:
        registry.one_at_a_time(session)
        version = versions.get(session, version.id)
        if verdict.is_passed and not _is_still_champion(session, course):
            verdict = overtaken(verdict)
            pages = render(verdict)
        why = " ".join(verdict.reasons)
        if verdict.is_passed:
            _solve(session, course.scope, version, predictor, now=now)
            registry.promote(session, version, by="gate", why=why, now=now)
        else:
            registry.refuse(session, version)
        state = RunState.PROMOTED if verdict.is_passed else RunState.REFUSED
        runs.end(
            session,
            course.run_id,
            state,
            why=why,
            now=now,
            verdict=pages.verdict,
            figures=pages.figures,
            page=pages.page,
            card=pages.card,
        )
    _log.info("run_ended", run=str(course.run_id), state=state.value, version=version.id)
    return state


def _is_still_champion(session: Session, course: _Course) -> bool:
    """Say whether what the challenger was measured against still decides."""
    live = versions.champion_id(session, course.scope.site_id)
    return live is not None and live[0] == course.champion.id


def _solve(
    session: Session, scope: Scope, version: ModelVersion, predictor: Predictor, *, now: datetime
) -> None:
    """Work out the sites' operating points for the version, so that they hold from its first text.

    Sites with a model of their own are not asked: the shared one does not decide there.
    """
    judge = Judge(version.id, predictor, version.digest)
    ruling = in_force.by_site(session, scope.site_ids, model_version_id=version.id)
    for site_id, each in ruling.items():
        see_to(session, site_id, each, judge, now=now)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
