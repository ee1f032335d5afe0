"""What the encoder makes of comments, where somebody has labelled them and where nobody has."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.special import logit

from ml import calibrating
from ml.dataset import LABELS, Dataset, Split, from_examples
from ml.distilling import can_teach, distilled
from ml.encoder import Vectors
from ml.labels import Label, Language
from ml.pipeline import Params
from ml.readers import Example
from ml.train import Recipe, fit
from tests.ml.made_up import a_corpus
from tests.ml.test_cascade import WordEncoder

EN = Language.ENGLISH
SAID, THOUGHT, NOT_AT_ALL = 1.0, 0.25, 0.0002


class Opinionated:
    """Takes any text for a threat by a quarter, and for an insult hardly at all."""

    name, dimension, judgements = "opinionated", len(LABELS), len(LABELS)

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        opinion = np.full(len(LABELS), 0.5)
        opinion[[LABELS.index(Label.THREAT), LABELS.index(Label.INSULT)]] = THOUGHT, NOT_AT_ALL
        return np.tile(logit(opinion), (len(texts), 1)).astype(np.float32)


def comments(language: Language = EN) -> Dataset:
    """Return a comment that is labelled a threat, and one that is only labelled rude."""
    examples = [
        Example("We know where you live", {Label.THREAT: SAID}),
        Example("What a mess of an article", {Label.OBSCENITY: 0.0}),
    ]
    return from_examples(examples, source="made up", language=language)


def test_what_is_known_and_what_the_encoder_thinks_are_mixed() -> None:
    taught = distilled(comments(), Opinionated(), {(EN, Label.THREAT): 0.4})
    assert taught.target(Label.THREAT) == pytest.approx([0.6 * SAID + 0.4 * THOUGHT, THOUGHT])


def test_what_the_encoder_is_sure_of_is_one_row_to_learn_from() -> None:
    taught = distilled(comments(), Opinionated(), {(EN, Label.INSULT): 1.0})
    assert taught.target(Label.INSULT).tolist() == [0.0, 0.0]


def test_other_labels_and_languages_stay_as_they_were() -> None:
    encoder, russian = Opinionated(), comments(Language.RUSSIAN)
    taught = distilled(comments() + russian, encoder, {(EN, Label.THREAT): 1.0})
    assert np.array_equal(taught.targets[2:], russian.targets, equal_nan=True)
    assert np.isnan(taught.target(Label.INSULT)).all()
    assert len(encoder.read) == len(comments())


def test_progress_says_how_many_texts_there_are() -> None:
    said: list[str] = []
    distilled(comments(), Opinionated(), {(EN, Label.THREAT): 1.0}, progress=said.append)
    assert said == ["asking the encoder: 2 of 2 texts read"]


def test_only_an_encoder_that_judges_every_label_teaches() -> None:
    assert can_teach(Opinionated())
    assert not can_teach(WordEncoder())


def test_training_asks_the_encoder_about_the_comments_that_teach_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus, encoder = a_corpus(), Opinionated()
    monkeypatch.setattr(calibrating, "ORDINARY", frozenset(corpus.sources))
    recipe = Recipe(
        own_writing=0.0,
        disguised=0.0,
        own_disguised=0.0,
        encoder_teaches={(EN, Label.THREAT): 1.0},
    )
    said: list[str] = []
    small = Params(hash_bits=12, iterations_max=20)
    model = fit(corpus, small, 1, recipe=recipe, encoder=encoder, progress=said.append)
    english = corpus.part(Split.TRAIN).of_language(EN).texts
    assert sorted(encoder.read[: len(english)]) == sorted(english)
    assert not set(encoder.read[len(english) :]) & set(english)
    assert any(line.startswith("asking the encoder") for line in said)
    recorded = model.info.training["recipe"]
    assert isinstance(recorded, dict)
    assert recorded["encoder_teaches"] == {"en/threat": 1.0}
