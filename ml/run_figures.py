"""What a run's report says in every form: what the run is about, and the figures in words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from ml.comparison import average_precision, compare, harm
from ml.defaults import as_plain
from ml.duel import Contest, Duel
from ml.gate import Verdict
from ml.gate_evidence import Compared
from ml.labels import Language
from ml.thresholds import lower_bound, upper_bound

LANGUAGE_MIN = 20  # decisions of each kind, by which a language is told apart


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of its run beside what was measured.

    ``facts`` are those of the snapshot; ``lineage`` what the challenger was made of.
    """

    version: str
    champion: str
    name: str
    facts: Mapping[str, object]
    lineage: Mapping[str, object]
    supported: Mapping[str, Sequence[str]]
    judging_ids: Sequence[str]


def figures(found: Duel, verdict: Verdict) -> dict[str, object]:
    """Return all that was measured, as JSON can hold it."""
    evidence = asdict(found.evidence)
    return {
        **evidence,
        "by_language": [asdict(each) for each in by_language(found.decisions)],
        "thresholds": {
            name: as_plain(limits)
            for name, limits in zip(("champion", "challenger"), found.thresholds, strict=True)
        },
        "passed": verdict.is_passed,
    }


@dataclass(frozen=True, slots=True)
class Spoken:
    """How both fare on the decisions in one language."""

    language: str
    texts: int
    harmful: int
    pr_auc: Compared


def by_language(contest: Contest) -> list[Spoken]:
    """Compare on each language of which there is enough to tell."""
    spoken = np.array([language.value for language in contest.data.languages])
    found = []
    for language in Language:
        inside = spoken == language.value
        truths = contest.truths[inside]
        if min(truths.sum(), (~truths).sum()) < LANGUAGE_MIN:
            continue
        apart = compare(
            average_precision,
            harm(contest.champion[inside]),
            harm(contest.challenger[inside]),
            truths,
            weights=contest.data.weights[inside],
            groups=[
                group for group, is_in in zip(contest.data.groups, inside, strict=True) if is_in
            ],
            seed=0,
        )
        difference = apart.difference
        compared = Compared(apart.champion, apart.challenger, difference.low, difference.high)
        found.append(Spoken(language.value, len(truths), int(truths.sum()), compared))
    return found


def side_by_side(found: Compared) -> tuple[str, str, str]:
    """Return what the champion and the challenger reach, and the difference with its interval."""
    change = f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
    return f"{found.champion:.3f}", f"{found.challenger:.3f}", change


def with_interval(share: float, total: int) -> str:
    """Return a share of ``total`` texts with its interval, at 95 %."""
    count = round(share * total)
    low, high = lower_bound(count, total, 0.025), upper_bound(count, total, 0.025)
    return f"{share:.3f} ({low:.3f} to {high:.3f})"
