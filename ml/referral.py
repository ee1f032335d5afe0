"""Which texts are referred to the second tier: by a rule, which is kept in the artifact."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ml.labels import Language
from ml.language import LANGUAGES

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# So many n-grams are in a comment of some 150 characters.
USUAL_SIZE = 300
# A language with fewer calm texts has the bound of all languages together.
_CALM_MIN = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """A text is referred if its highest score lies within; below it is clear, above it is clear.

    The lower bound is the language's own, since scores of calm texts lie higher where comments
    are harder; a text in several languages has the mixture's. It falls with a text's length, since
    one abusive sentence among many moves the score less: of twice as many n-grams, the odds from
    which a text is referred are ``2 ** -length`` times as high.

    Attributes:
        lows: by language, of a text of ``USUAL_SIZE`` n-grams.
        high: from here on a text is surely abusive.
        length: how fast the lower bound falls; 0 for the same bound at any length.
    """

    lows: tuple[float, ...]
    high: float
    length: float = 0.0

    def __post_init__(self) -> None:
        if len(self.lows) != len(LANGUAGES):
            raise ValueError(f"A rule needs {len(LANGUAGES)} lower bounds, not {len(self.lows)}.")
        if not all(0 <= low < self.high <= 1 for low in self.lows):
            raise ValueError(f"A rule needs 0 <= low < high <= 1, not {self.lows} and {self.high}.")
        if self.length < 0:
            raise ValueError(f"A rule's length must not be negative, not {self.length}.")

    @classmethod
    def between(cls, low: float, high: float) -> "Rule":
        """Return the rule with one lower bound for every language, at any length."""
        return cls((low,) * len(LANGUAGES), high)

    def refers(
        self, probabilities: FloatArray, shares: FloatArray, sizes: npt.NDArray[np.int64]
    ) -> BoolArray:
        """Return which rows go to the second tier.

        Args:
            probabilities: shape (n, labels).
            shares: shape (n, len(Language)), how far each text is in each language.
            sizes: shape (n,), how many n-grams each text has.
        """
        lows = (shares * np.array(self.lows)).sum(axis=1)
        reached = at_usual_size(probabilities, sizes, self.length) >= lows
        return np.asarray(reached & (probabilities.max(axis=1) <= self.high))


def at_usual_size(
    probabilities: FloatArray, sizes: npt.NDArray[np.int64], length: float
) -> FloatArray:
    """Return the highest score of each row, shape (n,), as a rule's lower bounds ask for it."""
    highest = probabilities.max(axis=1)
    if not length:
        return np.asarray(highest, np.float64)
    longer = np.log(np.maximum(sizes, 1) / USUAL_SIZE)
    return np.asarray(expit(logit(highest) + length * longer), np.float64)


def rule_for(
    probabilities: FloatArray,
    targets: FloatArray,
    shares: FloatArray,
    sizes: npt.NDArray[np.int64],
    *,
    calm_referred: float | Mapping[Language, float],
    length: float = 0.0,
    high: float = 0.995,
) -> Rule:
    """Return the rule that refers the given share of texts without any known harm.

    Args:
        probabilities: shape (n, labels).
        targets: shape (n, labels), NaN where nobody knows.
        shares: shape (n, len(Language)).
        sizes: shape (n,), how many n-grams each text has.
        calm_referred: one share, or one for each language.
        length: how fast the lower bound falls with a text's length.
        high: from here on a text is surely abusive.

    Raises:
        ValueError: no text is known to be calm.
    """
    known = ~np.isnan(targets)
    calm = known.any(axis=1) & ~(np.where(known, targets, 0) > 0).any(axis=1)
    if not calm.any():
        raise ValueError("No text is known to be calm, so no rule can be set.")
    highest = at_usual_size(probabilities[calm], sizes[calm], length)
    spoken = shares[calm].argmax(axis=1)
    lows = []
    for number, language in enumerate(LANGUAGES):
        own = spoken == number
        scores = highest[own] if own.sum() >= _CALM_MIN else highest
        share = calm_referred if isinstance(calm_referred, float) else calm_referred[language]
        lows.append(min(float(np.quantile(scores, 1 - share)), high / 2))
    return Rule(tuple(lows), high, length)
