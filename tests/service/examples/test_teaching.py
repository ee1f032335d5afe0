from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.examples import actions, rules
from service.examples.errors import ExampleMeaningless
from service.examples.origin import Origin, Removal
from service.examples.rules import Taught
from service.examples.tables import LabelledExample, RemovedExample
from tests.factories.comments import stored_comment
from tests.newsroom import INSULTED


def taught(comment: Comment, **changes: object) -> Taught:
    given: dict[str, object] = {
        "comment_id": comment.id,
        "site_id": comment.site_id,
        "revision": comment.revision,
        "labels": INSULTED,
        "origin": Origin.DECISION,
        "sender": rules.moderator(uuid4()),
        **changes,
    }
    return Taught(**given)  # type: ignore[arg-type]  # fields by name


def kept(session: Session) -> list[LabelledExample]:
    return list(session.scalars(select(LabelledExample)))


def test_a_later_word_on_a_comment_is_another_example_whatever_its_door(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session)
    actions.teach(session, [taught(comment)], now=now)
    [first] = kept(session)
    first_id = first.id
    appeal = taught(comment, labels=rules.NONE_OF_THEM, origin=Origin.APPEAL)
    actions.teach(session, [appeal], now=now + timedelta(days=1))
    session.expire_all()
    [second] = kept(session)
    assert second.id != first_id
    assert (second.origin, second.weight, set(second.labels.values())) == (
        Origin.APPEAL,
        2.0,
        {0.0},
    )
    [gone] = session.scalars(select(RemovedExample))
    assert (gone.example_id, gone.why) == (first_id, Removal.CORRECTED)


def test_a_reason_that_says_nothing_of_the_tone_leaves_nothing_behind(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session)
    actions.teach(session, [taught(comment)], now=now)
    actions.teach(session, [taught(comment, labels={})], now=now)
    assert kept(session) == []


def test_withdrawing_a_comment_takes_it_and_copies_of_its_text_along(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="Such a peculiar sentence.")
    actions.teach(session, [taught(comment)], now=now)
    judged = rules.Judged(
        text="Such a peculiar sentence.",
        labels=INSULTED,
        language=kept(session)[0].language,
        origin=Origin.PERSPECTIVE,
        trust=kept(session)[0].trust,
    )
    actions.learn(session, comment.site_id, judged, now=now)
    decisions.withdraw(session, comment, now=now)
    assert kept(session) == []
    assert {each.why for each in session.scalars(select(RemovedExample))} == {Removal.WITHDRAWN}


def test_a_bulk_counts_less_and_an_audit_more(session: Session, now: datetime) -> None:
    weights = {}
    for origin in (Origin.BULK, Origin.DECISION, Origin.AUDIT):
        comment = stored_comment(session)
        actions.teach(session, [taught(comment, origin=origin)], now=now)
        weights[origin] = rules.weight_of(origin, kept(session)[-1].trust)
    assert weights[Origin.BULK] < weights[Origin.DECISION] < weights[Origin.AUDIT]


def test_a_comment_cannot_have_been_drawn_with_no_chance(session: Session) -> None:
    comment = stored_comment(session)
    with pytest.raises(ExampleMeaningless):
        taught(comment, inclusion=0.0)
