"""Own sentences and disguises: what they say of their labels, and that they stay what they were."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import augment
from ml.augment import WRITTEN_IN, disguise, disguised, labels_of, own_writing, read_writing
from ml.dataset import from_examples
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example


@pytest.mark.parametrize("language", WRITTEN_IN)
def test_every_slot_of_every_template_can_be_filled(language: Language) -> None:
    writing = read_writing(language)
    known = {*writing["words"], *writing["terms"][0]}
    known |= {f"{form}2" for form in writing["terms"][0]} | {"a_one", "a_fool"}
    slots = {
        slot
        for templates in writing["sets"]
        for template in templates["templates"]
        for slot in augment.SLOT.findall(template)
    }
    assert slots <= known
    assert len({len(forms) for forms in writing["terms"][0].values()}) == 1


@pytest.mark.parametrize("language", WRITTEN_IN)
def test_every_set_names_labels_that_exist(language: Language) -> None:
    assert all(labels_of(templates["says"]) for templates in read_writing(language)["sets"])


def test_the_same_seed_writes_the_same_sentences() -> None:
    once, again = own_writing(3, fillings=4), own_writing(3, fillings=4)
    assert once.texts == again.texts
    assert own_writing(4, fillings=4).texts != once.texts


def test_calm_sentences_carry_no_label_and_hostile_ones_those_they_name() -> None:
    assert set(labels_of("calm").values()) == {0.0}
    threat = labels_of(["toxicity", "threat"])
    assert threat[Label.THREAT] == 1.0
    assert threat[Label.IDENTITY_ATTACK] == 0.0
    assert Label.INSULT not in threat
    assert labels_of(["obscenity"])[Label.TOXICITY] == 0.0


@given(st.text(max_size=80), st.integers(0, 2**32))
def test_a_disguise_leaves_short_words_and_blanks_alone(text: str, seed: int) -> None:
    short = " ".join(word[:3] for word in text.split())
    assert disguise(short, Random(seed)) == short  # noqa: S311 - no secret


@pytest.mark.parametrize("trick", augment.DISGUISES, ids=lambda trick: trick.__name__)
def test_every_trick_changes_a_word_and_keeps_its_first_letter(trick: augment.Disguise) -> None:
    draw = Random(5)  # noqa: S311 - no secret
    changed = [trick("scoundrel", draw) for _ in range(20)]
    assert any(word != "scoundrel" for word in changed)
    assert all(word[0] in ("s", *augment.LOOK_ALIKES["s"]) for word in changed)


def test_a_disguised_copy_keeps_group_labels_and_half_the_weight() -> None:
    data = from_examples(
        [Example(f"you are a scoundrel {n}", TOXIC, f"g{n}") for n in range(50)]
        + [Example(f"what lovely weather {n}", CALM) for n in range(50)],
        source="made_up",
        language=Language.ENGLISH,
    )
    copies = disguised(data, 1, share=1.0)
    assert copies.groups == data.groups
    assert np.array_equal(copies.targets, data.targets, equal_nan=True)
    assert (copies.weights == data.weights / 2).all()
    assert copies.texts != data.texts
    assert not len(disguised(data, 1, share=0.0))
