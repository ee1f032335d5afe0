"""Says when appeals wait for somebody who is not there: whoever rejected does not read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service.appeals import queries
from service.appeals.tables import Appeal
from service.comments.status import Status
from service.comments.tables import Comment
from service.moderators.tables import Membership, Moderator
from service.sites.alerts import Alert

NOBODY_ELSE: Final = (
    "Appeals that nobody here may read: {count}. Whoever rejected a comment does not read its"
    " appeal, so invite another person to this site; or approve the comment, if you see it"
    " otherwise by now."
)


def unread(session: Session, site_ids: Sequence[UUID], _: datetime) -> list[Alert]:
    """Return an alert for each of the sites with appeals that none of its people may read."""
    waiting = queries.waiting().where(Appeal.site_id.in_(site_ids)).subquery()
    another = exists().where(
        Membership.site_id == waiting.c.site_id,
        Membership.moderator_id == Moderator.id,
        Moderator.disabled_at.is_(None),
        # A program reads no appeal (see `moderators.rules.is_program`).
        Moderator.email.contains("@"),
        Moderator.id.is_distinct_from(waiting.c.not_by),
    )
    found = session.execute(
        select(waiting.c.site_id, func.count(), func.min(waiting.c.since))
        .join(Comment, Comment.id == waiting.c.comment_id)
        # What was decided otherwise meanwhile is ended by the sweep.
        .where(Comment.status == Status.REJECTED, ~another)
        .group_by(waiting.c.site_id)
    )
    return [
        Alert(site_id, "appeals_unread", NOBODY_ELSE.format(count=f"{count:,}"), since)
        for site_id, count, since in found
    ]
