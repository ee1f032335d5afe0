"""A run whose champion is replaced while it is under way."""

from datetime import datetime

from ml.gate import Check, Topic, Verdict
from ml.predict import Predictor
from service.db import Database
from service.learning import due, reports, runs
from service.learning.states import Cause, RunState
from service.learning.tables import Run
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.tables import State
from service.settings import Settings
from tests.factories.registry import offer, stored_champion
from worker.classroom import Classroom, opened
from worker.promotion import settle
from worker.reporting import Report


def said(verdict: Verdict) -> Report:
    """Stand in for the report: it says what the gate says."""
    told = {"passed": verdict.is_passed, "reasons": verdict.reasons, "checks": []}
    return Report(f"passed: {verdict.is_passed}", "", {}, told)


def test_a_challenger_does_not_replace_a_champion_it_was_not_measured_against(
    settings: Settings, database: Database, now: datetime
) -> None:
    room = Classroom(settings, database, clock=lambda: now)
    with database.transaction() as session:
        stored_champion(session)
        run_id = runs.begin(session, None, cause=Cause.SCHEDULE, now=now).id
        scope = due.scope(session, None, settings.learning)
    course = opened(room, run_id, scope)
    with database.transaction() as session:
        made = registry.register(session, **offer(b"made"), now=now)
        other = registry.register(session, **offer(b"another"), now=now)
        registry.promote(session, other, by="Aziza", now=now)
    verdict = Verdict([Check(Topic.BETTER, passed=True, sentence="Better.")])
    ended = settle(course, made, Predictor.bundled(), verdict, said)
    assert ended is RunState.REFUSED
    with database.transaction() as session:
        assert versions.champion_id(session) == (other.id, other.digest)
        assert versions.get(session, made.id).state is State.REFUSED
        run = session.get_one(Run, run_id)
        assert run.why == "The champion changed meanwhile: this one was measured against another."
        assert run.verdict == {"passed": False, "reasons": [run.why], "checks": []}
        assert reports.page(session, run, None) == "passed: False"
