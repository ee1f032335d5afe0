from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import jax
import numpy as np
import pytest

from ml import adapter_texts
from ml.adapter import Adapter
from ml.adapter_network import Plan
from ml.adapter_training import teach, train
from ml.dataset import LABELS, Dataset, from_examples
from ml.e5_file import E5File
from ml.encoder import E5
from ml.labels import Language
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


def test_what_is_left_out_teaches_nothing(weights: Path) -> None:
    """Kind and hostile texts differ behind what stands before every text."""
    plan = replace(PLAN, left_out=1.0)
    taught = train(E5File.read(weights), some_texts(400), seed=1, plan=plan)
    hostile, kind = E5(weights, taught).encode(["you are an idiot", "you are kind"])
    assert abs(hostile[0] - kind[0]) < 0.5


def test_what_goes_on_does_so_at_half_the_pace() -> None:
    assert Plan().onwards() == replace(Plan(), peak=Plan().peak / 2)


def test_what_is_taught_is_what_the_parameters_ask_for(weights: Path) -> None:
    class Told(Exception):
        pass

    def stop(said: str) -> None:
        raise Told(said)

    data = some_texts(60)
    words = replace(data, languages=(Language.KAZAKH,) * len(data))
    with pytest.raises(Told) as told:
        teach(weights, data, words=words, seed=3, progress=stop, share=0.5)
    read = adapter_texts.gather(data, words=words, seed=3, share=0.5)
    assert str(told.value) == f"reading {len(read):,} texts"
