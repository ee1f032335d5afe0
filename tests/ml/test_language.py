from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import artifact, language
from ml.container import ContainerError, pack
from ml.labels import Language
from ml.language import LanguageModel, detect, detect_many
from ml.language_training import FILE, WORD_TEXTS_MIN, alone, main, put_into
from ml.normalise import normalise_many
from ml.transliterate import russian_to_latin, uzbek_to_cyrillic
from tests.ml.small_model import an_artifact


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("The road will be closed until next Tuesday, says the council", Language.ENGLISH),
        ("I am an Uzbek and proud of it", Language.ENGLISH),
        ("Дорогу перекроют до вторника, сообщили в мэрии", Language.RUSSIAN),
        ("kogda uzhe otkroyut etu dorogu, skolko mozhno zhdat", Language.RUSSIAN),
        ("Bu yo'l seshanbagacha yopiq bo'ladi, deyishdi hokimiyatda", Language.UZBEK),
        ("Бу йўл сешанбагача ёпиқ бўлади, дейишди ҳокимиятда", Language.UZBEK),
        ("Жол сейсенбіге дейін жабық болады, деді әкімдікте", Language.KAZAKH),
        ("жол сейсенбиге дейин жабык болады деди акимдикте", Language.KAZAKH),
        ("Die Straße bleibt bis Dienstag gesperrt, sagt die Stadt", Language.OTHER),
        ("La route restera fermée jusqu’à mardi, selon la mairie", Language.OTHER),
        ("الطريق مغلق حتى يوم الثلاثاء", Language.OTHER),
    ],
)
def test_a_sentence_is_known_by_its_language_in_any_script(text: str, spoken: Language) -> None:
    guess = detect(text)
    assert guess.language is spoken
    assert guess.probability > 0.6


@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("Agreed", Language.ENGLISH),
        ("idiot", Language.ENGLISH),
        ("Отлично", Language.RUSSIAN),
        ("Спасибо", Language.RUSSIAN),
        ("Согласен", Language.RUSSIAN),
        ("дурак", Language.RUSSIAN),
        ("Rahmat", Language.UZBEK),
        ("аҳмоқ", Language.UZBEK),
        ("рақмет", Language.KAZAKH),
        ("ақымақ", Language.KAZAKH),
    ],
)
def test_a_comment_of_one_frequent_word_is_known(word: str, spoken: Language) -> None:
    assert detect(word).language is spoken


def test_the_most_frequent_words_that_are_one_languages_own_teach_alone() -> None:
    english = [("the road of winter", Language.ENGLISH)] * 20
    russian = [("дорога of зимой", Language.RUSSIAN)] * 20
    rare = [("puddle there", Language.ENGLISH)] * (WORD_TEXTS_MIN - 1)
    found = alone([*english, *russian, *rare, ("list", Language.OTHER)])
    assert found == {
        "words en": [(word, Language.ENGLISH) for word in ("road", "the", "winter")],
        "words ru": [(word, Language.RUSSIAN) for word in ("дорога", "зимой")],
    }


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_text_is_told_alike_alone_and_among_others(texts: list[str]) -> None:
    assert detect_many(texts) == [detect(text) for text in texts]


@given(st.text(max_size=80))
def test_the_probabilities_of_a_text_sum_to_one(text: str) -> None:
    shares = LanguageModel.bundled().probabilities(normalise_many([text]).clean)
    assert shares.shape == (1, len(Language))
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


def test_a_hint_tips_a_word_that_many_languages_have() -> None:
    rows = normalise_many(["ok"] * 2).clean
    model = LanguageModel.bundled()
    plain, hinted = model.probabilities(rows, hints=[None, Language.KAZAKH])
    kazakh = language.LANGUAGES.index(Language.KAZAKH)
    assert hinted[kazakh] > plain[kazakh]


def test_a_hint_does_not_outweigh_a_clear_text() -> None:
    rows = normalise_many(["The road will be closed until next Tuesday, says the council"]).clean
    shares = LanguageModel.bundled().probabilities(rows, hints=[Language.KAZAKH])
    assert language.guesses(shares)[0].language is Language.ENGLISH


TRAINING = [
    ("the cat sat on the mat and the dog barked", Language.ENGLISH),
    ("кошка сидела на коврике и собака лаяла", Language.RUSSIAN),
    ("mushuk gilamda o'tirdi va it hurdi", Language.UZBEK),
    ("мысық кілемде отырды және ит үрді", Language.KAZAKH),
    ("die katze saß auf der matte und der hund bellte", Language.OTHER),
]


def test_training_covers_the_scripts_that_no_text_was_written_in() -> None:
    texts, languages = zip(*TRAINING, strict=True)
    model = language.fit(texts, languages)
    other_scripts = [russian_to_latin(texts[1]), uzbek_to_cyrillic(texts[2])]
    shares = model.probabilities(normalise_many(other_scripts).clean)
    found = [guess.language for guess in language.guesses(shares)]
    assert found == [Language.RUSSIAN, Language.UZBEK]


def test_training_twice_gives_the_same_bytes() -> None:
    texts, languages = zip(*TRAINING, strict=True)
    assert language.fit(texts, languages).to_bytes() == language.fit(texts, languages).to_bytes()


def test_training_needs_every_language() -> None:
    with pytest.raises(ValueError, match="No text in: other"):
        language.fit(*zip(*TRAINING[:-1], strict=True))


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ContainerError, match="not a language model"):
        LanguageModel.from_bytes(pack({}, {"kind": "moderation"}))


def test_a_trained_model_gets_other_languages_and_keeps_all_else(tmp_path: Path) -> None:
    path = tmp_path / "some.model"
    path.write_bytes(an_artifact())
    before = artifact.load(path)
    bundled = LanguageModel.bundled()
    other = replace(bundled, intercepts=bundled.intercepts[::-1].copy())
    digest = put_into(path, other)
    after = artifact.load(path, expected=digest)
    assert digest != before.digest
    assert after.model.grams.languages_by.to_bytes() == other.to_bytes()
    assert np.array_equal(
        after.model.classifier.weights_.words, before.model.classifier.weights_.words
    )
    assert after.info.supported == before.info.supported
    assert after.info.training == {
        **before.info.training,
        "language_model": sha256(other.to_bytes()).hexdigest(),
    }


def test_a_model_that_is_none_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "some.model"
    path.write_bytes(b"none")
    before = FILE.read_bytes()
    with pytest.raises(SystemExit, match="model"):
        main("nowhere", str(path))
    assert FILE.read_bytes() == before
