from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label, Language
from ml.predict import Predictor
from tests.ml.small_model import a_predictor, an_artifact
from tests.ml.test_normalise import any_text

predictor = a_predictor()


@given(st.lists(any_text, max_size=6))
def test_a_text_scores_the_same_alone_and_among_others(texts: list[str]) -> None:
    assert predictor.predict(texts) == [predictor.predict([text])[0] for text in texts]


def test_so_do_more_texts_than_are_read_in_one_go() -> None:
    texts = [f"You are {number} times an idiot, Ты молодец {number}" for number in range(600)]
    hints = [[None, Language.ENGLISH, Language.OTHER][number % 3] for number in range(600)]
    assert predictor.predict(texts, hints=hints) == [
        predictor.predict([text], hints=[hint])[0] for text, hint in zip(texts, hints, strict=True)
    ]


def test_only_labels_supported_in_the_language_of_the_text_are_scored() -> None:
    english, russian = predictor.predict(
        ["You are welcome, my good friend", "Ты молодец, мой друг"]
    )
    assert english.language is Language.ENGLISH
    assert english.scores.keys() == {Label.TOXICITY, Label.INSULT}
    assert russian.language is Language.RUSSIAN
    assert russian.scores.keys() == {Label.TOXICITY}


def test_an_insult_scores_higher_than_a_greeting_even_in_disguise() -> None:
    calm, *rude = predictor.predict(
        ["Ты сегодня молодец", "Ты сегодня идиот", "Ты сегодня и д и о т", "Ты сегодня uduoт"]
    )
    assert all(p.scores[Label.TOXICITY] > calm.scores[Label.TOXICITY] for p in rude)


@given(any_text)
def test_every_score_is_a_probability(text: str) -> None:
    [prediction] = predictor.predict([text])
    assert all(0 <= score <= 1 for score in prediction.scores.values())
    assert 0 < prediction.language_probability <= 1


def test_a_hint_decides_the_language_of_a_word_that_two_languages_have() -> None:
    plain, hinted = predictor.predict(["ok", "ok"], hints=[None, Language.OTHER])
    assert hinted.language is Language.OTHER or plain.language is not Language.OTHER
    english = [
        predictor.features(["ok"], hints=[h]).languages[0, 0] for h in (None, Language.ENGLISH)
    ]
    assert english[0] < english[1]


def test_the_version_is_the_digest_of_the_artifact() -> None:
    assert predictor.version.startswith("sha256:")
    assert Predictor.load(an_artifact(), expected=predictor.version).version == predictor.version


def test_each_sentence_gets_a_score_of_its_own() -> None:
    text = "You are my friend. You are an idiot."
    found = [text[start:end] for start, end in predictor.sentences(text)]
    assert [each.strip() for each in found] == ["You are my friend.", "You are an idiot."]
    first, second = predictor.predict(found)
    assert second.scores[Label.INSULT] > first.scores[Label.INSULT]
    assert predictor.sentences(" ") == []
