import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from service.comments.tables import Comment
from service.db import Database
from service.scoring.schemas import ScoreOut
from service.scoring.tables import Score
from tests.fakes import UNCLEAR, FakePredictor
from tests.service.keys import Caller


def test_texts_are_scored_at_once_in_order_and_nothing_is_stored(
    client: TestClient, caller: Caller, classifier: FakePredictor, database: Database
) -> None:
    sent = {"texts": ["You idiot.\r\n", "Thank you."]}
    answer = client.post("/v1/score", json=sent, headers=caller.headers)
    assert answer.status_code == 200
    body = answer.json()
    assert body["model_version"] == classifier.version
    assert [result["scores"]["insult"] for result in body["results"]] == [0.9, 0.01]
    assert body["results"][0]["language"] == "en"
    assert classifier.asked == ["You idiot.", "Thank you."]
    with database.transaction() as session:
        for table in (Comment, Score):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_what_is_unclear_at_first_sight_is_looked_at_closely(
    client: TestClient, caller: Caller, classifier: FakePredictor
) -> None:
    texts = [f"You are {UNCLEAR}.", "You idiot.", f"So {UNCLEAR}."]
    answer = client.post("/v1/score", json={"texts": texts}, headers=caller.headers)
    results = answer.json()["results"]
    assert [each["scores"]["insult"] for each in results] == [0.01, 0.9, 0.01]
    assert not any(each["is_unclear"] for each in results)
    assert [each["by_second_tier"] for each in results] == [True, False, True]
    assert classifier.asked == [*texts, texts[0], texts[2]]


def test_every_field_of_an_answer_has_an_example_that_would_be_one(app: FastAPI) -> None:
    schemas = app.openapi()["components"]["schemas"]
    fields = schemas["ScoredText"]["properties"].items()
    result = {name: field["examples"][0] for name, field in fields}
    [version] = schemas["ScoreOut"]["properties"]["model_version"]["examples"]
    ScoreOut.model_validate_json(json.dumps({"model_version": version, "results": [result]}))


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"texts": []}, "/texts"),
        ({"texts": ["fine"] * 101}, "/texts"),
        ({"texts": ["fine", " "]}, "/texts/1"),
        ({"texts": ["fine", "a" * 1501]}, "/texts/1"),
        ({"texts": ["a\u0000b"]}, "/texts/0"),
        ({"texts": [7]}, "/texts/0"),
        ({"texts": ["fine"], "language": "tlh"}, "/language"),
        ({"texts": ["fine"], "text": "fine"}, "/text"),
        ({}, "/texts"),
    ],
)
def test_what_could_not_be_a_comment_is_refused_at_its_place(
    client: TestClient, caller: Caller, sent: dict[str, Any], pointer: str
) -> None:
    answer = client.post("/v1/score", json=sent, headers=caller.headers)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_without_a_key_nothing_is_scored(client: TestClient, classifier: FakePredictor) -> None:
    assert client.post("/v1/score", json={"texts": ["fine"]}).status_code == 401
    assert classifier.asked == []
