"""Coral's external moderation phase: asked before a comment is published, within its request.

Source: Coral's guide to external moderation, and its own validation of answers. One bad field and
Coral throws the answer away; any status, even NONE, ends its pipeline and switches pre-moderation
off. So a benign comment is answered 204, and nothing that is null or empty is ever sent.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.dialects import coral_secrets, lenient
from service.dialects.dialect import Dialect, Failure
from service.dialects.plain_text import plain
from service.dialects.surroundings import Surroundings, read_body
from service.dialects.verdicts import Judge, Verdict
from service.errors import Invalid, Unauthenticated
from service.policy.outcomes import Outcome, Reason

BODY_MAX_BYTES: Final = 1_048_576
_SCHEME: Final = "sha256="

TOXIC: Final = "COMMENT_DETECTED_TOXIC"
SPAM: Final = "COMMENT_DETECTED_SPAM"
# Which of Coral's reasons stands for one of ours; of the rest the general one is true.
_CODES: Final[Mapping[str, str]] = {
    "score_spam": "SPAM",
    "score_identity_attack": "HATE_SPEECH",
    "score_threat": "HARASSMENT_BULLYING",
    "score_insult": "ABUSIVE",
    "score_toxicity": "OFFENSIVE",
    "score_severe_toxicity": "ABUSIVE",
    "score_obscenity": "OFFENSIVE",
    "score_sexual": "OFFENSIVE",
}


class SignatureWrong(Unauthenticated):
    code = "signature_wrong"

    def __init__(self) -> None:
        super().__init__("The signature is not one of this site's secrets.")


class RequestUnreadable(Invalid):
    code = "request_unreadable"

    def __init__(self) -> None:
        super().__init__("This is not what Coral's moderation phase sends.")


class _CommentSent(BaseModel):
    model_config = ConfigDict(extra="ignore")

    body: str


class Sent(BaseModel):
    """What we read of what Coral sends; the rest says nothing of the text."""

    model_config = ConfigDict(extra="ignore")

    comment: _CommentSent


def dialect(surroundings: Surroundings) -> Dialect:
    judge = Judge(surroundings)
    secrets = coral_secrets.Known(surroundings)
    return Dialect(
        "coral",
        prefixes=("/coral/",),
        calls={"/coral/{slug}": {"POST": partial(_moderate, judge, secrets)}},
        say=_say,
    )


async def _moderate(judge: Judge, secrets: coral_secrets.Known, request: Request) -> Response:
    signatures = request.headers.get("x-coral-signature", "")
    # Without one the caller is nobody: neither the body nor the database is read for it.
    if not any(_signatures(signatures)):
        raise SignatureWrong
    body = await read_body(request, max_bytes=BODY_MAX_BYTES)
    opened = await secrets.of(request.path_params["slug"])
    if opened is None or not is_signed(body, signatures, opened.secrets):
        raise SignatureWrong
    text = plain(_read(body).comment.body)
    if not text.strip():
        return Response(status_code=204)
    return answer(await judge.judge(opened.site_id, text, hint=None))


def is_signed(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Say whether one of the header's signatures was made with one of the secrets.

    Each comparison takes the same time whatever it finds, and all of them are made.
    """
    expected = [
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode() for secret in secrets
    ]
    given = [each.encode("latin-1", "replace") for each in _signatures(header)]
    found = [hmac.compare_digest(a, b) for a in expected for b in given]
    return any(found)


def _signatures(header: str) -> list[str]:
    parts = (part.strip() for part in header.split(","))
    return [part.removeprefix(_SCHEME) for part in parts if part.startswith(_SCHEME)]


def _read(body: bytes) -> Sent:
    try:
        return Sent.model_validate(lenient.read_object(body))
    except (lenient.NotJson, ValidationError) as error:
        raise RequestUnreadable from error


def answer(verdict: Verdict) -> Response:
    """Return what Coral is told; 204 is no opinion."""
    ruling = verdict.ruling
    against = [reason for reason in ruling.reasons if reason.outcome is not Outcome.APPROVE]
    if ruling.outcome is Outcome.APPROVE or not against:
        return Response(status_code=204)
    told: dict[str, Any] = {
        "actions": [{"actionType": "FLAG", "reason": reason} for reason in _flags(against)],
        "status": "SYSTEM_WITHHELD",
    }
    if ruling.outcome is Outcome.REJECT:
        code = _CODES.get(against[0].code, "OTHER")
        reason = {"code": code, "detailedExplanation": against[0].sentence}
        told |= {
            "status": "REJECTED",
            "moderationAction": {"status": "REJECTED", "rejectionReason": reason},
        }
    return JSONResponse(told)


def _flags(against: list[Reason]) -> list[str]:
    """Return what was detected; a comment that could not be judged is flagged for nothing."""
    codes = {reason.code for reason in against}
    toxic = any(code.startswith("score_") and code != "score_spam" for code in codes)
    return [flag for flag, is_so in ((TOXIC, toxic), (SPAM, "score_spam" in codes)) if is_so]


def _say(_: Request, failure: Failure) -> Response:
    """Return any failure; Coral looks at nothing but its status, people at the rest."""
    error = {"code": failure.code, "message": failure.detail}
    return JSONResponse({"error": error}, failure.status, headers=failure.headers)
