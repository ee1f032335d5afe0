"""Perspective's calls, as its reference and its clients have them."""

from collections.abc import Sequence
from typing import Any, Protocol

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from ml.labels import Label, Language
from service.db import Database
from service.examples import queries as examples
from service.examples.origin import Trust
from tests.fakes import FakePrediction, FakePredictor
from tests.service.keys import Caller

ANALYZE = "/v1alpha1/comments:analyze"
SUGGEST = "/v1alpha1/comments:suggestscore"
Json = dict[str, Any]


class Post(Protocol):
    """Sends a body with the site's key, unless told otherwise."""

    def __call__(self, body: object, path: str = ANALYZE, key: str | None = ...) -> Response: ...


def asked(text: str = "You idiot.", *attributes: str, **more: object) -> Json:
    return {
        "comment": {"text": text},
        "requestedAttributes": {name: {} for name in attributes or ("INSULT",)},
        **more,
    }


@pytest.fixture
def post(client: TestClient, caller: Caller) -> Post:
    def send(body: object, path: str = ANALYZE, key: str | None = caller.key) -> Response:
        return client.post(path, params={"key": key} if key else {}, json=body)

    return send


def test_a_score_has_a_summary_and_one_span_over_the_whole_text(post: Post) -> None:
    answer = post(asked())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    score = {"value": 0.9, "type": "PROBABILITY"}
    assert answer.json() == {
        "attributeScores": {
            "INSULT": {
                "spanScores": [{"begin": 0, "end": 10, "score": score}],
                "summaryScore": score,
            }
        },
        "languages": ["en"],
        "detectedLanguages": ["en"],
    }


def test_sentences_have_spans_of_their_own_in_utf_16_units(post: Post) -> None:
    answer = post(asked("😀 Спасибо! You idiot. e\u0301", spanAnnotations=True))
    spans = answer.json()["attributeScores"]["INSULT"]["spanScores"]
    assert [(each["begin"], each["end"]) for each in spans] == [(0, 11), (12, 22), (23, 25)]
    assert [each["score"]["value"] for each in spans] == [0.01, 0.9, 0.01]


def test_html_is_judged_as_a_reader_sees_it_with_one_span_over_what_was_sent(
    post: Post, classifier: FakePredictor
) -> None:
    html = "<p>You <b>id</b>iot. &amp; <script>alert(1)</script>so on.</p>"
    body = {**asked(spanAnnotations=True), "comment": {"text": html, "type": "HTML"}}
    [span] = post(body).json()["attributeScores"]["INSULT"]["spanScores"]
    assert (span["begin"], span["end"]) == (0, len(html))
    assert classifier.asked == ["You idiot. & so on."]


def test_names_are_echoed_as_asked_whatever_they_stand_for(post: Post) -> None:
    names = ("TOXICITY_FAST", "OBSCENE", "INSULT_EXPERIMENTAL", "SEXUALLY_EXPLICIT", "SPAM")
    assert set(post(asked("Hello.", *names)).json()["attributeScores"]) == set(names)


def test_a_token_is_echoed_and_a_named_language_too(post: Post) -> None:
    answer = post(asked(clientToken="c-1", languages=["uk"])).json()
    assert (answer["clientToken"], answer["languages"]) == ("c-1", ["uk"])


