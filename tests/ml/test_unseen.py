"""What is said to be never learned from is measured on texts that no corpus which trains holds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ml import unseen
from ml.bars import on_set_for_checks
from ml.corpora import CORPORA, CorporaMissing, Corpus
from ml.dataset import LABELS
from ml.defaults import DefaultThresholds
from ml.evaluate import Judged
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example

NOWHERE = Path("nowhere")
HOLD = {Label.TOXICITY: DefaultThresholds(0.5, None)}
FORUM = [Example("Ты дурак", TOXIC), Example("дурак ты", TOXIC), Example("Добрый день", CALM)]


def a_corpus(examples: Sequence[Example], *, trains: bool) -> Corpus:
    return Corpus(
        name="made_up",
        folder="made_up",
        language=Language.RUSSIAN,
        source="",
        commit="",
        licence="",
        attribution="",
        read=lambda _: examples,
        sha256={},
        trains=trains,
    )


def by_length(texts: Sequence[str]) -> Judged:
    """Score toxicity by how short a text is."""
    scores = np.zeros((len(texts), len(LABELS)))
    scores[:, LABELS.index(Label.TOXICITY)] = [1 / (1 + len(text)) for text in texts]
    return Judged(scores, [Language.RUSSIAN] * len(texts))


def test_a_text_is_known_again_by_its_letters_and_with_personal_data_masked() -> None:
    teaching = a_corpus(
        [Example("ТЫ, дурак!", TOXIC), Example("Пиши на ivan@pochta.example", CALM)], trains=True
    )
    keys = unseen.taught(NOWHERE, [teaching])
    written = [Example("Пиши на petr@pochta.example", CALM), *FORUM]
    found = a_corpus(written, trains=False)
    bar = on_set_for_checks(found, keys, by_length, HOLD, NOWHERE)
    assert (bar.texts, bar.left_out) == (2, 2)


def test_what_also_trains_does_not_count_for_or_against_the_model() -> None:
    forum = a_corpus(FORUM, trains=False)
    all_of_it = on_set_for_checks(forum, frozenset(), by_length, HOLD, NOWHERE)
    assert (all_of_it.texts, all_of_it.left_out, all_of_it.reached) == (3, 0, 1.0)
    easy = a_corpus([Example("Да, ты дурак, " * 3, TOXIC), *FORUM], trains=False)
    assert on_set_for_checks(easy, frozenset(), by_length, HOLD, NOWHERE).reached < 1
    keys = unseen.taught(NOWHERE, [a_corpus([Example("Да, ты дурак, " * 3, TOXIC)], trains=True)])
    apart = on_set_for_checks(easy, keys, by_length, HOLD, NOWHERE)
    assert (apart.reached, apart.left_out) == (1.0, 1)


def test_a_calm_set_is_measured_by_what_is_held_of_the_rest() -> None:
    calm = a_corpus([Example("я", CALM), Example("Добрый день", CALM)], trains=False)
    limits = {Label.TOXICITY: DefaultThresholds(0.3, None)}
    assert on_set_for_checks(calm, frozenset(), by_length, limits, NOWHERE).reached == 0.5
    rest = on_set_for_checks(calm, frozenset({"я"}), by_length, limits, NOWHERE)
    assert (rest.reached, rest.texts, rest.left_out) == (0.0, 1, 1)


def test_without_the_corpora_nothing_is_said_to_be_unseen() -> None:
    with pytest.raises(CorporaMissing):
        unseen.taught(NOWHERE, CORPORA[:1])
