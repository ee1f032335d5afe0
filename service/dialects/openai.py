"""OpenAI's moderations: a text's categories, flagged or not.

Source: the vendor's API description of ``POST /moderations``, and what its SDKs read.
"""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Final, Literal, NoReturn
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.dialects import categories, lenient
from service.dialects.dialect import Dialect, Failure, Refused
from service.dialects.surroundings import Surroundings, read_body
from service.scoring.classifier import Prediction
from service.sites.rules import key_in

BODY_MAX_BYTES: Final = 1_048_576
INPUTS_MAX: Final = 256
DEFAULT_MODEL: Final = "omni-moderation-latest"
MODELS: Final = (DEFAULT_MODEL, "omni-moderation-2024-09-26")
LEGACY_MODELS: Final = ("text-moderation-latest", "text-moderation-stable")
# One of our model versions stands behind every name.
_REQUEST: Final = "invalid_request_error"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="ignore")


class TextPart(_Sent):
    type: Literal["text"]
    text: str


class ImagePart(_Sent):
    type: Literal["image_url"]


Part = Annotated[TextPart | ImagePart, Field(discriminator="type")]
_INPUT: Final[TypeAdapter[str | list[str] | list[Part]]] = TypeAdapter(str | list[str] | list[Part])


def dialect(surroundings: Surroundings) -> Dialect:
    answer = {"POST": partial(_moderate, surroundings)}
    return Dialect(
        "openai",
        prefixes=("/v1/moderations", "/moderations"),
        calls={"/v1/moderations": answer, "/moderations": answer},
        say=_say,
    )


async def _moderate(around: Surroundings, request: Request) -> Response:
    opened = await around.opened_by(key_in(request.headers.get("authorization")))
    sent = await _read(request)
    model = _model(sent.get("model"))
    texts = _texts(sent)
    predictions = await _predict(around, opened.site_id, texts)
    is_legacy = model in LEGACY_MODELS
    results = [categories.result(each.scores, is_legacy=is_legacy) for each in predictions]
    answer = {"id": f"modr-{secrets.token_hex(16)}", "model": model, "results": results}
    return JSONResponse(answer)


async def _predict(around: Surroundings, site_id: UUID, texts: Sequence[str]) -> list[Prediction]:
    """Return the scores; of a text whose language is unsure, as if it were English."""
    return await around.scorer.of(site_id).predict(
        texts, hint=None, within=around.share, or_english=True
    )


async def _read(request: Request) -> dict[str, object]:
    body = await read_body(request, max_bytes=BODY_MAX_BYTES)
    try:
        return lenient.read_object(body)
    except lenient.NotJson:
        _refuse(400, "We could not parse the JSON body of your request.")


def _model(sent: object) -> str:
    if sent is None:
        return DEFAULT_MODEL
    if not isinstance(sent, str):
        _refuse(400, "Invalid type for 'model': expected a string.", "model", "invalid_type")
    if sent not in (*MODELS, *LEGACY_MODELS):
        known = ", ".join((*MODELS, *LEGACY_MODELS))
        message = f"The model does not exist or you do not have access to it. Known are: {known}."
        _refuse(404, message, "model", "model_not_found")
    return sent


def _texts(sent: Mapping[str, object]) -> list[str]:
    """Return the texts that are each judged by itself: parts together are one."""
    if sent.get("input") is None:
        message = "Missing required parameter: 'input'."
        _refuse(400, message, "input", "missing_required_parameter")
    try:
        given = _INPUT.validate_python(sent["input"])
    except ValidationError:
        message = "Invalid type for 'input': expected a string, a list of strings, or text parts."
        _refuse(400, message, "input", "invalid_type")
    if isinstance(given, str):
        return [given]
    if not 1 <= len(given) <= INPUTS_MAX:
        message = f"Invalid 'input': expected 1 to {INPUTS_MAX} items, got {len(given)}."
        _refuse(400, message, "input", "invalid_value")
    if any(isinstance(each, ImagePart) for each in given):
        message = "Invalid 'input': images cannot be judged here. Send the text without them."
        _refuse(400, message, "input", "image_not_supported")
    strings = [each for each in given if isinstance(each, str)]
    parts = [each.text for each in given if isinstance(each, TextPart)]
    return strings or ["\n".join(parts)]


def _refuse(
    status: int, message: str, param: str | None = None, code: str | None = None
) -> NoReturn:
    raise Refused(_error(status, message, _REQUEST, param=param, code=code))


def _say(_: Request, failure: Failure) -> Response:
    """Return any failure in OpenAI's shape."""
    kind, code, message = _REQUEST, None, failure.detail
    if failure.code == "key_not_known":
        code, message = "invalid_api_key", "Incorrect API key provided: ***. Ask for a new one."
    elif failure.code == "key_missing":
        message = (
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
        )
    elif failure.code == "rate_limited":
        kind, code = "requests", "rate_limit_exceeded"
    elif failure.status >= 500:  # noqa: PLR2004
        kind, code = "server_error", failure.code
    elif failure.code in ("not_found", "method_not_allowed"):
        message = f"Invalid URL or method. {failure.detail}"
    return _error(failure.status, message, kind, code=code, headers=failure.headers)


def _error(
    status: int,
    message: str,
    kind: str,
    *,
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return JSONResponse({"error": error}, status, headers=headers)
