"""The committed model, its card and its thresholds belong together."""

from pathlib import Path

import pytest

from ml import artifact, defaults
from ml.artifact import Artifact
from ml.labels import Label, Language

MODELS = Path(__file__).parents[2] / "ml" / "models"


@pytest.fixture(scope="module")
def shipped() -> Artifact:
    return artifact.load(MODELS / "parley.model")


def test_the_card_is_that_of_the_model(shipped: Artifact) -> None:
    card = (MODELS / "CARD.md").read_text(encoding="utf-8")
    assert shipped.digest in card
    assert str(shipped.info.training["digest"]) in card


def test_every_picture_of_the_card_is_there() -> None:
    card = (MODELS / "CARD.md").read_text(encoding="utf-8")
    shown = [line.split("](")[1].rstrip(")") for line in card.splitlines() if line[:2] == "!["]
    assert shown
    assert all((MODELS / name).read_text(encoding="utf-8").startswith("<?xml") for name in shown)


def test_the_model_is_small_enough_to_ship() -> None:
    assert (MODELS / "parley.model").stat().st_size <= artifact.BYTES_MAX


def test_every_threshold_is_of_a_label_that_the_model_supports(shipped: Artifact) -> None:
    limits = defaults.from_plain(shipped.info.training[defaults.KEY])
    assert Label.TOXICITY in limits
    for label, limit in limits.items():
        assert shipped.info.supported[label]
        for each in (limit, *limit.languages.values()):
            assert 0 < each.hold <= (each.reject or 1.0) <= 1
        assert all(shipped.info.supports(label, language) for language in limit.languages)


def test_toxicity_is_judged_in_all_four_languages(shipped: Artifact) -> None:
    spoken = set(Language) - {Language.OTHER}
    assert set(shipped.info.supported[Label.TOXICITY]) == spoken
