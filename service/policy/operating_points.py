"""A site's operating points: which errors it accepts, turned into thresholds and what they cost.

Solved from labelled scores of the live model version (``ml.thresholds``), so that a new version
with other scores changes the thresholds and not what the site asked for. Where a site has too few
decisions of its own to prove anything, the labelled scores of the bundled evaluation serve, and
the answer says so. Where these say nothing either, the model version's own advice is taken, which
promises nothing. Pure.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, log
from types import MappingProxyType

from ml.labels import Label, Language
from ml.thresholds import CONFIDENCE, Automatic, OperatingPoint, Solution, solve
from service.policy.outcomes import Outcome
from service.policy.point_sentences import POINTS, Source
from service.policy.rules import Threshold

# With twice as many as a perfect record takes, some room is left for errors.
_PERFECT_RECORDS = 2
# What is assumed of a site that cannot tell yet what share it rejects: the worse for the promise.
_SHARE_REJECTED = MappingProxyType({Automatic.REJECT: 0.02, Automatic.APPROVE: 0.20})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a site asks for a label in a language."""

    label: Label
    language: Language
    point: OperatingPoint


@dataclass(frozen=True, slots=True)
class LabelledScore:
    """What the live model version gives a text, and whether a moderator rejected it."""

    label: Label
    language: Language
    score: float
    rejected: bool


@dataclass(frozen=True, slots=True)
class Solved:
    """A wish and its threshold; without a solution nothing is done automatically.

    ``own`` counts the site's decisions that bear on the wish, and ``enough`` are so many.
    ``advised`` is the threshold of a source that only advises.
    """

    wish: Wish
    solution: Solution | None
    source: Source
    own: int
    enough: int
    advised: float | None = None

    @property
    def threshold(self) -> float | None:
        return self.advised if self.solution is None else self.solution.threshold

    @property
    def sentence(self) -> str:
        """Say in words from what the threshold was solved, and what was shown."""
        basis, solved, none = POINTS[self.wish.point.automatic][self.source]
        told = basis.format(own=f"{self.own:,}", needed=f"{self.enough:,}")
        if self.threshold is None:
            return told + none
        values = (
            {}
            if self.solution is None
            else {
                "observed": f"{self.solution.observed * 100:.1f}",
                "bound": f"{self.solution.bound * 100:.1f}",
            }
        )
        return told + solved.format(threshold=f"{self.threshold:.3f}", **values)


def enough(point: OperatingPoint, *, confidence: float = CONFIDENCE) -> int:
    """Return how many decisions of the wished kind could prove the promise."""
    share = point.share if point.automatic is Automatic.REJECT else 1 - point.share
    return _PERFECT_RECORDS * ceil(log(1 - confidence) / log(share))


def _nothing(_: Language) -> tuple[Threshold, ...]:
    return ()


def solve_wishes(
    wishes: Iterable[Wish],
    *,
    own: Sequence[LabelledScore],
    bundled: Sequence[LabelledScore],
    share_rejected: float | None = None,
    advised: Callable[[Language], Iterable[Threshold]] = _nothing,
    confidence: float = CONFIDENCE,
) -> tuple[Solved, ...]:
    """Return each wish with its threshold.

    Args:
        wishes: what the site asks for.
        own: the site's, a fair sample of what it receives: held comments alone are not.
        bundled: the evaluation's that came with the model version.
        share_rejected: of the site's comments, by its moderators, for use with ``bundled``, where
            abuse is much more common than in life; None if nobody knows.
        advised: thresholds in a language for labels of which there are no bundled scores.
        confidence: of every bound.
    """
    by_own, by_bundled = _grouped(own), _grouped(bundled)
    solved = []
    for wish in wishes:
        key = (wish.label, wish.language)
        mine, wanted = by_own.get(key, []), enough(wish.point, confidence=confidence)
        rejecting = wish.point.automatic is Automatic.REJECT
        count = sum(one.rejected is rejecting for one in mine)
        source = Source.OWN if count >= wanted else Source.BUNDLED
        prevalence = None
        if source is Source.BUNDLED:
            prevalence = share_rejected or _SHARE_REJECTED[wish.point.automatic]
        sample = mine if source is Source.OWN else by_bundled.get(key, [])
        if not sample:
            advice = {each.label: each for each in advised(wish.language)}
            limit = _advised(advice.get(wish.label), wish.point.automatic)
            solved.append(Solved(wish, None, Source.ADVISED, count, wanted, limit))
            continue
        solution = _solution(wish.point, sample, prevalence, confidence)
        solved.append(Solved(wish, solution, source, count, wanted))
    return tuple(solved)


