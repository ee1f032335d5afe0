import re
from pathlib import Path

import numpy as np
import pytest

from ml import lexicons
from ml.corpora import CorporaMissing
from ml.corpus import Corpus
from ml.dataset import Dataset, key_of
from ml.labels import Label, Language
from ml.lexicons import LEXICONS

# Made up: nobody's words, so that no list stands in the repository.
_SURGE = """text,severity_rating
grumbag,2.6
@55nog,2.6
softish,1.5
meh,0.8
"""
_CUSS = """export const cuss = {
  zorble: 2,
  'two zorbles': 2,
  orange: 0
}
"""
_UZ_KK = """lang,category,root,variants,note
uz,insult,bumbaraq,"бумбарақ, bumbarak",
kk,obscene,қырбыт,,
kk,insult,ешкі,,"also the animal: needs context"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "surge_profanity/profanity_en.csv": _SURGE,
        "cuss/index.js": _CUSS,
        "ldnoobw/ru": "дрымба\n\nуж\n",
        "flacsy_badwords/ru.txt": "дрымба\nхвырь\n",
        "uz_kk_compiled/uz_kk_lexicon.csv": _UZ_KK,
    }
    for name, text in files.items():
        path = tmp_path / "raw/lexicons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def with_text(data: Dataset, text: str) -> Dataset:
    return data.where(np.array([one == text for one in data.texts], bool))


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.name)
def test_every_list_says_where_it_is_from_and_on_what_terms(lexicon: Corpus) -> None:
    assert all([lexicon.source, lexicon.licence, lexicon.attribution, lexicon.sha256])
    assert lexicon.ships


def test_a_word_teaches_alone_and_among_words_plain_and_disguised(folder: Path) -> None:
    data = lexicons.gather(folder, seed=1)
    of_word = data.where(np.array([group == "word-grumbag" for group in data.groups], bool))
    assert len(of_word) == 6
    assert sum(key_of("grumbag") in key_of(text) for text in of_word.texts) >= 2
    assert (of_word.target(Label.TOXICITY) == 1).all()
    assert min(of_word.weights) * 2 == pytest.approx(max(of_word.weights))


def test_a_word_teaches_with_letters_masked_and_what_surrounds_it_stays(folder: Path) -> None:
    data = lexicons.gather(folder, seed=1)
    of_word = [t for t, g in zip(data.texts, data.groups, strict=True) if g == "word-zorble"]
    assert any(re.fullmatch(r"z\w*[*#_.@%-]+\w*e", text) for text in of_word)
    frames = ("you ", "what a ", "these ")
    assert sum(text.startswith(frames) or text.endswith("!") for text in of_word) == 3


def test_the_insults_of_our_own_sentences_teach_as_words(folder: Path) -> None:
    data = with_text(lexicons.gather(folder, seed=1), "idiot")
    assert data.sources == (lexicons.OWN_WORDS,)
    assert data.target(Label.INSULT) == [1]
    assert np.isnan(data.target(Label.OBSCENITY)).all()


def test_a_word_that_only_swears_is_not_said_to_offend(folder: Path) -> None:
    data = with_text(lexicons.gather(folder, seed=1), "softish")
    assert data.target(Label.OBSCENITY) == [1]
    assert np.isnan(data.target(Label.TOXICITY)).all()


@pytest.mark.parametrize("innocent", ["meh", "orange", "ешкі", "уж"])
def test_mild_doubtful_and_short_words_are_left_out(folder: Path, innocent: str) -> None:
    assert not len(with_text(lexicons.gather(folder, seed=1), innocent))


def test_what_would_be_masked_as_a_name_is_left_out(folder: Path) -> None:
    assert not any("@user" in text for text in lexicons.gather(folder, seed=1).texts)


def test_a_word_of_two_lists_of_a_language_counts_once(folder: Path) -> None:
    data = with_text(lexicons.gather(folder, seed=1), "дрымба")
    assert data.sources == ("ldnoobw_ru",)


def test_variants_are_words_of_their_own_language(folder: Path) -> None:
    data = lexicons.gather(folder, seed=1)
    assert with_text(data, "бумбарақ").languages == (Language.UZBEK,)
    assert with_text(data, "қырбыт").languages == (Language.KAZAKH,)
    assert with_text(data, "қырбыт").target(Label.OBSCENITY) == [1]


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorporaMissing, match="surge_profanity"):
        lexicons.gather(tmp_path, seed=1)
