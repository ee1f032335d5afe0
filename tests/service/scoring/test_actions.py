from datetime import datetime

from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.registry import actions as registry
from service.scoring import actions, queries
from service.scoring.actions import Scored
from service.scoring.tables import Score
from tests.factories.comments import stored_comment
from tests.factories.registry import offer
from tests.fakes import FakePrediction


def test_what_is_read_again_is_exactly_what_was_ruled_on(session: Session, now: datetime) -> None:
    version = registry.ensure_champion(session, **offer(), now=now)
    comment = stored_comment(session)
    odd = {label: 1 / 3 + at / 7919 for at, label in enumerate(Label)}
    scored = Scored.of(comment.id, 1, FakePrediction(odd, Language.KAZAKH, 0.75))
    ids = actions.record(session, [scored], model_version_id=version.id, now=now)
    stored = session.get_one(Score, ids[comment.id])
    assert stored.by_label() == scored.scores
    assert (stored.language, stored.language_probability) == (Language.KAZAKH, 0.75)
    assert (stored.revision, stored.model_version_id, stored.scored_at) == (1, version.id, now)


def test_an_unsupported_label_has_no_score(session: Session, now: datetime) -> None:
    version = registry.ensure_champion(session, **offer(), now=now)
    comment = stored_comment(session)
    scored = Scored.of(comment.id, 1, FakePrediction({Label.SPAM: 0.0}))
    actions.record(session, [scored], model_version_id=version.id, now=now)
    newest = queries.newest(session, comment.id)
    assert newest is not None
    assert newest.by_label() == {Label.SPAM: 0.0}


def test_a_batch_keeps_every_score_with_its_comment(session: Session, now: datetime) -> None:
    version = registry.ensure_champion(session, **offer(), now=now)
    comments = [stored_comment(session) for _ in range(5)]
    batch = [
        Scored.of(comment.id, 1, FakePrediction({Label.SPAM: at / 10}))
        for at, comment in enumerate(comments)
    ]
    ids = actions.record(session, batch, model_version_id=version.id, now=now)
    for at, comment in enumerate(comments):
        assert session.get_one(Score, ids[comment.id]).spam == at / 10


def test_scoring_nothing_stores_nothing(session: Session, now: datetime) -> None:
    assert actions.record(session, [], model_version_id=1, now=now) == {}
