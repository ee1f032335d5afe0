"""What crosses HTTP about decisions."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from ml.labels import Label
from service.comments.rules import BODY_MAX_CHARS
from service.comments.status import Status
from service.decisions.queries import Explained
from service.decisions.tables import Actor


class EditIn(BaseModel):
    """Another text for a comment."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[
        str,
        Field(
            description=f"The new text, 1 to {BODY_MAX_CHARS} characters, counted as when sent.",
            examples=["Islam is not the same thing as terrorism, whatever they say."],
        ),
    ]


class ReasonOut(BaseModel):
    """One reason that contributed."""

    code: Annotated[str, Field(description="Stable, for programs.")]
    sentence: Annotated[str, Field(description="For people.")]


class DecisionOut(BaseModel):
    """One decision on one text of a comment, and all that it rested on.

    What moderators note beside it is for themselves, and not for a site's key.
    """

    id: int
    revision: Annotated[int, Field(description="The number of the text that was decided.")]
    status: Status
    actor: Annotated[Actor, Field(description="Who or what decided.")]
    moderator_id: UUID | None
    reason: Annotated[str, Field(description="A stable code.")]
    reasons: Annotated[
        list[ReasonOut], Field(description="All that contributed, the strictest first.")
    ]
    policy_version: Annotated[
        int | None,
        Field(description="The version of the site's policy; 0 is the built-in one."),
    ]
    model_version: Annotated[str | None, Field(description="The digest of the classifier.")]
    scores: Annotated[
        dict[Label, float] | None, Field(description="The probabilities that it rested on.")
    ]
    decided_at: datetime

    @classmethod
    def of(cls, explained: Explained) -> Self:
        decision = explained.decision
        return cls(
            id=decision.id,
            revision=decision.revision,
            status=decision.status,
            actor=decision.actor,
            moderator_id=decision.moderator_id,
            reason=decision.reason,
            reasons=[ReasonOut.model_validate(each) for each in decision.reasons],
            policy_version=explained.policy_version,
            model_version=explained.model_version,
            scores=explained.scores,
            decided_at=decision.decided_at,
        )


class TrailOut(BaseModel):
    """Every decision on a comment, oldest first; the newest one is its status."""

    items: list[DecisionOut]
