"""Perspective's API (``commentanalyzer`` v1alpha1): whoever called it changes one URL.

Source: the vendor's API reference v1alpha1, and what its clients read.
"""

import time
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ml.labels import Label, Language
from service.dialects import (
    discovery,
    languages,
    lenient,
    old_scale,
    perspective_errors,
    perspective_sentences,
)
from service.dialects.attributes import ATTRIBUTES
from service.dialects.dialect import Dialect, Failure
from service.dialects.perspective_errors import MEDIA_TYPE, ErrorType, refused
from service.dialects.perspective_schemas import (
    AnalyzeSent,
    AttributeWanted,
    CommentSent,
    ContextSent,
    ScoreType,
    SuggestSent,
    TextType,
    without_nulls,
)
from service.dialects.perspective_sentences import Sentence
from service.dialects.plain_text import plain
from service.dialects.scorer import ScorerBy
from service.dialects.surroundings import Surroundings, read_body
from service.examples import actions as examples
from service.examples.origin import Origin, Trust
from service.examples.rules import Judged
from service.scoring.classifier import Prediction
from service.sites.keyring import OpenedBy

TEXT_MAX_BYTES: Final = 20_480
# An entry of the context may have a megabyte; it is not read, but it is sent.
BODY_MAX_BYTES: Final = 2_097_152
_DIGITS: Final = 7

Sent = TypeVar("Sent", AnalyzeSent, SuggestSent)
Json = dict[str, object]


def dialect(surroundings: Surroundings) -> Dialect:
    calls = _Calls(surroundings)

    def say(request: Request, failure: Failure) -> Response:
        limits = surroundings.settings.limits
        return perspective_errors.say(request, failure, per_minute=limits.reads_per_minute)

    return Dialect(
        "perspective",
        prefixes=("/v1alpha1/", "/$discovery/"),
        calls={
            "/v1alpha1/comments:analyze": {"POST": calls.analyze},
            "/v1alpha1/comments:suggestscore": {"POST": calls.suggest_score},
            "/$discovery/rest": {"GET": calls.discover},
        },
        say=say,
    )


class _Calls:
    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def analyze(self, request: Request) -> Response:
        opened = await self._opened_by(request)
        scorer = self._around.scorer.of(opened.site_id)
        sent = await _read(request, AnalyzeSent)
        text = _checked(sent.comment, sent.context)
        wanted = _attributes(sent)
        # Sentences say where, the summary how much: all closer looks of a call share one's time.
        look_within = self._around.settings.dialects.closer_look_within.total_seconds()
        looks_until = time.monotonic() + look_within
        prediction = await self._predict(scorer, text, sent.languages)
        supported = _supported(sent, wanted, prediction)
        sentences: list[Sentence] = []
        # A place in the text without its tags is none in what was sent: then the whole is one span.
        if sent.span_annotations and sent.comment.type != TextType.HTML:
            sentences = await perspective_sentences.scored(
                scorer,
                text,
                hint=languages.hint_in(sent.languages),
                within=self._around.share,
                looks_within=timedelta(seconds=max(0.0, looks_until - time.monotonic())),
            )
        scores = _scores(sent.comment.text, sent, supported, prediction, sentences)
        detected = [languages.tag_of(prediction.language)]
        answer: Json = {
            "attributeScores": scores,
            "languages": sent.languages or detected,
            "detectedLanguages": detected,
        }
        return _answer(answer, sent.client_token)

    async def suggest_score(self, request: Request) -> Response:
        opened = await self._opened_by(request)
        sent = await _read(request, SuggestSent)
        text = _checked(sent.comment, sent.context)
        labels = _suggested(sent)
        scorer = self._around.scorer.of(opened.site_id)
        prediction = await self._predict(scorer, text, sent.languages)
        if not sent.do_not_store:
            judged = _judged(text, labels, sent, prediction.language)
            learn = partial(
                examples.learn,
                site_id=opened.site_id,
                judged=judged,
                now=self._around.now(),
            )
            # Given up here it may be learned all the same; sent again, it is the same example.
            await self._around.in_transaction(learn, within=self._around.share)
        answer: Json = {
            "detectedLanguages": [languages.tag_of(prediction.language)],
            "requestedLanguages": sent.languages,
        }
        return _answer(answer, sent.client_token)

    async def discover(self, request: Request) -> Response:
        """Answer anybody; a key is checked if there is one, since clients test theirs here."""
        if request.query_params.get("key"):
            await self._opened_by(request)
        if request.query_params.get("version", discovery.VERSION) != discovery.VERSION:
            raise refused(ErrorType.INVALID_REQUEST, "The only version is v1alpha1.")
        root = discovery.root_of(request, self._around.settings)
        return JSONResponse(discovery.document(root), media_type=MEDIA_TYPE)

    async def _opened_by(self, request: Request) -> OpenedBy:
        key = request.query_params.get("key") or request.headers.get("x-goog-api-key")
        return await self._around.opened_by(key)

    async def _predict(self, scorer: ScorerBy, text: str, tags: list[str]) -> Prediction:
        """Return the scores, in the text's own language; where that is unsure, in English."""
        hint = languages.hint_in(tags)
        [prediction] = await scorer.predict(
            [text], hint=hint, within=self._around.share, or_english=True
        )
        return prediction


