from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest

from ml.adapter import Adapter
from ml.adapter_training import SHARES, Plan, sampled, train
from ml.corpora import training_corpora
from ml.dataset import LABELS, Dataset, Split, from_examples, split_of
from ml.e5_file import E5File
from ml.encoder import E5
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example
from tests.ml.tiny_e5 import an_adapter, packed_file

PLAN = Plan(layers=2, frozen=1, rank=2, peak=0.05, warm_up=2, rounds=3)


@pytest.fixture(scope="module", autouse=True)
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Most of the time goes into compiling, and every training compiles the same."""
    settings = {
        "jax_compilation_cache_dir": str(tmp_path_factory.mktemp("compiled")),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": -1,
    }
    before = {name: getattr(jax.config, name) for name in settings}
    for name, value in settings.items():
        jax.config.update(name, value)  # type: ignore[no-untyped-call]  # JAX gives it no types
    yield
    for name, value in before.items():
        jax.config.update(name, value)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed_file(tmp_path_factory.mktemp("weights"))


def some_texts(count: int) -> Dataset:
    examples = [
        Example(f"you are an idiot {'o' * (i % 3)}", TOXIC, f"a{i}")
        if i % 2
        else Example(f"you are kind {'f' * (i % 3)}", CALM, f"b{i}")
        for i in range(count)
    ]
    return from_examples(examples, source="made_up", language=Language.ENGLISH)


@pytest.fixture(scope="module")
def adapter(weights: Path) -> Adapter:
    return train(E5File.read(weights), some_texts(400), seed=1, plan=PLAN)


def test_the_encoder_learns_to_tell_abuse_from_kindness(weights: Path, adapter: Adapter) -> None:
    hostile, kind = E5(weights, adapter).encode(["you are an idiot", "you are kind"])
    assert hostile[0] > kind[0] + 1


def test_the_same_texts_and_seed_give_the_same_adapter(weights: Path, adapter: Adapter) -> None:
    again = train(E5File.read(weights), some_texts(400), seed=1, plan=PLAN)
    assert again.to_bytes() == adapter.to_bytes()


def test_the_lowest_layers_stay_as_they_came(adapter: Adapter) -> None:
    assert {name.split(".")[0] for name in adapter.downs} == {"1"}
    assert adapter.head.shape[1] == len(LABELS)


def test_an_adapter_goes_on_from_where_it_was(weights: Path, adapter: Adapter) -> None:
    barely = replace(PLAN, peak=1e-9, rounds=1)
    data = some_texts(200)
    onwards = train(E5File.read(weights), data, seed=2, plan=barely, onwards=adapter)
    texts = ["you are an idiot", "you are kind"]
    np.testing.assert_allclose(
        E5(weights, onwards).encode(texts), E5(weights, adapter).encode(texts), atol=1e-2
    )


def test_an_adapter_of_another_shape_is_not_gone_on_from(weights: Path) -> None:
    other = an_adapter(rank=PLAN.rank + 1)
    with pytest.raises(ValueError, match=f"rank {PLAN.rank}"):
        train(E5File.read(weights), some_texts(200), seed=2, plan=PLAN, onwards=other)


def test_only_the_train_side_is_read_and_groups_stay_whole() -> None:
    data = some_texts(300)
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


def test_what_goes_on_does_so_at_half_the_pace() -> None:
    assert Plan().onwards() == replace(Plan(), peak=Plan().peak / 2)
