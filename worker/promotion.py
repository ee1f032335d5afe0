"""How a run of retraining ends that was judged: its challenger is promoted, or refused."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from ml.gate import Verdict, overtaken
from ml.predict import Predictor
from service.learning import runs
from service.learning.due import Scope
from service.learning.states import RunState
from service.policy import in_force
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.tables import ModelVersion
from service.trials.solving import Judge, see_to
from worker.classroom import Course
from worker.reporting import Report

_log = structlog.get_logger(__name__)


def settle(
    course: Course,
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


def _is_still_champion(session: Session, course: Course) -> bool:
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