@pytest.mark.parametrize(("threshold", "is_there"), [(0.9, True), (0.95, False), (0, True)])
def test_a_score_below_the_threshold_is_left_out(
    post: Post, threshold: float, *, is_there: bool
) -> None:
    body = asked()
    body["requestedAttributes"]["INSULT"] = {"scoreThreshold": threshold}
    assert ("INSULT" in post(body).json()["attributeScores"]) is is_there


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({}, "COMMENT_EMPTY", "Comment must be non-empty."),
        (asked(""), "COMMENT_EMPTY", "Comment must be non-empty."),
        (asked("д" * 10_241), "COMMENT_TOO_LONG", "Comment text too long."),
        (
            {"comment": {"text": "Hi"}},
            "NO_REQUESTED_ATTRIBUTES",
            "Missing requested_attributes",
        ),
        (asked("Hi", "LIKELY"), "INVALID_REQUEST", "Unknown requested attribute: LIKELY"),
        (
            {
                "comment": {"text": "Hi"},
                "requestedAttributes": {"INSULT": {"scoreType": "PERCENTILE"}},
            },
            "INVALID_REQUEST",
            "Requested score type PERCENTILE is not supported by attribute INSULT",
        ),
        (
            {**asked(), "comment": {"text": "<p> <br></p>", "type": "HTML"}},
            "COMMENT_EMPTY",
            "Comment must be non-empty.",
        ),
        (
            {**asked(), "comment": {"text": "Hi", "type": "RTF"}},
            "INVALID_REQUEST",
            "Unknown text type",
        ),
        (
            asked(context={"entries": [{"text": "a"}], "articleAndParentComment": {}}),
            "INVALID_REQUEST",
            (
                "Context can have either entries or article_and_parent_comment, but both fields "
                "were populated."
            ),
        ),
        (asked(languages="en"), "INVALID_REQUEST", "Invalid value at 'languages'."),
    ],
)
def test_what_is_wrong_is_said_in_the_vendors_words(
    post: Post, body: Json, kind: str, message: str
) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "code": 400,
            "message": message,
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.commentanalyzer.v1alpha1.Error",
                    "errorType": kind,
                }
            ],
        }
    }


def test_a_text_of_exactly_20480_bytes_is_taken(post: Post) -> None:
    assert post(asked("д" * 10_240)).status_code == 200


class Foreign(FakePredictor):
    """Finds every text to be in a language that it has no scores for, and is sure or not."""

    sure = 0.99

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        found = super().predict(texts)
        if self.sure < 0.9 and hints and hints[0] is Language.ENGLISH:
            return found
        return [FakePrediction({}, Language.OTHER, self.sure) for _ in found]


class Unsure(Foreign):
    sure = 0.5


@pytest.mark.parametrize("classifier", [Foreign()])
def test_one_attribute_at_a_time_is_refused_for_its_language(post: Post) -> None:
    error = post(asked("Hyvää päivää", "INSULT", "TOXICITY", languages=["fi"])).json()["error"]
    assert error["message"] == "Attribute INSULT does not support request languages: und"
    assert error["details"][0]["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert error["details"][0]["languageNotSupportedByAttributeError"] == {
        "detectedLanguages": ["und"],
        "requestedLanguages": ["fi"],
        "attribute": "INSULT",
    }


@pytest.mark.parametrize("classifier", [Foreign()])
def test_unsupported_attributes_are_dropped_when_that_is_asked(post: Post) -> None:
    answer = post(asked("Hyvää päivää", dropUnsupportedAttributes=True))
    assert (answer.status_code, answer.json()["attributeScores"]) == (200, {})


@pytest.mark.parametrize("classifier", [Unsure()])
def test_a_text_whose_language_is_unsure_is_read_as_english(post: Post) -> None:
    assert "INSULT" in post(asked("ok")).json()["attributeScores"]


