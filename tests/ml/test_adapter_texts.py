from collections import Counter

import numpy as np
import pytest

from ml import adapter_texts
from ml.adapter_texts import LISTS_READ, SHARES, sampled
from ml.augment import DISGUISED, SOURCE
from ml.corpora import training_corpora
from ml.dataset import LABELS, Dataset, Split, from_examples, split_of
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example
from ml.suites import load as suites

WORDS_EACH = 40
SEED = 3


def some_words() -> Dataset:
    """Return as many made-up entries of lists in each language, on all sides of the split."""
    rows = [(language, number) for language in Language for number in range(WORDS_EACH)]
    examples = [
        Example(f"word {number} of {language}", TOXIC, language=language)
        for language, number in rows
    ]
    return from_examples(examples, source="list", language=Language.ENGLISH)


def some_corpora() -> Dataset:
    examples = [Example(f"remark {i} of somebody", CALM) for i in range(400)]
    return from_examples(examples, source="civil_comments", language=Language.ENGLISH)


def gathered(share: float) -> Dataset:
    return adapter_texts.gather(some_corpora(), words=some_words(), seed=SEED, share=share)


@pytest.fixture(scope="module")
def whole() -> Dataset:
    return gathered(1.0)


@pytest.fixture(scope="module")
def half() -> Dataset:
    return gathered(0.5)


def test_only_the_train_side_is_read_and_groups_stay_whole() -> None:
    data = some_corpora()
    paired = Dataset(
        data.texts,
        data.languages,
        data.targets,
        data.weights,
        tuple(f"pair-{i // 2}" for i in range(len(data))),
        ("wiki_talk",) * len(data),
    )
    kept = sampled(paired, 1)
    assert 0 < len(kept) < len(paired) / 2
    assert all(split_of(group) is Split.TRAIN for group in kept.groups)
    assert all(count == 2 for count in np.unique(kept.groups, return_counts=True)[1])


def test_what_is_read_thrice_stands_there_thrice_and_rare_threats_four_times() -> None:
    texts = tuple(f"text {i}" for i in range(400))
    targets = np.full((400, len(LABELS)), np.nan)
    targets[::4, LABELS.index(Label.THREAT)] = 1.0
    sources = tuple(("civil_comments", "jigsaw_multilabel")[i // 2 % 2] for i in range(400))
    data = Dataset(texts, (Language.ENGLISH,) * 400, targets, np.ones(400), texts, sources)
    read = Counter(sampled(data, 1).texts)
    teaching = [i for i in range(400) if split_of(texts[i]) is Split.TRAIN]
    threatens = [i % 4 == 0 and sources[i] == "civil_comments" for i in range(400)]
    for i in teaching:
        once = 3 if sources[i] == "jigsaw_multilabel" else 1
        assert read[texts[i]] == (4 if threatens[i] else once)
    assert len(read) == len(teaching)


def test_every_share_is_of_a_corpus_that_trains() -> None:
    assert set(SHARES) - {"own_writing"} <= {corpus.name for corpus in training_corpora()}


def test_of_word_lists_every_entry_is_read_once_in_the_languages_that_need_them(
    whole: Dataset, half: Dataset
) -> None:
    wanted = some_words().where(np.array([one in LISTS_READ for one in some_words().languages]))
    assert len(wanted) == len(LISTS_READ) * WORDS_EACH
    for read in (whole, half):
        assert read.of_source("list").texts == wanted.texts
    assert len({split_of(group) for group in wanted.groups}) == len(Split)


def test_a_share_is_of_the_corpora_alone(whole: Dataset, half: Dataset) -> None:
    learning = some_corpora().part(Split.TRAIN).texts
    assert whole.of_source("civil_comments").texts == learning
    drawn = half.of_source("civil_comments").texts
    assert len(drawn) == pytest.approx(len(learning) / 2, rel=0.2)
    assert drawn == tuple(text for text in learning if text in drawn)
    for ours in (SOURCE, DISGUISED):
        assert len(whole.of_source(ours)) > 0
        assert half.of_source(ours).texts == whole.of_source(ours).texts


def test_the_seed_alone_decides_which_half_is_read() -> None:
    first, again, other = (sampled(some_corpora(), seed, share=0.5).texts for seed in (3, 3, 4))
    assert first == again
    assert set(first) != set(other)


def test_what_a_suite_judges_is_never_read() -> None:
    case = suites.load_all()[0]
    words = from_examples(
        [Example(case.text, TOXIC), Example("a word of its own", TOXIC)],
        source="list",
        language=Language.UZBEK,
    )
    read = adapter_texts.gather(some_corpora(), words=words, seed=SEED)
    assert read.of_source("list").texts == ("a word of its own",)
