"""A site's past, as the trials look back on it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ml.labels import Label, Language
from service.comments.status import Status
from service.db import Database, new_id
from service.decisions import actions
from service.decisions.tables import Actor
from service.scoring import actions as scoring
from service.scoring.actions import Scored
from service.sites.tables import Site
from tests.factories.comments import stored_comment
from tests.factories.moderators import stored_moderator

Judged = tuple[float, Status, Status | None]


def store_past(
    database: Database, site: Site, version: int, past: Sequence[Judged], *, now: datetime
) -> None:
    """Store comments with a score for insult, what was done, and what a moderator decided."""
    with database.transaction() as session:
        moderator = stored_moderator(session, site)
        for score, done, judged in past:
            comment = stored_comment(
                session, site, id=new_id(), created_at=now - timedelta(hours=1)
            )
            opinion = Scored(comment.id, 1, {Label.INSULT: score}, Language.ENGLISH, 0.99)
            ids = scoring.record(session, [opinion], model_version_id=version, now=now)
            actions.record(
                *(session, comment, done),
                actor=Actor.POLICY,
                reason="score_insult",
                score_id=ids[comment.id],
                now=now,
            )
            if judged is not None:
                actions.record(
                    *(session, comment, judged),
                    actor=Actor.MODERATOR,
                    reason="rude",
                    moderator_id=moderator.id,
                    now=now,
                )


PAST: list[Judged] = [
    (0.1, Status.APPROVED, None),
    (0.2, Status.HELD, Status.REJECTED),
    (0.6, Status.HELD, Status.APPROVED),
    (0.85, Status.HELD, Status.APPROVED),
    (0.99, Status.REJECTED, None),
]
