from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions, queries
from service.decisions.tables import Actor
from service.jobs import Sweep
from service.moderators.tables import Moderator
from service.review import escalations
from service.review.tables import Choice, ChoiceState, Claim, Escalation
from service.sites.tables import Site
from tests.factories.comments import stored_comment
from tests.factories.moderators import a_moderator
from tests.factories.webhooks import an_endpoint, stored_delivery
from tests.worker.conftest import Clock, ListeningBroker
from worker import sweep
from worker.workplace import Workplace

SECOND = timedelta(seconds=1)


def run(workplace: Workplace) -> None:
    sweep.sweep(Sweep(), workplace)


def stored(database: Database, *, age: timedelta, clock: Clock) -> UUID:
    with database.transaction() as session:
        return stored_comment(session, created_at=clock() - age).id


def seen(database: Database, comment_id: UUID) -> Comment:
    with database.transaction() as session:
        return session.get_one(Comment, comment_id)


def test_where_nothing_waits_nobody_is_woken(workplace: Workplace, broker: ListeningBroker) -> None:
    run(workplace)
    assert broker.published == []


def test_a_comment_whose_wake_up_was_lost_is_found(
    workplace: Workplace, database: Database, broker: ListeningBroker, clock: Clock
) -> None:
    stored(database, age=SECOND, clock=clock)
    run(workplace)
    assert broker.published == []
    clock.move(2 * SECOND)
    run(workplace)
    assert broker.published == ["ScoreComments"]


def test_an_old_comment_that_was_just_edited_is_not_forgotten_yet(
    workplace: Workplace, database: Database, broker: ListeningBroker, clock: Clock
) -> None:
    comment_id = stored(database, age=timedelta(days=9), clock=clock)
    with database.transaction() as session:
        actions.edit(session, session.get_one(Comment, comment_id), "new text", now=clock())
    run(workplace)
    assert broker.published == []
    assert seen(database, comment_id).status is Status.PENDING


def test_a_comment_unscored_past_the_deadline_follows_the_degradation_choice(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    deadline = workplace.settings.scoring.deadline
    late = stored(database, age=deadline + SECOND, clock=clock)
    in_time = stored(database, age=deadline - SECOND, clock=clock)
    run(workplace)
    assert (seen(database, late).status, seen(database, late).score_wanted) == (Status.HELD, True)
    assert seen(database, in_time).status is Status.PENDING
    with database.transaction() as session:
        [decision] = queries.history(session, late)
    assert (decision.reason, decision.score_id) == ("no_score", None)


def test_a_delivery_that_is_due_wakes_the_postman(
    workplace: Workplace, database: Database, broker: ListeningBroker, clock: Clock
) -> None:
    with database.transaction() as session:
        comment = stored_comment(session, status=Status.HELD)
        endpoint = an_endpoint(session.get_one(Site, comment.site_id))
        session.add(endpoint)
        session.flush()
        stored_delivery(session, endpoint, now=clock(), next_attempt_at=clock() + SECOND)
    run(workplace)
    assert broker.published == []
    clock.move(SECOND)
    run(workplace)
    assert broker.published == ["DeliverWebhooks"]


@pytest.fixture
def moderator(database: Database) -> Moderator:
    with database.transaction() as session:
        moderator: Moderator = a_moderator()
        session.add(moderator)
    return moderator


def test_claims_that_have_run_out_are_forgotten(
    workplace: Workplace, database: Database, clock: Clock, moderator: Moderator
) -> None:
    with database.transaction() as session:
        for minutes in (-1, 1):
            comment = stored_comment(session, status=Status.HELD)
            session.add(
                Claim(
                    comment_id=comment.id,
                    moderator_id=moderator.id,
                    claimed_at=clock(),
                    expires_at=clock() + timedelta(minutes=minutes),
                )
            )
    run(workplace)
    with database.transaction() as session:
        assert session.scalars(select(Claim.comment_id)).all() == [comment.id]


def test_what_was_left_to_a_lead_and_is_withdrawn_is_forgotten(
    workplace: Workplace, database: Database, clock: Clock, moderator: Moderator
) -> None:
    with database.transaction() as session:
        comment = stored_comment(session, status=Status.HELD)
        escalations.escalate(
            session, moderator, [comment.site_id], comment.id, note=None, now=clock()
        )
        actions.withdraw(session, comment, now=clock())
    run(workplace)
    with database.transaction() as session:
        assert session.scalars(select(Escalation.comment_id)).all() == []


def test_a_choice_that_can_no_longer_be_undone_becomes_a_decision(
    workplace: Workplace, database: Database, clock: Clock, moderator: Moderator
) -> None:
    with database.transaction() as session:
        comment = stored_comment(session)
        actions.record(
            session, comment, Status.HELD, actor=Actor.POLICY, reason="clear", now=clock()
        )
        session.add(
            Choice(
                site_id=comment.site_id,
                comment_id=comment.id,
                moderator_id=moderator.id,
                revision=1,
                status=Status.APPROVED,
                reason="fine",
                chosen_at=clock(),
                settles_at=clock() + SECOND,
                state=ChoiceState.OPEN,
            )
        )
    run(workplace)
    assert seen(database, comment.id).status is Status.HELD
    clock.move(SECOND)
    run(workplace)
    assert seen(database, comment.id).status is Status.APPROVED
