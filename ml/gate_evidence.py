"""What the gate looks at: how champion and challenger compare. Pure, standard library only."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of both models, and the interval of challenger less champion."""

    champion: float
    challenger: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.challenger - self.champion


@dataclass(frozen=True, slots=True)
class OnDecisions:
    """What was measured on decisions; ``workload`` is the share left to people at fixed errors."""

    texts: int
    harmful: int
    pr_auc: Compared | None
    workload: Compared | None
    calibration: Compared | None


@dataclass(frozen=True, slots=True)
class InLanguage:
    """How both fare on the suites of one language."""

    language: str
    auc: Compared
    innocent_held: Compared


@dataclass(frozen=True, slots=True)
class OfGroup:
    """How both fare on the sentences of one identity group, within its language.

    Pairs are (champion, challenger); ``innocent`` are so many sentences; intervals are of the
    difference, at 95 %.
    """

    language: str
    group: str
    innocent: int
    innocent_held: tuple[float, float]
    subgroup_auc: tuple[float, float]
    subgroup_interval: tuple[float, float]
    bpsn_auc: tuple[float, float]
    bpsn_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the gate looks at; pairs are (champion, challenger).

    ``failed``: the must-pass texts that the challenger would hold; ``failed_unquoted``: so many
    more, which belong to one site and are not for the readers of another.
    """

    decisions: OnDecisions
    audit: OnDecisions | None
    corpora: OnDecisions | None
    languages: Sequence[InLanguage]
    groups: Sequence[OfGroup]
    failed: Sequence[str]
    size: tuple[int, int]
    seconds: tuple[float, float]
    failed_unquoted: int = 0
