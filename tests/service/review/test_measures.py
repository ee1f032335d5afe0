from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from ml.thresholds import Automatic, OperatingPoint, Solution
from service.comments.tables import Comment
from service.db import Database
from service.policy import actions as policies
from service.policy import solutions
from service.policy.document import PolicyDocument
from service.policy.operating_points import Solved, Wish
from service.policy.point_sentences import Source
from service.review.evidence import evidence
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score

DOCUMENT = {
    "thresholds": {"insult": {"hold": 0.4, "reject": 0.97}},
    "operating_points": [{"label": "insult", "languages": ["en"], "reject": 97}],
    "words": {"listed": [{"kind": "banned", "language": "en", "word": "villain"}]},
}


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    return stored_desk(session, now=now)


def _with_policy(session: Session, desk: Desk, now: datetime) -> Comment:
    """Store a comment, scored, on a site whose wish was worked out for the model version."""
    comment = stored_held_comment(session, desk.site, body="You villain!", now=now)
    score = stored_score(session, comment, insult=0.9, now=now)
    document = PolicyDocument.model_validate(DOCUMENT)
    saved = policies.save(session, desk.site.id, document, note="", saved_by="Aziza", now=now)
    assert saved.id is not None
    wish = Wish(Label.INSULT, Language.ENGLISH, OperatingPoint(Automatic.REJECT, 0.97))
    solution = Solution(threshold=0.88, bound=0.971, observed=0.99, count=400)
    solved = Solved(wish, solution, Source.OWN, own=400, enough=200)
    solutions.store(session, saved.id, score.model_version_id, [solved], now=now)
    return comment


def test_a_score_stands_beside_the_threshold_that_was_worked_out_for_its_language(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _with_policy(session, desk, now)
    found = evidence(session, comment, now=now)
    insult = next(each for each in found.scores if each.label is Label.INSULT)
    assert insult.score == pytest.approx(0.9)
    assert insult.reject == 0.88
    (basis,) = insult.basis
    assert (basis.automatic, basis.share) == (Automatic.REJECT, 0.97)
    assert "0.880" in basis.sentence


def test_listed_words_are_shown_where_they_stand(
    session: Session, desk: Desk, now: datetime
) -> None:
    comment = _with_policy(session, desk, now)
    (word,) = evidence(session, comment, now=now).words
    assert comment.body[word.start : word.end] == "villain"


def test_the_evidence_crosses_as_json_with_all_that_the_page_shows(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        comment = _with_policy(session, desk, now)
    path = f"/v1/review/comments/{comment.id}/evidence"
    found = client.get(path, headers=desk.bearer).json()
    assert found["words"][0]["as_written"] == "villain"
    assert found["article"]["title"] == "Two states agree on their border"
    assert (found["article"]["is_open"], found["article"]["is_pre_moderated"]) == (True, False)
    assert found["site_policy"] is None
    assert found["card"]["language_certainty"] == pytest.approx(0.9)
    assert found["author"]["sanction"] is None
    assert found["trail"][0]["queue"] is None
    insult = next(each for each in found["scores"] if each["label"] == "insult")
    assert insult["basis"][0]["automatic"] == "reject"
