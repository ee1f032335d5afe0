"""What is put into which calm texts, and what is said of the copies."""

from collections import Counter

import pytest

from ml.augment import read_writing
from ml.dataset import Dataset, from_examples
from ml.inserted import inserted
from ml.labels import Label, Language
from ml.lexicons import SWEAR
from ml.readers import CLEAN, Example

UZ, KK = Language.UZBEK, Language.KAZAKH


def _calm(language: Language, count: int = 400) -> Dataset:
    texts = (Example(f"Matn raqami {i} shu yerda.", CLEAN, f"group-{i}") for i in range(count))
    return from_examples(texts, source="reviews", language=language)


@pytest.mark.parametrize("language", [UZ, KK])
def test_a_copy_holds_its_text_and_one_word_of_our_lists(language: Language) -> None:
    calm = _calm(language)
    by_group = dict(zip(calm.groups, calm.texts, strict=True))
    listed = read_writing(language)["words"]
    abuse = [*listed[SWEAR[language]], *listed["fool"]]
    innocent = listed["alike"]
    made = inserted(calm, 1, shares={language: 1.0})
    assert len(made) == len(calm)
    for text, group in zip(made.texts, made.groups, strict=True):
        assert by_group[group].lower().rstrip(".") in text.lower()
    for text, toxic in zip(made.texts, made.target(Label.TOXICITY) > 0, strict=True):
        assert any(word in text for word in (abuse if toxic else innocent))


def test_most_copies_are_abusive_and_either_swear_or_insult() -> None:
    made = inserted(_calm(UZ), 1, shares={UZ: 1.0})
    toxic = made.target(Label.TOXICITY) == 1
    swears, insults = made.target(Label.OBSCENITY) == 1, made.target(Label.INSULT) == 1
    assert 0.75 < toxic.mean() < 0.95
    assert ((swears ^ insults) == toxic).all()
    assert 0.6 < swears.mean() < 0.95


def test_the_share_of_each_language_is_drawn_by_the_seed() -> None:
    calm = _calm(UZ)
    half = inserted(calm, 1, shares={UZ: 0.5})
    assert 150 < len(half) < 250
    assert half.texts == inserted(calm, 1, shares={UZ: 0.5}).texts
    assert half.texts != inserted(calm, 2, shares={UZ: 0.5}).texts
    assert len(inserted(calm, 1, shares={KK: 1.0})) == 0


def test_an_insult_that_readers_mean_otherwise_is_put_nowhere() -> None:
    dog = "it"
    assert dog in read_writing(UZ)["words"]["fool"]
    plain = inserted(_calm(UZ, 3000), 1, shares={UZ: 1.0})
    spared = inserted(_calm(UZ, 3000), 1, shares={UZ: 1.0}, unless_in=["Zo'r it, olaman!"])
    counts = [Counter(word.strip(",!") for text in made.texts for word in text.split())[dog]
              for made in (plain, spared)]  # fmt: skip
    assert counts[0] > 0
    assert counts[1] == 0


def test_long_texts_get_no_word() -> None:
    long = from_examples([Example("uzun " * 40, CLEAN, "long")], source="reviews", language=UZ)
    assert len(inserted(long, 1, shares={UZ: 1.0})) == 0
