import numpy as np
from scipy.special import expit

from ml import calibration
from ml.calibration import Calibration
from ml.language import LANGUAGES


def _shares(language: int, n: int) -> np.ndarray:
    shares = np.zeros((n, len(LANGUAGES)))
    shares[:, language] = 1
    return shares


def test_an_overconfident_logit_is_brought_down_to_what_it_means() -> None:
    draw = np.random.default_rng(0)
    meant = draw.normal(size=4000)
    targets = (draw.random(4000) < expit(meant)).astype(float)
    found = calibration.fit(meant * 5 + 2, targets, np.ones(4000), _shares(0, 4000))
    assert abs(found.slopes[0] - 0.2) < 0.03
    assert abs(found.offsets[0] + 0.4) < 0.15


def test_a_language_that_differs_gets_a_line_of_its_own() -> None:
    draw = np.random.default_rng(1)
    logits = draw.normal(size=6000)
    shares = np.vstack([_shares(0, 3000), _shares(1, 3000)])
    shift = np.where(shares[:, 1] == 1, -2, 0)
    targets = (draw.random(6000) < expit(logits + shift)).astype(float)
    found = calibration.fit(logits, targets, np.ones(6000), shares)
    assert found.offsets[1] < found.offsets[0] - 1.5


def test_a_language_without_examples_takes_the_common_line() -> None:
    draw = np.random.default_rng(2)
    logits = draw.normal(size=2000)
    targets = (draw.random(2000) < expit(logits * 2)).astype(float)
    found = calibration.fit(logits, targets, np.ones(2000), _shares(0, 2000))
    assert abs(found.slopes[3] - found.slopes[0]) < 0.2


def test_a_line_never_falls_even_if_the_examples_do() -> None:
    logits = np.linspace(-3, 3, 200)
    found = calibration.fit(logits, (logits < 0).astype(float), np.ones(200), _shares(0, 200))
    assert (found.slopes > 0).all()


def test_examples_of_one_kind_only_change_nothing() -> None:
    found = calibration.fit(np.ones(5), np.ones(5), np.ones(5), _shares(0, 5))
    assert np.array_equal(found.slopes, Calibration.identity().slopes)
    assert np.array_equal(found.offsets, Calibration.identity().offsets)
