from datetime import timedelta

from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions import queries
from service.quality.tables import AuditSample
from service.reports import actions as reports
from service.reports.reason import ReportReason
from tests.factories.comments import stored_comment
from tests.factories.published import stored_decided_comment
from tests.factories.sites import a_site
from tests.worker.conftest import Clock
from worker import score_comments, sweep
from worker.workplace import Workplace


def test_what_the_worker_decides_alone_is_drawn_with_what_it_rested_on(
    workplace: Workplace, database: Database
) -> None:
    with database.transaction() as session:
        site = a_site(preferences={"audit_share": 1.0})
        session.add(site)
        session.flush()
        ids = {stored_comment(session, site).id for _ in range(3)}
    score_comments.score_pending(workplace)
    with database.transaction() as session:
        samples = session.scalars(select(AuditSample)).all()
        assert {each.comment_id for each in samples} == ids
        for sample in samples:
            [decision] = queries.history(session, sample.comment_id)
            assert (sample.decision_id, sample.status) == (decision.id, decision.status)
            assert sample.reason == decision.reason
            assert sample.model_version_id is not None
            assert sample.language is not None


def test_a_batch_of_a_site_with_the_usual_share_draws_few(
    workplace: Workplace, database: Database
) -> None:
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        for _ in range(200):
            stored_comment(session, site)
    score_comments.score_pending(workplace)
    with database.transaction() as session:
        assert len(session.scalars(select(AuditSample)).all()) <= 20


def test_what_is_held_for_want_of_a_score_is_not_drawn(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        site = a_site(preferences={"audit_share": 1.0})
        session.add(site)
        session.flush()
        comment = stored_comment(session, site, created_at=clock() - timedelta(hours=1))
    sweep.give_up_waiting(workplace)
    with database.transaction() as session:
        status = session.get_one(Comment, comment.id).status
        drawn = session.scalars(select(AuditSample.comment_id)).all()
        assert (status, drawn) == (Status.HELD, []), "held for a person, who is not blind"


def test_an_edit_of_what_readers_reported_is_held_whatever_its_score(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        site = a_site(preferences={"audit_share": 1.0, "reports_hold_at": 2})
        session.add(site)
        session.flush()
        comment = stored_decided_comment(session, site, now=clock())
        decisions.edit(session, comment, "Something milder.", now=clock())
        for reader in range(2):
            reports.report(
                session,
                comment,
                reason=ReportReason.INSULT,
                words=None,
                reporter=bytes([reader]) * 16,
                reader_network=bytes([reader]) * 16,
                now=clock(),
            )
    score_comments.score_pending(workplace)
    with database.transaction() as session:
        assert session.get_one(Comment, comment.id).status is Status.HELD
        assert queries.history(session, comment.id)[-1].reason == "reported"
        assert session.scalars(select(AuditSample)).all() == []