def _advised(advice: Threshold | None, automatic: Automatic) -> float | None:
    if advice is None:
        return None
    # What is not held is published, so the limit of publishing is where holding begins.
    return advice.reject if automatic is Automatic.REJECT else advice.hold


_Grouped = dict[tuple[Label, Language], list[LabelledScore]]


def _grouped(scores: Iterable[LabelledScore]) -> _Grouped:
    groups: _Grouped = {}
    for one in scores:
        groups.setdefault((one.label, one.language), []).append(one)
    return groups


def _solution(
    point: OperatingPoint,
    sample: Sequence[LabelledScore],
    prevalence: float | None,
    confidence: float,
) -> Solution | None:
    if not sample:
        return None
    scores = [one.score for one in sample]
    rejected = [one.rejected for one in sample]
    return solve(point, scores, rejected, prevalence=prevalence, confidence=confidence)


def thresholds(solved: Iterable[Solved], language: Language) -> tuple[Threshold, ...]:
    """Return what ``rules.rule`` goes by in a language.

    Where a wish to approve is not solved all is held; where one to reject is not, none is rejected.
    """
    hold: dict[Label, float] = {}
    reject: dict[Label, float] = {}
    for each in solved:
        if each.wish.language is not language:
            continue
        if each.wish.point.automatic is Automatic.APPROVE:
            hold[each.wish.label] = 0.0 if each.threshold is None else each.threshold
        elif each.threshold is not None:
            reject[each.wish.label] = each.threshold
    for label, limit in reject.items():
        if label in hold:
            hold[label] = min(hold[label], limit)
    labels = sorted(hold.keys() | reject.keys())
    return tuple(Threshold(label, hold.get(label), reject.get(label)) for label in labels)


@dataclass(frozen=True, slots=True)
class ScoredComment:
    """A comment of the site as the live model version sees it."""

    language: Language
    scores: Mapping[Label, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """What thresholds cost: shares of all comments, which sum to 1, and the work that is left."""

    approved: float
    rejected: float
    held: float
    held_per_day: float
    hours_per_day: float

    @property
    def settled(self) -> float:
        """The share that no person has to look at."""
        return self.approved + self.rejected


def cost(
    solved: Sequence[Solved],
    comments: Sequence[ScoredComment],
    *,
    per_day: float,
    pace: timedelta,
) -> Cost:
    """Return what the thresholds would do to the site's comments.

    Args:
        solved: thresholds.
        comments: a fair sample of the site's, at least one.
        per_day: how many the site receives.
        pace: what its moderators take for one.

    Raises:
        ValueError: there is no comment to judge by.
    """
    if not comments:
        raise ValueError("without comments nobody can tell what a policy costs")
    by_language = {language: thresholds(solved, language) for language in Language}
    outcomes = [settle(by_language[one.language], one.scores) for one in comments]
    shares = {outcome: outcomes.count(outcome) / len(outcomes) for outcome in Outcome}
    held_per_day = shares[Outcome.HOLD] * per_day
    return Cost(
        approved=shares[Outcome.APPROVE],
        rejected=shares[Outcome.REJECT],
        held=shares[Outcome.HOLD],
        held_per_day=held_per_day,
        hours_per_day=held_per_day * pace.total_seconds() / 3600,
    )


def settle(limits: Iterable[Threshold], scores: Mapping[Label, float]) -> Outcome:
    """Return the strictest outcome by scores alone; what no threshold judges is held."""
    judged = [each.outcome(scores[each.label]) for each in limits if each.label in scores]
    return max(judged, default=Outcome.HOLD)
