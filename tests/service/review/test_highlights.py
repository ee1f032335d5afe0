from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ml.explanation_method import ExplanationMethod
from ml.labels import Label, Language
from service.comments.tables import Comment
from service.db import Database
from service.review.highlights import Explainer, Highlight, highlights, that_matter
from service.review.measures import LabelScore
from tests.factories.comments import CommentChanges
from tests.factories.review import stored_desk, stored_held_comment, stored_score


@dataclass(frozen=True, slots=True)
class Piece:
    start: int
    end: int
    contribution: float


@dataclass(frozen=True, slots=True)
class Explanation:
    top: Mapping[Label, Sequence[Piece]]
    method: ExplanationMethod


@dataclass(slots=True)
class Explaining:
    """A classifier that finds its reasons at fixed places, for insult and spam."""

    version: str = "sha256:" + "0" * 64
    asked: list[str] = field(default_factory=list)
    method: ExplanationMethod = ExplanationMethod.EXACT

    hints: list[Language | None] = field(default_factory=list)

    def explain(self, text: str, *, top: int = 5, hint: Language | None = None) -> Explanation:
        self.asked.append(text)
        self.hints.append(hint)
        pieces = [Piece(9, 12, 1.0), Piece(0, 4, 3.0)][:top]
        top_each = {Label.INSULT: pieces, Label.SPAM: [Piece(0, 4, 9.0)]}
        return Explanation(top_each, self.method)


def _scores(**found: float) -> list[LabelScore]:
    return [LabelScore(label, found.get(label.value), 0.4, 0.97) for label in Label]


def test_pieces_come_in_the_order_of_the_text_and_of_the_labels_that_matter() -> None:
    assert highlights(Explaining(), "They are all the same.", _scores(insult=0.7, spam=0.1)) == [
        Highlight(0, 4, Label.INSULT, 3.0, ExplanationMethod.EXACT),
        Highlight(9, 12, Label.INSULT, 1.0, ExplanationMethod.EXACT),
    ]


def test_a_piece_that_raised_two_scores_is_shown_for_the_one_it_raised_most() -> None:
    found = highlights(Explaining(), "They are all the same.", _scores(insult=0.7, spam=0.8))
    assert found[0] == Highlight(0, 4, Label.SPAM, 9.0, ExplanationMethod.EXACT)


def test_where_nothing_is_over_its_threshold_the_nearest_label_matters() -> None:
    assert that_matter(_scores(insult=0.2, threat=0.3)) == [Label.THREAT]
    assert that_matter(_scores()) == []


def _asked(
    client: TestClient, database: Database, now: datetime, changes: CommentChanges | None = None
) -> tuple[Comment, list[dict[str, Any]]]:
    """Store a held comment that is scored as an insult; return it, and its pieces as told."""
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        comment = stored_held_comment(session, desk.site, now=now, changes=changes)
        stored_score(session, comment, insult=0.75, now=now)
    path = f"/v1/review/comments/{comment.id}/highlights"
    return comment, client.get(path, headers=desk.bearer).json()


def test_the_page_asks_for_the_pieces_of_the_text_that_is_shown(
    client: TestClient, app: FastAPI, database: Database, now: datetime
) -> None:
    classifier = Explaining()
    assert isinstance(classifier, Explainer)
    app.state.classifier = classifier
    comment, found = _asked(client, database, now)
    assert [(each["start"], each["end"], each["label"]) for each in found] == [
        (0, 4, "insult"),
        (9, 12, "insult"),
    ]
    assert classifier.asked == [comment.body]


@pytest.mark.parametrize(
    ("said", "heard"), [("kk", Language.KAZAKH), ("uz-Cyrl", Language.UZBEK), ("de", None)]
)
def test_what_the_sender_said_of_the_language_is_heard_as_when_it_was_scored(
    client: TestClient,
    app: FastAPI,
    database: Database,
    now: datetime,
    *,
    said: str,
    heard: Language | None,
) -> None:
    classifier = Explaining()
    app.state.classifier = classifier
    _asked(client, database, now, {"language_hint": said})
    assert classifier.hints == [heard]


@pytest.mark.parametrize("method", ExplanationMethod)
def test_each_piece_says_how_it_was_found_out_what_it_adds(
    client: TestClient,
    app: FastAPI,
    database: Database,
    now: datetime,
    method: ExplanationMethod,
) -> None:
    app.state.classifier = Explaining(method=method)
    _, found = _asked(client, database, now)
    assert [(each["contribution"], each["method"]) for each in found] == [
        (3.0, method.value),
        (1.0, method.value),
    ]


def test_a_classifier_that_cannot_explain_itself_shows_nothing(
    client: TestClient, database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        desk = stored_desk(session, now=now)
        comment = stored_held_comment(session, desk.site, now=now)
    path = f"/v1/review/comments/{comment.id}/highlights"
    assert client.get(path, headers=desk.bearer).json() == []
