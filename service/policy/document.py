"""A policy as it is stored and as it crosses HTTP, checked field by field."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from ml.labels import Label
from service.policy.rules import Degradation, Mode, Policy, Threshold

Probability = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


class _Document(BaseModel):
    # A misspelt field would be a rule that the site believes in and that does not exist.
    model_config = ConfigDict(extra="forbid", frozen=True)


class ThresholdDocument(_Document):
    """From which probability of a label a comment is held, and from which it is rejected."""

    hold: Annotated[
        Probability | None,
        Field(description="Held from this probability upwards; null: never.", examples=[0.4]),
    ] = None
    reject: Annotated[
        Probability | None,
        Field(
            description="Rejected from this probability upwards; null: never.",
            examples=[0.97],
            validate_default=True,
        ),
    ] = None

    @field_validator("reject")
    @classmethod
    def _is_in_order(cls, reject: float | None, info: ValidationInfo) -> float | None:
        if "hold" not in info.data:
            return reject
        hold = info.data["hold"]
        if hold is None and reject is None:
            raise ValueError("must be given where hold is not: or leave the label out")
        if hold is not None and reject is not None and reject < hold:
            raise ValueError(f"must not be below hold, which is {hold}")
        return reject


class Thresholds(_Document):
    """A threshold for each label that the site goes by; a label without one is ignored."""

    toxicity: ThresholdDocument | None = None
    severe_toxicity: ThresholdDocument | None = None
    insult: ThresholdDocument | None = None
    threat: ThresholdDocument | None = None
    identity_attack: ThresholdDocument | None = None
    obscenity: ThresholdDocument | None = None
    sexual: ThresholdDocument | None = None
    spam: ThresholdDocument | None = None

    @classmethod
    def same_for_all(cls, *, hold: float | None, reject: float | None) -> Self:
        one = {"hold": hold, "reject": reject}
        return cls.model_validate({label.value: one for label in Label})


class PolicyDocument(_Document):
    """What a site wants done with its comments."""

    thresholds: Annotated[
        Thresholds, Field(description="What the classifier's probabilities lead to, by label.")
    ]
    mode: Annotated[
        Mode,
        Field(description="`pre_moderation`: nothing is published before a person has seen it."),
    ] = Mode.POST_MODERATION
    degradation: Annotated[
        Degradation,
        Field(description="What happens to a comment that could not be judged."),
    ] = Degradation.HOLD
    trusted_from: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            strict=True,
            description=(
                "With `approve_trusted`: how many approved comments, and none rejected, make an "
                "author trusted."
            ),
        ),
    ] = 5

    def policy(self) -> Policy:
        """Return what ``rules.rule`` goes by."""
        given = {label: getattr(self.thresholds, label.value) for label in Label}
        return Policy(
            thresholds=tuple(
                Threshold(label, each.hold, each.reject)
                for label, each in given.items()
                if each is not None
            ),
            mode=self.mode,
            degradation=self.degradation,
            trusted_from=self.trusted_from,
        )
