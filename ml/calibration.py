"""From a logit that ranks to one that means its probability: a line per language, never falling."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from ml.language import LANGUAGES

FloatArray = npt.NDArray[np.float64]

# A language's own line is pulled to the common one as if by so many examples.
_PULL = 20.0
_SLOPE_MIN = 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """calibrated logit = slope · logit + offset, by language; a mixed text takes the mixture."""

    slopes: FloatArray  # (len(Language),), positive
    offsets: FloatArray  # (len(Language),)

    @classmethod
    def identity(cls) -> "Calibration":
        return cls(np.ones(len(LANGUAGES)), np.zeros(len(LANGUAGES)))


def fit(
    logits: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    shares: FloatArray,
    *,
    towards: Calibration | None = None,
) -> Calibration:
    """Return the line of each language that makes held-out logits most likely.

    Args:
        logits: shape (n,), of texts that the model was not fitted on.
        targets: shape (n,), from 0 to 1.
        weights: shape (n,).
        shares: shape (n, len(Language)), how far each text is in each language.
        towards: lines that the languages' own ones are pulled to, instead of a common one.

    Source: Platt 1999; the languages are shrunk to a common line as in a hierarchical model.
    """
    if not len(logits) or targets.min() == targets.max():
        return Calibration.identity()
    if towards is None:
        common = _line(logits, targets, weights, (1.0, 0.0), pull=1.0)
        centres = [common] * len(LANGUAGES)
    else:
        centres = list(zip(towards.slopes.tolist(), towards.offsets.tolist(), strict=True))
    lines = [
        _line(logits, targets, weights * shares[:, i], centre, pull=_PULL)
        for i, centre in enumerate(centres)
    ]
    slopes, offsets = np.array(lines).T
    return Calibration(slopes, offsets)


def _line(
    logits: FloatArray,
    targets: FloatArray,
    weights: FloatArray,
    centre: tuple[float, float],
    *,
    pull: float,
) -> tuple[float, float]:
    def loss(line: FloatArray) -> tuple[float, FloatArray]:
        slope, offset = line
        z = slope * logits + offset
        away = line - np.array(centre)
        value = weights @ (np.logaddexp(0, z) - targets * z) + pull * (away @ away) / 2
        wrong = weights * (expit(z) - targets)
        return float(value), np.array([wrong @ logits, wrong.sum()]) + pull * away

    from scipy.optimize import minimize  # noqa: PLC0415 - scoring needs none

    found = minimize(
        loss,
        np.array(centre),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_SLOPE_MIN, None), (None, None)],
    )
    return float(found.x[0]), float(found.x[1])
