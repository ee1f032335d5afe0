"""Errors as RFC 9457 problem documents: kind → HTTP status, always with a stable ``code``.

What the caller sent is never repeated in an answer: it may be a reader's text.
"""

import http
import re
from collections.abc import Sequence
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from service import errors
from service.errors import FieldProblem, ModerationError

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class ProblemField(BaseModel):
    """One wrong field."""

    pointer: Annotated[
        str,
        Field(
            description="Where: a JSON Pointer into the body, or a parameter's name.",
            examples=["/author/name"],
        ),
    ]
    detail: Annotated[str, Field(description="What would be right.", examples=["is required"])]


class Problem(BaseModel):
    """An error (RFC 9457). Programs read `code`, people read `detail`."""

    type: Annotated[str, Field(description="`urn:parley:problem:` and the code.")]
    title: str
    status: int
    code: Annotated[
        str, Field(description="Stays the same over versions.", examples=["body_too_long"])
    ]
    detail: Annotated[str, Field(description="A sentence that says what would be right.")]
    errors: Annotated[
        list[ProblemField] | None, Field(description="The fields that are wrong, if it is these.")
    ] = None


STATUS: dict[type[ModerationError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Gone: 410,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.RateLimited: 429,
    errors.Unavailable: 503,
}

# pydantic's own sentences are for programmers; these say what would be right.
SENTENCES: dict[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "json_invalid": "is not valid JSON",
    "string_type": "must be a string",
    "string_unicode": "must not have half of a surrogate pair (\\ud800 to \\udfff)",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "uuid_parsing": "must be a UUID",
    "uuid_type": "must be a UUID",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number of ordinary size",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "less_than": "must be less than {lt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list",
    "too_long": "must have at most {max_length} items",
    "too_short": "must have at least {min_length} items",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "dict_type": "must be a JSON object",
}


_CODES = {
    400: "malformed_body",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "content_type_not_json",
}
_DETAILS = {
    400: "The body cannot be read: send JSON in UTF-8, not nested deeper than a comment needs.",
    404: "There is nothing at this address.",
    405: "This address does not answer to this method.",
}
_OUR_FAULT = "Something went wrong on our side; it has been logged."
DATABASE_SILENT = "The database does not answer: try again in a moment."
# What is said under codes that no slice has; see `wording.py`.
LINES: dict[str, tuple[str, ...]] = {
    **{_CODES[status]: (detail,) for status, detail in _DETAILS.items()},
    "fields_invalid": ("{field} {wrong} ({more} more).", "{field} {wrong}."),
    "internal": (_OUR_FAULT,),
}
# Said by the parsers of half a surrogate pair, which JSON can write and Unicode does not have.
_SURROGATE = re.compile("surrogate|hex escape")
_JSON_TYPE = re.compile(r"application/(?:[^\s;]+\+)?json\s*(?:;|$)", re.IGNORECASE)


class ContentTypeNotJson(HTTPException):
    """The body may be JSON, but is not called so."""

    def __init__(self) -> None:
        super().__init__(415, "Send JSON, with the header `Content-Type: application/json`.")


def is_json(content_type: str | None) -> bool:
    return content_type is not None and _JSON_TYPE.match(content_type.strip()) is not None


_METHOD_NOT_ALLOWED = 405
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FIELDS_MOST = 20
_NAME_MOST_CHARS = 100


def status_of(error: ModerationError) -> int:
    """Return the HTTP status of the error's kind: the nearest ancestor that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: tuple[FieldProblem, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """Return an RFC 9457 document as a response."""
    wrong = [ProblemField(pointer=f.pointer, detail=f.detail) for f in fields]
    document = Problem(
        type=f"urn:parley:problem:{code}",
        title=http.HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=wrong or None,
    )
    return Response(
        document.model_dump_json(exclude_none=True),
        status_code=status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def from_moderation_error(error: ModerationError) -> Response:
    headers: dict[str, str] = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Unavailable):
        headers["Retry-After"] = "5"
    return problem(status_of(error), error.code, error.detail, fields=error.fields, headers=headers)


def from_validation_error(error: RequestValidationError) -> Response:
    """Say which fields are wrong, by JSON Pointer, and what would be right."""
    found = error.errors()
    for e in found:
        if e["type"] == "json_invalid":
            return problem(400, "malformed_json", _about_json(e))
    fields = field_problems(found)
    first = fields[0]
    where = first.pointer.removeprefix("/").replace("/", ".") or "The body"
    line = LINES["fields_invalid"][0 if len(found) > 1 else 1]
    sentence = line.format(field=where, wrong=first.detail, more=len(found) - 1)
    return problem(422, "fields_invalid", sentence, fields=fields)


def field_problems(found: Sequence[Any]) -> tuple[FieldProblem, ...]:
    """Return what pydantic found, as fields, with the cure; each ``loc`` begins with a root.

    The first twenty are enough to mend a request; ten thousand wrong names would be an answer that
    is larger than the question.
    """
    return tuple(FieldProblem(_pointer(e["loc"]), _sentence(e)) for e in found[:_FIELDS_MOST])


def by_framework(error: HTTPException) -> Response:
    """Give the framework's own errors a stable code and a sentence."""
    phrase = http.HTTPStatus(error.status_code).phrase
    return problem(
        error.status_code,
        _CODES.get(error.status_code, phrase.lower().replace(" ", "_").replace("-", "_")),
        _DETAILS.get(error.status_code, str(error.detail or phrase)),
        headers=dict(error.headers) if error.headers else None,
    )


def route_of(request: Request) -> str:
    """Return the template of the address for the log: the address itself may hold a secret."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))


def _about_json(error: dict[str, Any]) -> str:
    """Repeat what the parser says: what it expected and where, and nothing of the text."""
    said = str((error.get("ctx") or {}).get("error", ""))
    if _SURROGATE.search(said):
        return (
            f"The body has half of a surrogate pair (\\ud800 to \\udfff) or a broken \\u: {said}."
        )
    return (
        f"The body is not valid JSON in UTF-8: {said}." if said else "The body is not valid JSON."
    )


def _pointer(location: tuple[int | str, ...]) -> str:
    """Return a JSON Pointer into the body, or ``/name`` for a query, path or header parameter."""
    named = (str(part)[:_NAME_MOST_CHARS] for part in location[1:])
    parts = [part.replace("~", "~0").replace("/", "~1") for part in named]
    return "".join(f"/{part}" for part in parts)


def _sentence(error: dict[str, Any]) -> str:
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "value_error":
        return str(context.get("error", "is not valid"))
    if kind in SENTENCES:
        return SENTENCES[kind].format(**context)
    return str(error["msg"]).lower()


def _methods_at(request: Request) -> list[str]:
    """Return all methods that the address answers to.

    The framework names those of one route alone, and an address may have a route for each.
    """
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
            if not isinstance(route, Mount)
        )
    ]


def install(app: FastAPI) -> None:
    """Have every error of ``app`` answered with a problem document."""

    @app.exception_handler(ModerationError)
    async def expected(_: Request, error: ModerationError) -> Response:
        return from_moderation_error(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # The framework hands a body of another type to the schema as bytes, and they are no object.
        is_of_body = any(e["loc"] == ("body",) for e in error.errors())
        if (
            is_of_body
            and error.body is not None
            and not is_json(request.headers.get("content-type"))
        ):
            return by_framework(ContentTypeNotJson())
        return from_validation_error(error)

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        answer = by_framework(error)
        if error.status_code == _METHOD_NOT_ALLOWED and (allowed := _methods_at(request)):
            answer.headers["Allow"] = ", ".join(allowed)
        return answer

    async def silent(request: Request, error: Exception) -> Response:
        _log.warning("database_silent", route=route_of(request), error=type(error).__name__)
        return from_moderation_error(errors.Unavailable(DATABASE_SILENT))

    # Also a deadlock, a lock waited for in vain, and a pool without a free connection.
    for kind in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(kind, silent)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        # The traceback is ours to read, not the caller's; the request id joins the two.
        _log.error("unexpected_error", route=route_of(request), exc_info=error)
        return problem(500, "internal", _OUR_FAULT)
