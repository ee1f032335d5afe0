"""So that nobody dominates: how much all labels of one author, one text or one sender count. Pure.

Whoever writes the same comment a hundred times, or marks a hundred comments in an afternoon, has
said much, but must not be the one from whom the classifier learns what abuse is.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

_ROUNDS = 50
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Cap:
    """A holder's examples count at most ``share`` of all, but ``floor`` in any case."""

    share: float
    floor: float

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.floor <= 0:
            raise ValueError("a cap has a share above 0, at most 1, and a floor above 0")


@dataclass(frozen=True, slots=True)
class Caps:
    """How much each kind of holder may count; weights are in moderators' single decisions.

    A site where one person moderates learns from that person alone; hence the high floor.
    """

    author: Cap = Cap(share=0.01, floor=10.0)
    text: Cap = Cap(share=0.005, floor=3.0)
    moderator: Cap = Cap(share=0.5, floor=3000.0)
    other_sender: Cap = Cap(share=0.2, floor=200.0)


def capped(
    weights: Sequence[float], holders: Sequence[Hashable | None], caps: Sequence[Cap]
) -> list[float]:
    """Return the weights, those of a holder scaled down alike where together they are too much.

    Args:
        weights: one for each example, none negative.
        holders: who holds it; None: nobody, so that nothing caps it.
        caps: the cap of each example's holder.

    Shares are of what is left after capping, so that capping one does not lift another over its
    own cap.
    """
    of_holder: dict[Hashable, list[int]] = defaultdict(list)
    for row, holder in enumerate(holders):
        if holder is not None:
            of_holder[holder].append(row)
    found = list(weights)
    for _ in range(_ROUNDS):
        total, is_settled = sum(found), True
        for rows in of_holder.values():
            cap = caps[rows[0]]
            held, most = sum(found[row] for row in rows), max(cap.floor, cap.share * total)
            if held > most * (1 + _CLOSE):
                is_settled = False
                for row in rows:
                    found[row] *= most / held
        if is_settled:
            break
    return found
