"""What a few judgements say about all decisions, with how sure that is. Pure.

Each judged decision was drawn with a known probability, so it stands for one over that many. Shares
are estimated so (Horvitz and Thompson 1952; as a ratio, Hájek 1971) and bounded exactly, also where
nothing or all was found (Clopper and Pearson 1934). A bootstrap would say of a sample without any
error that there is none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import numpy as np

from ml.thresholds import beta_cdf
from service.comments.status import Status

CONFIDENCE: Final = 0.95
_ROUNDS: Final = 2000
_PRECISION: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a person said of a comment that was drawn, without knowing what had been decided.

    ``reason`` is a code of the site's list, None for an approval.
    """

    comment_id: UUID
    moderator_id: UUID
    status: Status
    reason: str | None
    judged_at: datetime
    revision: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One judged decision: for how many it stands, and whether what is asked about is so."""

    weight: float
    is_so: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in [0, 1] with its interval, from ``count`` judgements; None where there is none."""

    value: float | None
    low: float
    high: float
    count: int


UNKNOWN: Final = Estimate(None, 0.0, 1.0, 0)


def share(drawn: Sequence[Drawn], *, confidence: float = CONFIDENCE) -> Estimate:
    """Return the share of all decisions of which it is so.

    Where the weights differ, the sample tells as much as a smaller one with equal weights would
    (Kish 1965, section 11.7), and the bounds are those of that one (Korn and Graubard 1998). With
    equal weights they are Clopper and Pearson's own.
    """
    if not drawn:
        return UNKNOWN
    total = sum(each.weight for each in drawn)
    value = sum(each.weight for each in drawn if each.is_so) / total
    effective = total**2 / sum(each.weight**2 for each in drawn)
    doubt = (1 - confidence) / 2
    return Estimate(
        value=value,
        low=lower_bound(value * effective, effective, doubt),
        high=1 - lower_bound((1 - value) * effective, effective, doubt),
        count=len(drawn),
    )


def lower_bound(successes: float, trials: float, doubt: float) -> float:
    """Return the Clopper–Pearson lower bound of a share, also for counts that are not whole."""
    if successes <= _PRECISION:
        return 0.0
    low, high = 0.0, 1.0
    while high - low > _PRECISION:
        middle = (low + high) / 2
        if beta_cdf(middle, successes, trials - successes + 1) < doubt:
            low = middle
        else:
            high = middle
    return low


def total(weights: Iterable[float]) -> float:
    """Return how many decisions these stand for (Horvitz and Thompson 1952)."""
    return sum(weights)


@dataclass(frozen=True, slots=True)
class Stream:
    """What became of a site's comments in some time.

    Attributes:
        rejected: judged automatic rejections; so is one that a person rejects too.
        approved: judged automatic approvals; so is one that a person would have rejected.
        rejected_count: how many automatic rejections there were.
        approved_count: how many automatic approvals there were.
        held_rejected: how many held comments people rejected.
        held_approved: how many held comments people approved.
    """

    rejected: Sequence[Drawn]
    approved: Sequence[Drawn]
    rejected_count: float
    approved_count: float
    held_rejected: int
    held_approved: int


def recall(stream: Stream) -> Estimate:
    """Return the share of the comments that deserve rejection which were not published unseen.

    What was held and then rejected is known; what was rejected or approved automatically is bounded
    apart, each at half the doubt (Bonferroni), so both bounds hold together.
    """
    right, missed = _apart(stream)

    def caught(hit: float, miss: float) -> float | None:
        found = stream.held_rejected + stream.rejected_count * hit
        everything = found + stream.approved_count * miss
        return found / everything if everything else None

    return _combined(
        stream,
        (right, missed),
        value=caught(right.value or 0.0, missed.value or 0.0),
        low=caught(right.low, missed.high),
        high=caught(right.high, missed.low),
    )


def prevalence(stream: Stream) -> Estimate:
    """Return the share of all decided comments that deserve rejection; bounded as ``recall`` is."""
    right, missed = _apart(stream)
    held = stream.held_rejected + stream.held_approved
    everything = held + stream.rejected_count + stream.approved_count

    def deserving(hit: float, miss: float) -> float | None:
        found = stream.held_rejected + stream.rejected_count * hit + stream.approved_count * miss
        return found / everything if everything else None

    return _combined(
        stream,
        (right, missed),
        value=deserving(right.value or 0.0, missed.value or 0.0),
        low=deserving(right.low, missed.low),
        high=deserving(right.high, missed.high),
    )


def _apart(stream: Stream) -> tuple[Estimate, Estimate]:
    halved = 1 - (1 - CONFIDENCE) / 2
    return share(stream.rejected, confidence=halved), share(stream.approved, confidence=halved)


def _combined(
    stream: Stream,
    parts: tuple[Estimate, Estimate],
    *,
    value: float | None,
    low: float | None,
    high: float | None,
) -> Estimate:
    """Return what the two parts come to; nothing is known while one of them was never judged."""
    counts = (stream.rejected_count, stream.approved_count)
    is_judged = all(
        part.value is not None or not count for part, count in zip(parts, counts, strict=True)
    )
    if not is_judged or value is None or low is None or high is None:
        return UNKNOWN
    return Estimate(value, low, high, sum(part.count for part in parts))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people who judge the same comment say the same.

    ``same``: the share of comments on which all agree. ``alpha``: agreement beyond chance, 1 is
    perfect, 0 is chance; None where all verdicts are alike, so that chance says nothing.
    """

    same: Estimate
    alpha: float | None
    alpha_low: float | None
    alpha_high: float | None


def agreement(verdicts: Sequence[tuple[int, int]], *, seed: int) -> Agreement:
    """Return the agreement of people on comments that two or more of them judged.

    Args:
        verdicts: of each comment, how many would approve and how many would reject.
        seed: of the bootstrap over comments, by which alpha is bounded (percentiles).

    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", for nominal data.
    """
    units = [each for each in verdicts if sum(each) >= 2]  # noqa: PLR2004 - one agrees with itself
    same = share([Drawn(1.0, min(each) == 0) for each in units])
    alpha = _alpha(Counter(units))
    if alpha is None:
        return Agreement(same, None, None, None)
    kinds = Counter(units)
    chances = np.array(list(kinds.values())) / len(units)
    draws = np.random.default_rng(seed).multinomial(len(units), chances, size=_ROUNDS)
    again = [
        found
        for draw in draws.tolist()
        if (found := _alpha(dict(zip(kinds, draw, strict=True)))) is not None
    ]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(again, [tail, 100 - tail])
    return Agreement(same, alpha, float(low), float(high))


def _alpha(kinds: "Counter[tuple[int, int]] | dict[tuple[int, int], int]") -> float | None:
    """Return Krippendorff's alpha; ``kinds`` counts the comments by their two verdict counts."""
    approving = sum(a * n for (a, _), n in kinds.items())
    rejecting = sum(r * n for (_, r), n in kinds.items())
    if not approving or not rejecting:
        return None
    observed = sum(n * a * r / (a + r - 1) for (a, r), n in kinds.items())
    return 1 - (approving + rejecting - 1) * observed / (approving * rejecting)
