"""The catalogue of corpora, and reading them where they are present."""

from pathlib import Path

import numpy as np
import pytest

from ml.corpora import (
    CORPORA,
    CorporaMissing,
    Corpus,
    check_folder,
    named,
    training_corpora,
)
from ml.dataset import from_examples
from ml.labels import Label, Language
from ml.readers import Example, settle
from ml.readers_eastern import uzum_reviews
from ml.swearing import swears


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_every_corpus_says_where_it_is_from_and_on_what_terms(corpus: Corpus) -> None:
    assert all([corpus.source, corpus.commit, corpus.licence, corpus.attribution, corpus.sha256])
    assert all(len(digest) == 16 for digest in corpus.sha256.values())


def test_what_has_no_licence_never_trains() -> None:
    assert {c.name for c in CORPORA if not c.ships} == {"russian_forums", "uzbek_news_sentences"}
    assert all(corpus.ships for corpus in training_corpora())
    assert not any(c.folder.startswith("eval_only") for c in training_corpora())


def test_a_corpus_that_may_not_ship_cannot_be_declared_a_training_corpus() -> None:
    with pytest.raises(ValueError, match="may not train"):
        a_corpus(ships=False, trains=True)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorporaMissing, match=r"made_up: no file raw/made_up/rows\.csv"):
        list(a_corpus().examples(tmp_path))


def test_a_folder_without_corpora_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorporaMissing, match="holds no corpora"):
        check_folder(tmp_path)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "raw/made_up").mkdir(parents=True)
    (tmp_path / "raw/made_up/rows.csv").write_text("other")
    assert a_corpus().changed_files(tmp_path) == ["rows.csv"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="civil_comments"):
        named("civil")


def test_raters_who_do_not_agree_leave_a_label_unknown() -> None:
    labels: dict[Label, float] = {}
    settle(labels, Label.INSULT, 0.4)
    settle(labels, Label.THREAT, 0.6)
    settle(labels, Label.OBSCENITY, 0.1)
    assert labels == {Label.THREAT: 1.0, Label.OBSCENITY: 0.0}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what a load of bullshit", Language.ENGLISH),
        ("да пошёл ты нахуй", Language.RUSSIAN),
        ("sen jalabsan", Language.UZBEK),
        ("сен қотақбассың", Language.KAZAKH),
    ],
)
def test_a_swear_word_is_found(text: str, language: Language) -> None:
    assert swears(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Scunthorpe and Dickens, a peacock in shiitake", Language.ENGLISH),
        ("не психуй, хлеба употреблять надо", Language.RUSSIAN),
        ("klassik musiqa va siklon", Language.UZBEK),
        ("көтерме баға, амандасу, ботқа", Language.KAZAKH),
        ("anything", Language.OTHER),
    ],
)
def test_innocent_neighbours_of_swear_words_are_not(text: str, language: Language) -> None:
    assert not swears(text, language)


def test_a_russian_review_of_an_uzbek_shop_is_read_as_russian(tmp_path: Path) -> None:
    said = {
        "Чайник пришёл быстро, советую": Language.RUSSIAN,
        "Чашки целы": Language.RUSSIAN,  # Uzbek has no ы
        "Отлично": Language.RUSSIAN,
        "Чойнак зўр экан, не кам": Language.UZBEK,  # Russian has no ў
        "Чойнак яхши ишлаяпти": Language.UZBEK,
        "Choynak yaxshi, спасибо": Language.UZBEK,
    }
    (tmp_path / "uzum_reviews.csv").write_text("\n".join(["text", *map('"{}"'.format, said)]))
    assert {each.text: each.language for each in uzum_reviews(tmp_path)} == said


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_a_corpus_reads_as_texts_with_labels(corpus: Corpus, corpora_folder: Path) -> None:
    data = from_examples(
        corpus.examples(corpora_folder), source=corpus.name, language=corpus.language
    )
    assert len(data) > 400
    assert np.isin(data.targets[~np.isnan(data.targets)], [0.0, 1.0]).all()
    assert (~np.isnan(data.targets)).any(axis=1).all()


def a_corpus(*, ships: bool = True, trains: bool = True) -> Corpus:
    def read(folder: Path) -> list[Example]:
        return [Example(folder.name, {})]

    return Corpus(
        name="made_up",
        folder="raw/made_up",
        language=Language.ENGLISH,
        source="someone/somewhere",
        commit="0",
        licence="MIT",
        attribution="someone",
        read=read,
        sha256={"rows.csv": "0" * 16},
        ships=ships,
        trains=trains,
    )
