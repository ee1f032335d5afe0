"""OpenAI's moderations, by its own client and as its description has it."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label
from service.dialects import categories
from service.settings import Limits, Settings
from tests.service.keys import Caller

URL = "/v1/moderations"
Json = dict[str, Any]


@pytest.fixture
def sdk(address: str, caller: Caller) -> Iterator[openai.OpenAI]:
    client = openai.OpenAI(base_url=f"{address}/v1", api_key=caller.key, max_retries=0)
    yield client
    client.close()


def test_the_vendors_client_reads_every_category(sdk: openai.OpenAI) -> None:
    answer = sdk.moderations.create(input="You idiot.", model="omni-moderation-latest")
    assert answer.id.startswith("modr-")
    assert answer.model == "omni-moderation-latest"
    [result] = answer.results
    assert result.flagged
    # Built without validation by the client, so validated here.
    strict = type(result).model_validate(result.model_dump(by_alias=True), strict=True)
    assert strict.categories.harassment
    assert strict.category_scores.harassment == 0.9
    types = strict.category_applied_input_types.model_dump(by_alias=True)
    assert types["harassment"] == types["sexual"] == ["text"]
    assert types["illicit"] == types["self-harm/intent"] == types["violence/graphic"] == []
    assert set(types) == set(categories.CATEGORIES)


def test_a_list_has_a_result_for_each_and_parts_have_one_together(sdk: openai.OpenAI) -> None:
    several = sdk.moderations.create(input=["Hello.", "You idiot."])
    assert [each.flagged for each in several.results] == [False, True]
    parts = [{"type": "text", "text": "Hello."}, {"type": "text", "text": "You idiot."}]
    together = sdk.moderations.create(input=parts)  # type: ignore[arg-type] # plain dicts do
    assert [each.flagged for each in together.results] == [True]


def test_the_vendors_client_raises_its_own_errors(address: str, sdk: openai.OpenAI) -> None:
    stranger = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-wrong", max_retries=0)
    with stranger, pytest.raises(openai.AuthenticationError) as refused:
        stranger.moderations.create(input="Hello.")
    assert refused.value.code == "invalid_api_key"
    with pytest.raises(openai.NotFoundError) as unknown:
        sdk.moderations.create(input="Hello.", model="gpt-4")
    assert (unknown.value.code, unknown.value.param) == ("model_not_found", "model")
    image = [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]
    with pytest.raises(openai.BadRequestError) as no_image:
        sdk.moderations.create(input=image)  # type: ignore[arg-type] # plain dicts do
    assert no_image.value.code == "image_not_supported"


def test_older_models_know_eleven_categories(client: TestClient, caller: Caller) -> None:
    body = {"input": "Hello.", "model": "text-moderation-stable"}
    [result] = client.post(URL, json=body, headers=caller.headers).json()["results"]
    assert len(result["categories"]) == len(result["category_scores"]) == 11
    assert "category_applied_input_types" not in result


def test_the_address_without_its_version_answers_too(client: TestClient, caller: Caller) -> None:
    answer = client.post("/moderations", json={"input": "Hello."}, headers=caller.headers)
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "input", "missing_required_parameter"),
        ({"input": None}, "input", "missing_required_parameter"),
        ({"input": []}, "input", "invalid_value"),
        ({"input": ["x"] * 257}, "input", "invalid_value"),
        ({"input": 3}, "input", "invalid_type"),
        ({"input": ["x", 3]}, "input", "invalid_type"),
        ({"input": "x", "model": 3}, "model", "invalid_type"),
    ],
)
def test_what_is_wrong_has_its_parameter_and_code(
    client: TestClient, caller: Caller, body: Json, param: str, code: str
) -> None:
    answer = client.post(URL, json=body, headers=caller.headers)
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["param"], error["code"], error["type"]) == (param, code, "invalid_request_error")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", URL, 405),
        ("POST", f"{URL}/more", 404),
        ("POST", f"{URL}/", 404),
        ("POST", URL, 401),
    ],
)
def test_every_refusal_has_the_vendors_four_fields(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_too_large_a_body_and_one_that_is_not_json_are_refused(
    client: TestClient, caller: Caller
) -> None:
    for content, status in ((b"x" * 1_100_000, 413), (b"\xff{", 400), (b"[" * 50_000, 400)):
        answer = client.post(URL, content=content, headers=caller.headers)
        assert answer.status_code == status
        assert answer.json()["error"]["type"] == "invalid_request_error"


class TestTooManyCalls:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        few = Limits.model_validate({"reads_per_minute": 2})
        return settings.model_copy(update={"limits": few})

    def test_are_refused_with_when_to_come_back(self, client: TestClient, caller: Caller) -> None:
        answers = [
            client.post(URL, json={"input": "Hello."}, headers=caller.headers) for _ in range(3)
        ]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert answers[2].json()["error"]["type"] == "requests"
        assert int(answers[2].headers["retry-after"]) >= 1


some_scores = st.dictionaries(st.sampled_from(Label), st.floats(0, 1))


@given(some_scores)
def test_a_category_counts_only_when_all_that_it_needs_was_scored(
    scores: dict[Label, float],
) -> None:
    found: Any = categories.result(scores)
    for name, source in categories.CATEGORIES.items():
        was_judged = bool(source.labels) and set(source.labels) <= set(scores)
        assert bool(found["category_applied_input_types"][name]) is was_judged
        assert was_judged or found["category_scores"][name] == 0.0
    assert found["flagged"] is any(found["categories"].values())