def test_a_wrong_key_is_a_400_whose_first_detail_tells(post: Post) -> None:
    answer = post({}, key="parley_00000000_" + "x" * 43)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["message"] == "API key not valid. Please pass a valid API key."
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_without_a_key_nobody_is_heard_and_the_body_is_not_read(client: TestClient) -> None:
    answer = client.post(ANALYZE, content=b"\xff" * 3_000_000)
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_the_key_may_come_in_a_header(client: TestClient, caller: Caller) -> None:
    headers = {"X-Goog-Api-Key": caller.key}
    assert client.post(ANALYZE, json=asked(), headers=headers).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b'{comment: {text: "You idiot."}, requestedAttributes: {INSULT:{}}}',
        b'{"comment":{"text":"You idiot."},"requested_attributes":{"INSULT":null}}',
        b'\xef\xbb\xbf{"comment":{"text":"You idiot."},"requestedAttributes":{"INSULT":{}}}',
    ],
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "", "text/plain"])
def test_json_is_read_as_leniently_as_the_vendor_reads_it(
    client: TestClient, caller: Caller, content: bytes, kind: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post(ANALYZE, params={"key": caller.key}, content=content, headers=headers)
    assert answer.json()["attributeScores"]["INSULT"]["summaryScore"]["value"] == 0.9


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", ANALYZE, 405),
        ("POST", "/v1alpha1/comments:nothing", 404),
        ("GET", "/v1alpha1/", 404),
        ("POST", "/$discovery/rest", 405),
        ("GET", "/$discovery/nothing", 404),
    ],
)
def test_wrong_addresses_are_refused_in_googles_shape(
    client: TestClient, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
    assert answer.json()["error"]["details"]


def test_too_large_a_body_is_refused_in_googles_shape(client: TestClient, caller: Caller) -> None:
    content = b'{"comment": "' + b"x" * 2_200_000
    answer = client.post(ANALYZE, params={"key": caller.key}, content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, 413)


def test_a_text_is_scored_once_however_often_it_is_sent(
    post: Post, classifier: FakePredictor
) -> None:
    for _ in range(3):
        post(asked("Once and for all.", "INSULT", "TOXICITY"))
    assert classifier.asked == ["Once and for all."]


def test_another_model_version_scores_it_again(post: Post, classifier: FakePredictor) -> None:
    post(asked("Again."))
    classifier.version = "sha256:" + "1" * 64
    post(asked("Again."))
    assert classifier.asked == ["Again.", "Again."]


def suggested(text: str = "You idiot.", value: float = 1.0, **more: object) -> Json:
    return {
        "comment": {"text": text},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": value}}},
        "languages": ["en"],
        **more,
    }


def test_a_suggested_score_is_answered_and_becomes_an_example_of_the_site(
    post: Post, database: Database, caller: Caller, stranger: Caller
) -> None:
    answer = post(suggested(clientToken="comment:1"), SUGGEST)
    assert answer.json() == {
        "clientToken": "comment:1",
        "detectedLanguages": ["en"],
        "requestedLanguages": ["en"],
    }
    with database.transaction() as session:
        [example] = examples.of_site(session, caller.site.id)
        assert examples.of_site(session, stranger.site.id) == []
    assert (example.text, example.labels) == ("You idiot.", {Label.TOXICITY: 1.0})
    assert example.trust is Trust.SITE


def test_the_last_word_on_a_token_is_kept(post: Post, database: Database, caller: Caller) -> None:
    for value in (1, 0):
        more = {"clientToken": "comment:1", "communityId": "Coral:https://coral.example"}
        post(suggested(value=value, **more), SUGGEST)
    with database.transaction() as session:
        [example] = examples.of_site(session, caller.site.id)
    assert example.labels == {Label.TOXICITY: 0.0}
    assert example.trust is Trust.MODERATOR
    assert example.corrected_at is not None


def test_what_must_not_be_stored_is_not(post: Post, database: Database, caller: Caller) -> None:
    assert post(suggested(doNotStore=True), SUGGEST).status_code == 200
    assert post(asked(doNotStore=True)).status_code == 200
    with database.transaction() as session:
        assert examples.of_site(session, caller.site.id) == []


def test_a_suggestion_may_be_of_spans(post: Post, database: Database, caller: Caller) -> None:
    spans = [
        {"begin": 0, "end": 3, "score": {"value": 0}},
        {"begin": 4, "end": 9, "score": {"value": 1}},
    ]
    body = {**suggested(), "attributeScores": {"INSULT": {"spanScores": spans}}}
    assert post(body, SUGGEST).status_code == 200
    with database.transaction() as session:
        [example] = examples.of_site(session, caller.site.id)
    assert example.labels == {Label.INSULT: 1.0}


@pytest.mark.parametrize(
    "scores", [{}, {"TOXICITY": {}}, {"TOXICITY": {"summaryScore": {"value": 2}}}, {"NO": {}}]
)
def test_a_meaningless_suggestion_is_an_invalid_argument(post: Post, scores: Json) -> None:
    answer = post({**suggested(), "attributeScores": scores}, SUGGEST)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
