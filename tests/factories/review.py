from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log2
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Language
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions.priority import DOUBLES_EVERY
from service.decisions.tables import Actor, Decision
from service.moderators.tables import Moderator, Role
from service.registry.tables import Artifact, ModelVersion, State
from service.scoring.tables import Score
from service.sites.tables import Site
from tests.factories.comments import CommentChanges, stored_comment
from tests.factories.moderators import a_token, stored_moderator
from tests.factories.sites import a_site

WHY = [{"code": "insult", "sentence": "insult 0.71 lies between approve and reject"}]


@dataclass(frozen=True, slots=True)
class Desk:
    """A site, a moderator of it, and the headers that say who is calling."""

    site: Site
    moderator: Moderator
    bearer: Mapping[str, str]

    @property
    def token(self) -> str:
        """The session, as the page's cookie holds it."""
        return self.bearer["Authorization"].removeprefix("Bearer ")

    @property
    def site_ids(self) -> tuple[UUID, ...]:
        return (self.site.id,)


def stored_site(session: Session, slug: str) -> Site:
    site = a_site(slug=slug)
    session.add(site)
    session.flush()
    return site


def stored_desk(
    session: Session,
    *,
    now: datetime,
    site: Site | None = None,
    slug: str = "border",
    role: Role = Role.MODERATOR,
    name: str = "Aziza",
) -> Desk:
    """Store a moderator who is signed in, at work on ``site`` or on a new one."""
    site = site or stored_site(session, slug)
    moderator = stored_moderator(session, site, role=role, name=name)
    token = a_token(session, moderator, now=now)
    return Desk(site, moderator, {"Authorization": f"Bearer {token}"})


def stored_held_comment(
    session: Session,
    site: Site,
    *,
    now: datetime,
    urgency: float = 0.0,
    body: str = "They are all the same.",
    changes: CommentChanges | None = None,
) -> Comment:
    """Store a comment that the site's policy held."""
    given: CommentChanges = {
        "id": new_id(),
        "status": Status.HELD,
        "urgency": urgency,
        "priority": log2(max(urgency, 0.01)) - now.timestamp() / DOUBLES_EVERY.total_seconds(),
        "body": body,
        "decided_at": now,
    }
    comment = stored_comment(session, site, **(given | (changes or {})))
    session.add(
        Decision(
            comment_id=comment.id,
            revision=comment.revision,
            status=Status.HELD,
            actor=Actor.POLICY,
            reason="insult",
            reasons=WHY,
            decided_at=now,
        )
    )
    session.flush()
    return comment


def stored_score(session: Session, comment: Comment, *, insult: float, now: datetime) -> Score:
    """Store a score of the comment's newest text, by a model version that is made if need be."""
    version = session.scalar(select(ModelVersion).limit(1))
    if version is None:
        digest = "sha256:" + "0" * 64
        session.add(Artifact(digest=digest, content=b"", created_at=now))
        session.flush()
        version = ModelVersion(
            digest=digest, name="first", state=State.CHAMPION, info={}, created_at=now
        )
        session.add(version)
        session.flush()
    score = Score(
        comment_id=comment.id,
        revision=comment.revision,
        model_version_id=version.id,
        language=Language.ENGLISH,
        language_probability=0.9,
        toxicity=0.5,
        insult=insult,
        scored_at=now,
    )
    session.add(score)
    session.flush()
    return score
