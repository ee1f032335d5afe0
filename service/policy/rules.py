"""From evidence to a ruling: pure, total and ordered, so that it can be proved.

Each rule looks at the evidence by itself and finds reasons; the strictest outcome wins, so the
order of the rules does not matter. Silence is not approval: where nothing could be judged, the
site's degradation choice decides, and it says hold unless the site has chosen otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType

from ml.labels import Label

URGENCY_UNKNOWN = 0.5


class Outcome(IntEnum):
    """What is to be done with a comment; stricter is greater."""

    APPROVE = 0
    HOLD = 1
    REJECT = 2


class Mode(StrEnum):
    """Whether a comment may be published before a person has seen it."""

    POST_MODERATION = "post_moderation"
    PRE_MODERATION = "pre_moderation"


class Degradation(StrEnum):
    """What happens to a comment that could not be judged."""

    HOLD = "hold"
    APPROVE = "approve"
    APPROVE_TRUSTED = "approve_trusted"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability of ``label`` a comment is held, and from which it is rejected.

    None is never. A comment below both is not kept back by this label.
    """

    label: Label
    hold: float | None = None
    reject: float | None = None

    def __post_init__(self) -> None:
        given = [limit for limit in (self.hold, self.reject) if limit is not None]
        if not given or not all(0 <= limit <= 1 for limit in given):
            raise ValueError("a threshold has a hold or a reject, each between 0 and 1")
        if given != sorted(given):
            raise ValueError("hold must not be above reject")

    def outcome(self, score: float) -> Outcome:
        if self.reject is not None and score >= self.reject:
            return Outcome.REJECT
        if self.hold is not None and score >= self.hold:
            return Outcome.HOLD
        return Outcome.APPROVE


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site wants done.

    ``trusted_from``: an author with at least so many approved comments, and none rejected, is
    trusted where the degradation is `approve_trusted`.
    """

    thresholds: tuple[Threshold, ...] = ()
    mode: Mode = Mode.POST_MODERATION
    degradation: Degradation = Degradation.HOLD
    trusted_from: int = 5

    def __post_init__(self) -> None:
        if len({each.label for each in self.thresholds}) < len(self.thresholds):
            raise ValueError("one threshold for each label")
        if self.trusted_from < 1:
            raise ValueError("trust takes at least one approved comment")


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What became of the author's comments on this site."""

    approved: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a comment when it is ruled on.

    ``scores`` holds the labels that the model supports in the text's language; it is None when no
    score could be had at all.
    """

    scores: Mapping[Label, float] | None
    author: AuthorRecord = field(default_factory=AuthorRecord)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code and a sentence, the outcome it asks for, and how much it weighs."""

    outcome: Outcome
    code: str
    sentence: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome, every reason that contributed with the strictest first, and the urgency.

    ``urgency``, in [0, 1], orders what waits for a person: the highest probability of any harm.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    urgency: float


def rule(policy: Policy, evidence: Evidence) -> Ruling:
    """Return the strictest outcome that any rule asks for."""
    judged = _judged(policy, evidence)
    found = [*_by_scores(judged), *_by_silence(policy, evidence, judged)]
    outcome = max((reason.outcome for reason in found), default=Outcome.APPROVE)
    if outcome is Outcome.APPROVE and policy.mode is Mode.PRE_MODERATION:
        found.append(_PRE_MODERATION)
        outcome = Outcome.HOLD
    if not found:
        return Ruling(outcome, _CLEAR, _urgency(judged))
    found.sort(key=lambda reason: (-reason.outcome, -reason.weight, reason.code))
    return Ruling(outcome, tuple(found), _urgency(judged))


_CLEAR = (Reason(Outcome.APPROVE, "clear", "No score reaches what this site holds or rejects."),)
_PRE_MODERATION = Reason(
    Outcome.HOLD, "pre_moderation", "On this site a person sees every comment before readers do."
)
_PAST = MappingProxyType({Outcome.HOLD: "held", Outcome.REJECT: "rejected"})


def _judged(policy: Policy, evidence: Evidence) -> list[tuple[Threshold, float]]:
    """Return each threshold with its score; a label not supported in the language is inactive."""
    scores = evidence.scores or {}
    return [(each, scores[each.label]) for each in policy.thresholds if each.label in scores]


def _by_scores(judged: list[tuple[Threshold, float]]) -> Iterator[Reason]:
    for threshold, score in judged:
        outcome = threshold.outcome(score)
        if outcome is not Outcome.APPROVE:
            yield _score_reason(threshold, score, outcome)


def _score_reason(threshold: Threshold, score: float, outcome: Outcome) -> Reason:
    limit = threshold.reject if outcome is Outcome.REJECT else threshold.hold
    name = threshold.label.replace("_", " ").capitalize()
    sentence = f"{name} scored {score:.2f}, and from {limit:.2f} a comment is {_PAST[outcome]}."
    return Reason(outcome, f"score_{threshold.label}", sentence, weight=score)


def _by_silence(
    policy: Policy, evidence: Evidence, judged: list[tuple[Threshold, float]]
) -> Iterator[Reason]:
    if judged:
        return
    code, what = (
        ("no_score", "No score could be had in time")
        if evidence.scores is None
        else ("nothing_judged", "No score that this site goes by exists in the text's language")
    )
    if _is_approved_in_silence(policy, evidence.author):
        yield Reason(Outcome.APPROVE, code, f"{what}, and the site then approves.")
    else:
        yield Reason(Outcome.HOLD, code, f"{what}, so a person decides.")


def _is_approved_in_silence(policy: Policy, author: AuthorRecord) -> bool:
    if policy.degradation is Degradation.APPROVE_TRUSTED:
        return author.rejected == 0 and author.approved >= policy.trusted_from
    return policy.degradation is Degradation.APPROVE


def _urgency(judged: list[tuple[Threshold, float]]) -> float:
    return max((score for _, score in judged), default=URGENCY_UNKNOWN)
