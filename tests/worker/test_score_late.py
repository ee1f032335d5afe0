from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions, queries
from service.decisions.tables import Actor, Decision
from service.jobs import Sweep
from service.moderators.tables import Moderator
from service.registry.errors import NoChampion
from service.registry.tables import ModelVersion, State
from service.review import escalations
from service.review.tables import Choice, Claim
from service.scoring.tables import Score
from tests.factories.comments import stored_comment
from tests.factories.moderators import a_moderator
from tests.worker.conftest import Clock
from worker.score_comments import score_pending
from worker.score_late import PATIENCE, score_late
from worker.sweep import sweep
from worker.workplace import Workplace


def seen(database: Database, comment_id: UUID) -> Comment:
    with database.transaction() as session:
        return session.get_one(Comment, comment_id)


def trail(database: Database, comment_id: UUID) -> list[Decision]:
    with database.transaction() as session:
        return queries.history(session, comment_id)


def test_what_cannot_be_scored_a_second_time_is_left_as_it_is(
    stumbling: Workplace, database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        comment_id = stored_comment(session, body="poison").id
    score_pending(stumbling)
    clock.move(PATIENCE + timedelta(seconds=1))
    score_late(stumbling)
    assert not seen(database, comment_id).score_wanted
    assert len(trail(database, comment_id)) == 1


def unscored(database: Database, body: str, now: datetime) -> UUID:
    """Store a comment that was held because no score could be had."""
    with database.transaction() as session:
        comment = stored_comment(session, body=body, score_wanted=True)
        actions.record(
            session, comment, Status.HELD, actor=Actor.POLICY, reason="no_score", now=now
        )
        return comment.id


def test_a_comment_decided_without_a_score_is_scored_later_and_decided_again(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    score_late(workplace)
    assert seen(database, comment_id).score_wanted
    clock.move(PATIENCE + timedelta(seconds=1))
    score_late(workplace)
    scored = seen(database, comment_id)
    assert (scored.status, scored.score_wanted) == (Status.APPROVED, False)
    assert [each.reason for each in trail(database, comment_id)] == ["no_score", "clear"]


def test_a_late_score_does_not_overrule_a_person(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "You scum.", clock())
    with database.transaction() as session:
        comment = session.get_one(Comment, comment_id)
        actions.record(
            session, comment, Status.APPROVED, actor=Actor.MODERATOR, reason="other", now=clock()
        )
    clock.move(PATIENCE + timedelta(seconds=1))
    score_late(workplace)
    scored = seen(database, comment_id)
    assert (scored.status, scored.score_wanted) == (Status.APPROVED, False)
    assert len(trail(database, comment_id)) == 2
    with database.transaction() as session:
        assert session.scalars(select(Score.comment_id)).all() == [comment_id]


def test_a_late_score_waits_while_a_person_has_the_comment_in_hand(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    clock.move(PATIENCE + timedelta(seconds=1))
    claim_for(database, comment_id, until=clock() + timedelta(minutes=2), now=clock())
    score_late(workplace)
    assert seen(database, comment_id).status is Status.HELD
    clock.move(timedelta(minutes=2))
    score_late(workplace)
    assert seen(database, comment_id).status is Status.APPROVED


def test_a_late_score_does_not_overrule_who_left_the_comment_to_a_lead(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    with database.transaction() as session:
        moderator: Moderator = a_moderator()
        session.add(moderator)
        site_ids = [session.get_one(Comment, comment_id).site_id]
        session.flush()
        escalations.escalate(session, moderator, site_ids, comment_id, note=None, now=clock())
    clock.move(PATIENCE + timedelta(seconds=1))
    score_late(workplace)
    assert (seen(database, comment_id).status, len(trail(database, comment_id))) == ("held", 1)
    with database.transaction() as session:
        escalations.take_back(session, moderator, site_ids, comment_id)
    score_late(workplace)
    assert seen(database, comment_id).status is Status.APPROVED


def test_a_late_score_waits_for_a_choice_that_can_still_be_undone(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    clock.move(PATIENCE + timedelta(seconds=1))
    with database.transaction() as session:
        moderator: Moderator = a_moderator()
        session.add(moderator)
        session.flush()
        session.add(
            Choice(
                site_id=session.get_one(Comment, comment_id).site_id,
                comment_id=comment_id,
                moderator_id=moderator.id,
                revision=1,
                status=Status.REJECTED,
                reason="insult",
                chosen_at=clock(),
                settles_at=clock() + timedelta(hours=1),
            )
        )
    score_late(workplace)
    assert (seen(database, comment_id).status, len(trail(database, comment_id))) == ("held", 1)


def claim_for(database: Database, comment_id: UUID, *, until: datetime, now: datetime) -> None:
    with database.transaction() as session:
        moderator: Moderator = a_moderator()
        session.add(moderator)
        session.flush()
        session.add(
            Claim(
                comment_id=comment_id, moderator_id=moderator.id, claimed_at=now, expires_at=until
            )
        )


def test_without_a_classifier_what_wants_a_score_goes_on_wanting_it(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    clock.move(PATIENCE + timedelta(seconds=1))
    with database.transaction() as session:
        session.execute(update(ModelVersion).values(state=State.RETIRED))
    with pytest.raises(NoChampion):
        score_late(workplace)
    assert seen(database, comment_id).score_wanted


def test_the_sweep_scores_what_was_left(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = unscored(database, "Thank you.", clock())
    clock.move(PATIENCE + timedelta(seconds=1))
    sweep(Sweep(), workplace)
    assert seen(database, comment_id).status is Status.APPROVED
