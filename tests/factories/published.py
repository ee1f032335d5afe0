from datetime import datetime

from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Actor, Decision
from service.moderators.tables import Moderator
from service.sites.tables import Site
from tests.factories.comments import CommentChanges, stored_comment


def stored_decided_comment(
    session: Session,
    site: Site,
    status: Status = Status.APPROVED,
    *,
    now: datetime,
    by: Moderator | None = None,
    reason: str | None = None,
    sentence: str = "No score reaches what this site holds or rejects, and no rule speaks.",
    changes: CommentChanges | None = None,
) -> Comment:
    """Store a comment that the site's policy, or a moderator, approved or rejected."""
    given: CommentChanges = {
        "status": status,
        "public_revision": 1 if status is Status.APPROVED else None,
        "decided_at": now,
    }
    comment = stored_comment(session, site, **(given | (changes or {})))
    code = reason or ("clear" if by is None else "approved_by_moderator")
    session.add(
        Decision(
            comment_id=comment.id,
            revision=comment.revision,
            status=status,
            actor=Actor.POLICY if by is None else Actor.MODERATOR,
            moderator_id=None if by is None else by.id,
            reason=code,
            reasons=[{"code": code, "sentence": sentence}],
            decided_at=now,
        )
    )
    session.flush()
    return comment
