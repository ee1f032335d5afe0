"""What a site may want of learning: when, how strict, and which texts must always pass."""

from dataclasses import asdict, fields, replace
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from ml.gate_limits import Limits
from service.errors import FieldProblem
from service.learning.errors import PlanInvalid
from service.learning.schedule import ScheduleInvalid, parse

MUST_PASS_MAX = 200
TEXT_MAX_CHARS = 1500
GATE = Limits()
TOO_LOOSE: Final = "must be as strict as what is built in, which is {limit}"


class GateWish(BaseModel):
    """Limits of the gate, stricter than the built-in ones; what is null stays as it is built in.

    They have ends, because sites that share a model share the strictest of their limits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    judged_min: Annotated[
        int | None,
        Field(ge=0, le=10_000, description="So many newest decisions it takes to judge by."),
    ] = None
    harmful_min: Annotated[
        int | None, Field(ge=0, le=2_000, description="And so many rejections.")
    ] = None
    refresh_margin: Annotated[
        float | None, Field(ge=0, description="PR-AUC that a refresh may lose by chance.")
    ] = None
    language_auc: Annotated[
        float | None, Field(ge=0, description="ROC-AUC that a language may lose on the suites.")
    ] = None
    language_held: Annotated[
        float | None,
        Field(
            ge=0, description="Share of a language's innocent cases that may be held in addition."
        ),
    ] = None
    group_gap: Annotated[
        float | None,
        Field(ge=0, description="And of an identity group's innocent sentences."),
    ] = None
    group_auc: Annotated[
        float | None,
        Field(ge=0, description="Subgroup or BPSN AUC that an identity group may lose."),
    ] = None
    calibration: Annotated[
        float | None,
        Field(ge=0.01, description="Largest calibration error on the newest decisions."),
    ] = None
    calibrated_min: Annotated[
        int | None, Field(ge=100, description="So many decisions it takes to tell that error.")
    ] = None
    bytes_max: Annotated[
        int | None, Field(ge=8_000_000, description="Largest artifact, in bytes.")
    ] = None
    slower: Annotated[
        float | None, Field(ge=1, description="Longest time to score, in champions'.")
    ] = None

    def limits(self) -> Limits:
        """Return the limits that are asked for.

        Raises:
            PlanInvalid: one is looser than what is built in.
        """
        given = {name: value for name, value in self.model_dump().items() if value is not None}
        wanted = replace(GATE, **given)
        looser = wanted.looser_than(GATE)
        problems = [_too_loose(name) for name in looser]
        if problems:
            raise PlanInvalid(problems)
        return wanted


def _too_loose(name: str) -> FieldProblem:
    built_in = asdict(GATE)[name]
    return FieldProblem(f"/gate/{name}", TOO_LOOSE.format(limit=f"{built_in:g}"))


MustPass = Annotated[str, Field(min_length=1, max_length=TEXT_MAX_CHARS)]


class PlanDocument(BaseModel):
    """A site's plan for learning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schedule: Annotated[
        str | None,
        Field(
            max_length=100,
            description=(
                "When to retrain, as cron writes it, in UTC: minute, hour, day of month, month,"
                " day of week. Null: as the installation's settings say; `never` is never."
            ),
            examples=["30 2 * * *"],
        ),
    ] = None
    own_model: Annotated[
        bool,
        Field(
            description=(
                "Whether the site gets a model of its own once it has examples enough; until then,"
                " and without, it shares one with the other sites."
            )
        ),
    ] = True
    gate: Annotated[GateWish, Field(description="Stricter limits of the gate.")] = GateWish()
    must_pass: Annotated[
        tuple[MustPass, ...],
        Field(
            max_length=MUST_PASS_MAX,
            description="Texts that no model of the site may hold, beside the built-in ones.",
            examples=[["Our mayor is a Tatar, and a good one."]],
        ),
    ] = ()

    def checked(self) -> "PlanDocument":
        """Return the plan, if it can be followed.

        Raises:
            PlanInvalid: the schedule is none, or a limit is looser than what is built in.
        """
        self.gate.limits()
        if self.schedule is not None:
            try:
                parse(self.schedule)
            except ScheduleInvalid as error:
                raise PlanInvalid([FieldProblem("/schedule", str(error))]) from error
        return self


def built_in_gate() -> dict[str, Any]:
    """Return the built-in limits by name."""
    return {each.name: getattr(GATE, each.name) for each in fields(GATE)}
