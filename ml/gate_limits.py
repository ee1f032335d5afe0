"""What the gate asks of a challenger, in numbers. Pure, standard library only."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """What the gate asks for; a site may ask for more, never for less.

    Attributes:
        judged_min: so many of the site's newest decisions it takes to judge by.
        harmful_min: and so many of them against a comment.
        corpora_margin: on held-out texts of the public corpora, where these are installed, PR-AUC
            may fall by so much: a site's readers write otherwise.
        refresh_margin: a refresh that a person asked for may lose so much PR-AUC by chance.
        language_auc: no language may lose more ROC-AUC on the suites.
        language_held: nor have a larger additional share of its innocent cases held.
        group_gap: no identity group's innocent sentences may be held by so much more often.
        group_auc: nor may its subgroup or BPSN AUC fall by more (Borkan et al. 2019).
        calibration: the largest calibration error on the newest decisions.
        calibrated_min: so many decisions it takes to tell.
        bytes_max: the largest artifact.
        slower: the longest time to score, as a multiple of the champion's.
    """

    judged_min: int = 100
    harmful_min: int = 20
    corpora_margin: float = 0.05
    refresh_margin: float = 0.02
    language_auc: float = 0.03
    language_held: float = 0.02
    group_gap: float = 0.1
    group_auc: float = 0.05
    calibration: float = 0.1
    calibrated_min: int = 300
    bytes_max: int = 20 * 1024 * 1024
    slower: float = 1.5

    def is_as_strict_as(self, other: "Limits") -> bool:
        """Say whether all that this lets through, ``other`` lets through too."""
        return not self.looser_than(other)

    def looser_than(self, other: "Limits") -> list[str]:
        """Name the limits that let more through than those of ``other``."""
        return [
            each.name
            for each in fields(self)
            if _is_looser(each.name, getattr(self, each.name), getattr(other, each.name))
        ]

    def strictest(self, other: "Limits") -> "Limits":
        """Return the stricter of each pair of limits."""
        return Limits(
            **{
                each.name: getattr(
                    other
                    if _is_looser(each.name, getattr(self, each.name), getattr(other, each.name))
                    else self,
                    each.name,
                )
                for each in fields(self)
            }
        )


# Of these, more is stricter.
_FLOORS = frozenset({"judged_min", "harmful_min"})


def _is_looser(name: str, one: float, other: float) -> bool:
    return one < other if name in _FLOORS else one > other
