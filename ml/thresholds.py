"""Operating points: a wish said as a sentence, solved for a threshold that can be trusted.

"Reject by itself only where at least 97 of 100 would be rejected" and "publish by itself as long
as at most 1 in 100 would not have been" are promises about what has not been seen yet. So a
threshold is taken only if the promise holds with confidence: an exact one-sided binomial bound
(Clopper and Pearson 1934), divided among the candidates tried (Bonferroni), so that picking the
best of many does not flatter. Pure, standard library only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95


class Automatic(StrEnum):
    """What is done without a person."""

    REJECT = "reject"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """How sure one must be to act without a person.

    ``share`` for reject: at least this share of what is rejected would have been rejected by a
    moderator; for approve: at most this share of what is approved would not have been approved.
    """

    automatic: Automatic
    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError("a share lies between 0 and 1, both excluded")

    def __str__(self) -> str:
        hundred = f"{self.share * 100:g}"
        if self.automatic is Automatic.REJECT:
            return f"reject where at least {hundred} of 100 would be rejected"
        return f"approve as long as at most {hundred} in 100 would not have been"

    @classmethod
    def parse(cls, sentence: str) -> "OperatingPoint":
        """Read what ``str`` wrote, whatever the case and spacing.

        Raises:
            ValueError: the sentence is neither of the two forms.
        """
        plain = " ".join(sentence.lower().split())
        for automatic, form in _FORMS.items():
            if said := form.fullmatch(plain):
                return cls(automatic, float(said[1]) / float(said[2]))
        raise ValueError(
            f"{sentence!r} is not an operating point; write for example "
            f"{str(DEFAULT_REJECT)!r} or {str(DEFAULT_APPROVE)!r}"
        )


_NUMBER = r"(\d+(?:\.\d+)?)"
_FORMS = {
    Automatic.REJECT: re.compile(
        rf"reject where at least {_NUMBER} (?:of|in) (\d+) would be rejected"
    ),
    Automatic.APPROVE: re.compile(
        rf"approve as long as at most {_NUMBER} (?:of|in) (\d+) would not have been"
    ),
}
DEFAULT_REJECT = OperatingPoint(Automatic.REJECT, 0.97)
DEFAULT_APPROVE = OperatingPoint(Automatic.APPROVE, 0.01)


@dataclass(frozen=True, slots=True)
class Solution:
    """A threshold and what it was shown to promise.

    Reject from ``threshold`` upwards, or approve below it; ``bound`` is the confident worst case
    of the share, ``observed`` the plain share among the ``count`` texts on the automatic side.
    """

    threshold: float
    bound: float
    observed: float
    count: int


def solve(
    point: OperatingPoint,
    scores: Sequence[float],
    rejected: Sequence[bool],
    *,
    prevalence: float | None = None,
    confidence: float = CONFIDENCE,
) -> Solution | None:
    """Return the threshold that automates most with the promise kept, or None if there is none.

    Args:
        point: the promise.
        scores: one per text, in [0, 1].
        rejected: whether a moderator would reject it.
        prevalence: share of texts a moderator would reject where the threshold will be used, if it
            differs from that among ``rejected``; rates are then bounded apart and put together.
        confidence: of the bound, over all candidates together.

    Raises:
        ValueError: the lengths differ, or a share or confidence is out of range.
    """
    if len(scores) != len(rejected):
        raise ValueError("one truth per score")
    if not 0 < confidence < 1 or (prevalence is not None and not 0 < prevalence < 1):
        raise ValueError("confidence and prevalence lie between 0 and 1, both excluded")
    ordered = _ordered(point, scores, rejected)
    cuts = list(_cuts(ordered))
    shown: Solution | None = None
    for cut in cuts:
        candidate = _candidate(
            point, ordered, cut, prevalence=prevalence, doubt=(1 - confidence) / len(cuts)
        )
        if _holds(point, candidate):
            shown = candidate
    return shown


_Ordered = list[tuple[float, bool]]


def _ordered(point: OperatingPoint, scores: Sequence[float], rejected: Sequence[bool]) -> _Ordered:
    """Put those that would be automated first in front."""
    descending = point.automatic is Automatic.REJECT
    pairs = zip(map(float, scores), map(bool, rejected), strict=True)
    return sorted(pairs, key=lambda pair: pair[0], reverse=descending)


def _cuts(ordered: _Ordered) -> Iterator[int]:
    """Yield sizes of the automatic side, each half as large again, never between equal scores."""
    size, last = 20.0, 0
    while size < len(ordered) * 1.5:
        cut = min(int(size), len(ordered))
        while cut < len(ordered) and ordered[cut][0] == ordered[cut - 1][0]:
            cut += 1
        if cut > last:
            yield cut
        last = max(cut, last)
        size *= 1.5


def _candidate(
    point: OperatingPoint,
    ordered: _Ordered,
    cut: int,
    *,
    prevalence: float | None,
    doubt: float,
) -> Solution:
    inside = sum(truth for _, truth in ordered[:cut])
    rejecting = point.automatic is Automatic.REJECT
    if prevalence is None:
        bound = lower_bound(inside, cut, doubt) if rejecting else upper_bound(inside, cut, doubt)
        observed = inside / cut
    else:
        positives = sum(truth for _, truth in ordered)
        counts = (inside, positives, cut - inside, len(ordered) - positives)
        observed = _share(_rate(*counts[:2]), _rate(*counts[2:]), prevalence)
        bound = _bound_at(counts, prevalence, doubt / 2, rejecting=rejecting)
    return Solution(
        threshold=_threshold(point, ordered, cut), bound=bound, observed=observed, count=cut
    )


def _threshold(point: OperatingPoint, ordered: _Ordered, cut: int) -> float:
    if point.automatic is Automatic.REJECT:
        return ordered[cut - 1][0]
    # Approve strictly below: the next score that stays with a person, or just past the last one.
    return ordered[cut][0] if cut < len(ordered) else 1.0


def _rate(count: int, total: int) -> float:
    return count / total if total else 0.0


def _share(hit: float, false: float, prevalence: float) -> float:
    caught = prevalence * hit
    everything = caught + (1 - prevalence) * false
    return caught / everything if everything else 0.0


def _bound_at(
    counts: tuple[int, int, int, int], prevalence: float, doubt: float, *, rejecting: bool
) -> float:
    inside, positives, false, negatives = counts
    if rejecting:
        hit, wrong = lower_bound(inside, positives, doubt), upper_bound(false, negatives, doubt)
    else:
        hit, wrong = upper_bound(inside, positives, doubt), lower_bound(false, negatives, doubt)
    return _share(hit, wrong, prevalence)


def _holds(point: OperatingPoint, candidate: Solution) -> bool:
    if point.automatic is Automatic.REJECT:
        return candidate.bound >= point.share
    return candidate.bound <= point.share


def lower_bound(successes: int, trials: int, doubt: float) -> float:
    """Return the Clopper–Pearson lower bound of a share at confidence 1 - ``doubt``, one-sided.

    Raises:
        ValueError: not 0 <= successes <= trials.
    """
    _check(successes, trials)
    if successes == 0:
        return 0.0
    return _beta_quantile(doubt, successes, trials - successes + 1)


def upper_bound(successes: int, trials: int, doubt: float) -> float:
    """Return the Clopper–Pearson upper bound of a share at confidence 1 - ``doubt``, one-sided.

    Raises:
        ValueError: not 0 <= successes <= trials.
    """
    return 1.0 - lower_bound(trials - successes, trials, doubt)


def _check(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """Invert the regularised incomplete beta function by bisection, to 1e-12."""
    low, high = 0.0, 1.0
    while high - low > 1e-12:  # noqa: PLR2004
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return low


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b).

    Source: Abramowitz and Stegun 26.5.8, by the continued fraction, evaluated by Lentz's method.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1 - x, b, a)
    front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a
    return front * _continued_fraction(x, a, b)


def _continued_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1.0 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1.0 / _away_from_zero(1 + step * d, tiny)
            c = _away_from_zero(1 + step / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-14:  # noqa: PLR2004
            break
    return value


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
