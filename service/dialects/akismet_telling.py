"""Telling WordPress what a moderator has decided: taken out, sent, recorded, like a webhook.

Source: the REST endpoint ``akismet/v1/webhook`` of the WordPress plugin 5.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, or_, select, update
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.dialects.tables import AkismetCallback, CallbackState
from service.sealing import Seal
from service.webhooks import rules
from service.webhooks.sending import Attempted, Due

_TELLING = (Status.APPROVED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision that is ours to tell now."""

    guid: UUID
    url: str
    payload: dict[str, Any]
    attempts: int

    @property
    def due(self) -> Due:
        """Return it as what is sent; WordPress believes its key, so there is no signature."""
        return Due(self.guid, self.guid, self.url, "", self.payload, self.attempts)


def has_due(session: Session, *, now: datetime) -> bool:
    """Say whether a decision is to be told."""
    due = select(AkismetCallback.guid).where(*_is_due(now)).limit(1)
    return session.scalar(due) is not None


def take(
    session: Session, *, seal: Seal, now: datetime, lease: timedelta, limit: int
) -> list[Answer]:
    """Take decisions that are to be told, for as long as ``lease``."""
    due = session.execute(
        select(AkismetCallback, Comment.status)
        .where(*_is_due(now))
        .order_by(AkismetCallback.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=AkismetCallback)
    )
    taken = []
    for callback, status in due:
        callback.next_attempt_at = now + lease
        payload = _payload(callback, seal.open(callback.sealed_key), status)
        taken.append(Answer(callback.guid, callback.url, payload, callback.attempts))
    session.flush()
    return taken


def record(
    session: Session,
    attempted: Sequence[Attempted],
    *,
    max_attempts: int,
    jitter: float,
    now: datetime,
) -> None:
    """Keep what came of each attempt: told, to be told again, or given up."""
    for each in attempted:
        failures = each.due.attempts + 1
        values: dict[str, object] = {"attempts": failures}
        if each.is_delivered:
            values |= {"state": CallbackState.TOLD, "author_email": ""}
        elif failures >= max_attempts or each.status_code == rules.GONE:
            values |= {"state": CallbackState.GIVEN_UP, "author_email": ""}
        else:
            wait = rules.wait_after(failures, jitter=jitter, asked=each.retry_after)
            values["next_attempt_at"] = now + wait
        session.execute(
            update(AkismetCallback)
            .where(AkismetCallback.guid == each.due.delivery_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def forget_withdrawn(session: Session) -> None:
    """Forget whose comments were withdrawn, and who was told: there is nothing left to tell."""
    withdrawn = select(Comment.id).where(
        Comment.id == AkismetCallback.comment_id, Comment.status == Status.WITHDRAWN
    )
    session.execute(
        update(AkismetCallback)
        .where(
            AkismetCallback.author_email != literal_column("''"),
            or_(AkismetCallback.state != CallbackState.WAITING, withdrawn.exists()),
        )
        .values(author_email="")
        .execution_options(synchronize_session=False)
    )


def _payload(callback: AkismetCallback, key: str, status: Status) -> dict[str, Any]:
    told = {
        "guid": str(callback.guid),
        "result": "true" if status is Status.REJECTED else "false",
        "comment_post_ID": callback.post_id,
        "comment_author_email": callback.author_email,
    }
    return {"key": key, "endpoint": "comment-check", "comments": [told]}


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AkismetCallback.state == CallbackState.WAITING,
        AkismetCallback.next_attempt_at <= now,
        Comment.id == AkismetCallback.comment_id,
        Comment.status.in_(_TELLING),
    )
