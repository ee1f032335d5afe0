"""What versions do beside deciding: score as a shadow, and score old comments again."""

from datetime import timedelta

from sqlalchemy import select

from service.comments.status import Status
from service.learning import rescoring, shadows
from service.learning.states import RescoringState
from service.learning.tables import Rescoring, ShadowScore
from service.registry import actions as registry
from service.registry import queries as versions
from service.scoring.tables import Score
from tests.factories.comments import stored_comment
from tests.factories.registry import offer
from worker.rescore import rescore_batch
from worker.score_comments import score_pending
from worker.score_shadow import score_batch as score_shadows
from worker.workplace import Workplace


def test_a_shadow_scores_what_was_decided_and_decides_nothing(workplace: Workplace) -> None:
    now = workplace.clock()
    with workplace.database.transaction() as session:
        comment = stored_comment(session, body="You idiot.")
        beside = registry.register(session, **offer(b"beside"), now=now)
        registry.shadow(session, beside)
    assert score_pending(workplace) == 1
    assert score_shadows(workplace) == 1
    assert score_shadows(workplace) == 0
    with workplace.database.transaction() as session:
        [kept] = session.scalars(select(ShadowScore))
        assert (kept.comment_id, kept.version_id) == (comment.id, beside.id)
        assert [each.model_version_id for each in session.scalars(select(Score))] != [beside.id]
        champion = versions.champion(session)
        assert champion is not None
        found = shadows.compare(session, champion, beside, [comment.site_id])
        assert (found.looked_at, found.differing) == (1, [])


def test_old_comments_are_scored_again_only_when_asked_and_when_nothing_waits(
    workplace: Workplace,
) -> None:
    now = workplace.clock()
    with workplace.database.transaction() as session:
        old = stored_comment(session, status=Status.APPROVED, created_at=now - timedelta(days=9))
    assert not rescore_batch(workplace)
    with workplace.database.transaction() as session:
        rescoring.ask(session, old.site_id, since=now - timedelta(days=30), by="Aziza", now=now)
        stored_comment(session, created_at=now - timedelta(minutes=1))
    assert not rescore_batch(workplace)
    assert score_pending(workplace) == 1
    assert rescore_batch(workplace)
    with workplace.database.transaction() as session:
        [wish] = session.scalars(select(Rescoring))
        assert (wish.state, wish.scored) == (RescoringState.DONE, 1)
        scored = session.scalars(select(Score.comment_id)).all()
        assert old.id in scored
