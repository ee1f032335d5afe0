"""Coral's side of its external moderation phase: what it sends, and what it takes as an answer.

Made after its guide and after what its own validation was seen to take and to throw away.
"""

import hashlib
import hmac
import json
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

SECRET = "empsec_" + "0a" * 32
NEXT_SECRET = "empsec_" + "1b" * 32


class Status(StrEnum):
    NONE = "NONE"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PREMOD = "PREMOD"
    SYSTEM_WITHHELD = "SYSTEM_WITHHELD"


Text = Annotated[str, Field(min_length=1)]


class _Answer(BaseModel):
    """Unknown fields are stripped; a null where there may be nothing refuses the whole."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel)


class _Action(_Answer):
    action_type: Literal["FLAG"]
    reason: Literal["COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"]


class Code(StrEnum):
    OFFENSIVE = "OFFENSIVE"
    ABUSIVE = "ABUSIVE"
    SPAM = "SPAM"
    BANNED_WORD = "BANNED_WORD"
    AD = "AD"
    ILLEGAL_CONTENT = "ILLEGAL_CONTENT"
    HARASSMENT_BULLYING = "HARASSMENT_BULLYING"
    MISINFORMATION = "MISINFORMATION"
    HATE_SPEECH = "HATE_SPEECH"
    IRRELEVANT_CONTENT = "IRRELEVANT_CONTENT"
    OTHER = "OTHER"


class _Reason(_Answer):
    code: Code
    legal_grounds: Text = "-"
    detailed_explanation: Text = "-"
    custom_reason: Text = "-"


class _ModerationAction(_Answer):
    status: Literal["REJECTED"]
    rejection_reason: _Reason


class Told(_Answer):
    """What Coral makes of an answer that it takes."""

    actions: list[_Action] = []
    status: Status = Status.NONE
    tags: Annotated[list[Literal["FEATURED", "STAFF"]], Field(min_length=1)] = ["FEATURED"]
    moderation_action: _ModerationAction | None = None


def body_of(text: str, **changes: object) -> bytes:
    """Return what Coral sends, byte by byte."""
    sent: dict[str, Any] = {
        "action": "NEW",
        "comment": {"body": text, "parentID": None},
        "author": {"id": "a1", "role": "COMMENTER"},
        "story": {"id": "s1", "url": "https://news.example/1"},
        "site": {"id": "c1"},
        "tenantID": "t1",
        "tenantDomain": "coral.example",
        **changes,
    }
    return json.dumps(sent, indent=2, ensure_ascii=False).encode()


def signature(body: bytes, *secrets: str) -> str:
    digests = (hmac.new(s.encode(), body, hashlib.sha256).hexdigest() for s in secrets)
    return ",".join(f"sha256={digest}" for digest in digests)


def ask(client: TestClient, slug: str, body: bytes, *secrets: str) -> Response:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Coral Moderation/9.11.8",
        "X-Coral-Signature": signature(body, *secrets),
    }
    return client.post(f"/coral/{slug}", content=body, headers=headers, follow_redirects=False)


def told(answer: Response) -> Told | None:
    """Return what Coral does with ``answer``: None is to go on as if it had not asked.

    Raises:
        AssertionError: it would throw the answer away.
    """
    assert 200 <= answer.status_code < 300
    if not answer.content or answer.json() == {}:
        return None
    assert "null" not in answer.text
    return Told.model_validate(answer.json())
