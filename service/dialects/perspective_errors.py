"""How Perspective says no: its statuses, its sentences and its details, which clients search.

Source: the vendor's API reference, and answers quoted in public issues.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.dialects.dialect import Failure, Refused

SERVICE: Final = "commentanalyzer.googleapis.com"
_ERROR: Final = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
_INFO: Final = "type.googleapis.com/google.rpc.ErrorInfo"
_HELP: Final = "type.googleapis.com/google.rpc.Help"
MEDIA_TYPE: Final = "application/json; charset=UTF-8"

_STATUSES: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ErrorType(StrEnum):
    COMMENT_EMPTY = "COMMENT_EMPTY"
    COMMENT_TOO_LONG = "COMMENT_TOO_LONG"
    NO_REQUESTED_ATTRIBUTES = "NO_REQUESTED_ATTRIBUTES"
    LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE = "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    INVALID_REQUEST = "INVALID_REQUEST"


def refused(kind: ErrorType, message: str, **more: object) -> Refused:
    """Return the refusal of a request, as the vendor words it."""
    detail = {"@type": _ERROR, "errorType": kind.value, **more}
    return Refused(_answer(400, message, [detail]))


def language_not_supported(
    attribute: str, *, detected: Sequence[str], requested: Sequence[str]
) -> Refused:
    about: dict[str, Any] = {"detectedLanguages": list(detected), "attribute": attribute}
    if requested:
        about["requestedLanguages"] = list(requested)
    return refused(
        ErrorType.LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE,
        f"Attribute {attribute} does not support request languages: {', '.join(detected)}",
        languageNotSupportedByAttributeError=about,
    )


def say(request: Request, failure: Failure, *, per_minute: int) -> Response:
    """Return any failure in Google's shape."""
    status, message = failure.status, failure.detail
    details: list[dict[str, Any]] = [_info(failure.code.upper())]
    if failure.code == "key_not_known":
        # 400, not 401: clients look for this status and this reason.
        status, message = 400, "API key not valid. Please pass a valid API key."
        details = [_info("API_KEY_INVALID")]
    elif failure.code == "key_missing":
        status, message = 403, _UNREGISTERED
    elif status == 404:  # noqa: PLR2004
        message = f"Method not found: there is nothing at {request.url.path!r}."
    elif status == 429:  # noqa: PLR2004
        message, details = _QUOTA, _quota(per_minute)
    elif status == 422:  # noqa: PLR2004
        status = 400
    return _answer(status, message, details, headers=failure.headers)


_UNREGISTERED: Final = (
    "Method doesn't allow unregistered callers (callers without established identity). Please use "
    "API Key or other form of API consumer identity to call this API."
)
_QUOTA: Final = (
    "Quota exceeded for quota metric 'Analysis requests (AnalyzeComment)' and limit 'Analysis "
    f"requests (AnalyzeComment) per minute' of service '{SERVICE}' for consumer 'project_number:0'."
)


def _quota(per_minute: int) -> list[dict[str, Any]]:
    limit = {
        "quota_limit_value": str(per_minute),
        "quota_limit": "AnalyzeRequestsPerMinutePerProject",
        "consumer": "projects/0",
        "quota_location": "global",
        "quota_metric": "CommentAnalyzerService/analyze_requests",
    }
    link = {"description": "The limits of one key.", "url": "https://example.org"}
    return [_info("RATE_LIMIT_EXCEEDED", limit), {"@type": _HELP, "links": [link]}]


def _info(reason: str, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "@type": _INFO,
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": {"service": SERVICE, **(more or {})},
    }


def _answer(
    status: int,
    message: str,
    details: Sequence[Mapping[str, Any]],
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    error = {
        "code": status,
        "message": message,
        "status": _STATUSES.get(status, "UNKNOWN"),
        "details": list(details),
    }
    return JSONResponse({"error": error}, status, headers=headers, media_type=MEDIA_TYPE)