async def _read(request: Request, kind: type[Sent]) -> Sent:
    body = await read_body(request, max_bytes=BODY_MAX_BYTES)
    try:
        return kind.model_validate(without_nulls(lenient.read_object(body or b"{}")))
    except lenient.NotJson as error:
        message = "Invalid JSON payload received. The body is not a JSON object in UTF-8."
        raise refused(ErrorType.INVALID_REQUEST, message) from error
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False)[0]["loc"]
        # Only names that are ours: the caller's own may be a reader's text.
        field = place[0] if place and place[0] in _FIELDS else "request"
        raise refused(ErrorType.INVALID_REQUEST, f"Invalid value at '{field}'.") from error


_FIELDS: Final = frozenset(
    {
        *("comment", "context", "languages", "requestedAttributes", "attributeScores"),
        *("doNotStore", "clientToken", "communityId", "spanAnnotations"),
        "dropUnsupportedAttributes",
    }
)


def _checked(comment: CommentSent, context: ContextSent) -> str:
    """Return the text to judge: HTML without its tags, which the vendor refused."""
    text = plain(comment.text) if comment.type == TextType.HTML else comment.text
    if not text.strip():
        raise refused(ErrorType.COMMENT_EMPTY, "Comment must be non-empty.")
    if len(comment.text.encode()) > TEXT_MAX_BYTES:
        raise refused(ErrorType.COMMENT_TOO_LONG, "Comment text too long.")
    if comment.type not in set(TextType):
        raise refused(ErrorType.INVALID_REQUEST, "Unknown text type")
    if context.entries and context.article_and_parent_comment is not None:
        raise refused(
            ErrorType.INVALID_REQUEST,
            "Context can have either entries or article_and_parent_comment, but both fields were "
            "populated.",
        )
    return text


def _attributes(sent: AnalyzeSent) -> dict[str, Label]:
    if not sent.requested_attributes:
        raise refused(ErrorType.NO_REQUESTED_ATTRIBUTES, "Missing requested_attributes")
    wanted = _labels(list(sent.requested_attributes))
    for name, each in sent.requested_attributes.items():
        if each.score_type not in (ScoreType.UNSPECIFIED, ScoreType.PROBABILITY):
            message = f"Requested score type {each.score_type} is not supported by attribute {name}"
            raise refused(ErrorType.INVALID_REQUEST, message)
    return wanted


def _labels(names: list[str]) -> dict[str, Label]:
    for name in names:
        if name not in ATTRIBUTES:
            message = f"Unknown requested attribute: {_shown(name)}"
            raise refused(ErrorType.INVALID_REQUEST, message)
    return {name: ATTRIBUTES[name] for name in names}


def _shown(name: str) -> str:
    """Return an attribute's name as far as it can be one, since it goes into a sentence."""
    return "".join(c for c in name if c.isascii() and (c.isalnum() or c in "_@.-"))[:64]


def _supported(
    sent: AnalyzeSent, wanted: dict[str, Label], prediction: Prediction
) -> dict[str, Label]:
    supported = {name: label for name, label in wanted.items() if label in prediction.scores}
    if len(supported) < len(wanted) and not sent.drop_unsupported_attributes:
        # One at a time: clients drop the named one and ask again.
        raise perspective_errors.language_not_supported(
            next(name for name in wanted if name not in supported),
            detected=[languages.tag_of(prediction.language)],
            requested=sent.languages,
        )
    return supported


def _scores(
    text: str,
    sent: AnalyzeSent,
    supported: dict[str, Label],
    prediction: Prediction,
    sentences: list[Sentence],
) -> Json:
    spans = perspective_sentences.spans(text, sentences)
    found: Json = {}
    for name, label in supported.items():
        summary = _value(prediction, label)
        if _is_below(summary, sent.requested_attributes[name]):
            continue
        values = [_value(each.prediction, label, otherwise=summary) for each in sentences]
        if not sentences:
            values = [summary]
        found[name] = {
            "spanScores": [
                {"begin": begin, "end": end, "score": {"value": value, "type": "PROBABILITY"}}
                for (begin, end), value in zip(spans, values, strict=True)
            ],
            "summaryScore": {"value": summary, "type": "PROBABILITY"},
        }
    return found


def _value(prediction: Prediction, label: Label, *, otherwise: float = 0.0) -> float:
    """Return a score on the old scale; a sentence that seems to be in another language has none."""
    probability = prediction.scores.get(label)
    return otherwise if probability is None else round(old_scale.of(label, probability), _DIGITS)


def _is_below(value: float, wanted: AttributeWanted) -> bool:
    return wanted.score_threshold is not None and value < wanted.score_threshold


def _suggested(sent: SuggestSent) -> dict[Label, float]:
    if not sent.attribute_scores:
        raise refused(ErrorType.INVALID_REQUEST, "Missing attribute_scores")
    labels = _labels(list(sent.attribute_scores))
    values = {labels[name]: each.value for name, each in sent.attribute_scores.items()}
    if any(value is None for value in values.values()):
        raise refused(ErrorType.INVALID_REQUEST, "Missing summary_score or span_scores")
    return {label: value for label, value in values.items() if value is not None}


def _judged(text: str, labels: dict[Label, float], sent: SuggestSent, language: Language) -> Judged:
    # Coral sends what its moderators decided, and says that it is Coral.
    is_coral = (sent.community_id or "").startswith("Coral:")
    return Judged(
        text=text.replace("\0", "\ufffd"),
        labels=labels,
        language=language,
        origin=Origin.PERSPECTIVE,
        trust=Trust.MODERATOR if is_coral else Trust.SITE,
        token=sent.client_token,
    )


def _answer(answer: Json, client_token: str | None) -> Response:
    if client_token is not None:
        answer["clientToken"] = client_token
    return JSONResponse(answer, media_type=MEDIA_TYPE)
