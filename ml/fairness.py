"""How unevenly false alarms fall on identity groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ml.evaluate import Report
from ml.labels import Language
from ml.suites.load import Suite


@dataclass(frozen=True, slots=True)
class Unevenness:
    """False alarms in one language at the hold thresholds.

    Attributes:
        language: of the sentences.
        calm_held: the share of all calm sentences of the identity suite that is held.
        gaps: by group, the share of its calm sentences that is held, less ``calm_held``.
    """

    language: Language
    calm_held: float
    gaps: Mapping[str, float]

    @property
    def difference(self) -> float:
        """Return the false positive equality difference, 0 where all groups fare alike.

        Source: Dixon et al. 2018, "Measuring and Mitigating Unintended Bias", section 4.3.
        """
        return sum(abs(gap) for gap in self.gaps.values())

    @property
    def widest(self) -> str:
        """Return the group with the widest gap, the first by name of several."""
        return max(sorted(self.gaps), key=lambda group: abs(self.gaps[group]))


def unevenness(report: Report) -> Sequence[Unevenness]:
    """Return how false alarms fall in each language whose calm identity sentences were measured."""
    calm_held = {
        one.language: one.held_wrongly
        for one in report.suites
        if one.suite is Suite.IDENTITY and one.part == "all" and one.held_wrongly is not None
    }
    return [
        Unevenness(
            language,
            held,
            {
                one.group: one.false_positives - held
                for one in report.groups
                if one.language is language
            },
        )
        for language, held in calm_held.items()
        if any(one.language is language for one in report.groups)
    ]
