from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import artifact, container
from ml.artifact import ArtifactError
from ml.explain import explain
from ml.labels import Label, Language
from ml.listed import Listed
from ml.pipeline import build
from tests.ml.small_model import PARAMS, a_model, an_artifact, an_info, sentences
from tests.ml.test_cascade import CASCADED


def test_a_loaded_model_says_what_the_saved_one_says(tmp_path: Path) -> None:
    path = tmp_path / "small.model"
    digest = artifact.save(a_model(), path, info=an_info())
    loaded = artifact.load(path, expected=digest)
    texts = [*sentences()[0], "something else", ""]
    assert np.array_equal(loaded.model.predict_proba(texts), a_model().predict_proba(texts))
    assert loaded.digest == digest
    assert loaded.info.training == {"seed": 0}
    assert loaded.info.supports(Label.INSULT, Language.ENGLISH)
    assert not loaded.info.supports(Label.INSULT, Language.RUSSIAN)
    assert loaded.info.libraries["numpy"] == np.__version__


def test_training_again_gives_the_same_bytes() -> None:
    texts, targets, languages = sentences()
    again = build(PARAMS).fit(texts, targets, languages=languages)
    assert artifact.to_bytes(again, info=an_info()) == an_artifact()


def test_lists_are_kept_and_explained_word_by_word() -> None:
    texts, targets, languages = sentences()
    listed = Listed.of({"a": ["spam", "жулик"], "b": ["eggs"]})
    model = build(PARAMS, listed=listed).fit(texts, targets, languages=languages)
    loaded = artifact.load(artifact.to_bytes(model, info=an_info())).model
    told = [*texts, "жулик spam eggs"]
    assert np.array_equal(loaded.predict_proba(told), model.predict_proba(told))
    assert loaded.grams.listed is not None
    assert np.array_equal(loaded.grams.listed.lists, listed.lists)
    found = explain(loaded, "жулик spam eggs", supports=lambda *_: True)
    for each in found.labels.values():
        assert each.base + sum(each.contributions) == pytest.approx(each.logit)


@given(st.integers(0, len(an_artifact()) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_changed_is_refused(place: int, change: int) -> None:
    changed = bytearray(an_artifact())
    changed[place] ^= change
    with pytest.raises(ArtifactError):
        artifact.load(bytes(changed))


@given(st.integers(0, len(an_artifact()) - 1))
def test_a_file_cut_short_is_refused(length: int) -> None:
    with pytest.raises(ArtifactError):
        artifact.load(an_artifact()[:length])


def test_a_model_of_another_digest_is_refused_by_name() -> None:
    with pytest.raises(ArtifactError, match="where sha256:0000 was asked for"):
        artifact.load(an_artifact(), expected="sha256:0000")


def test_another_format_version_is_refused_by_number() -> None:
    arrays, header = container.unpack(an_artifact())
    newer = container.pack(arrays, {**header, "format": 99})
    with pytest.raises(ArtifactError, match="format version 99; this release reads 2, 3, 4 and 5"):
        artifact.load(newer)


@pytest.mark.parametrize("version", [2, 3])
def test_a_model_of_an_earlier_release_says_what_it_said(version: int) -> None:
    arrays, header = container.unpack(an_artifact())
    assert "own_tables" not in header["grams"]
    older = artifact.load(container.pack(arrays, {**header, "format": version}))
    texts = sentences()[0]
    assert np.array_equal(older.model.predict_proba(texts), a_model().predict_proba(texts))


def test_a_loaded_model_knows_which_languages_have_weights_of_their_own() -> None:
    texts, targets, languages = sentences()
    params = replace(PARAMS, own_tables=(Language.RUSSIAN,))
    model = build(params).fit(texts, targets, languages=languages)
    loaded = artifact.load(artifact.to_bytes(model, info=an_info())).model
    assert loaded.grams.own_tables == (Language.RUSSIAN,)
    assert np.array_equal(loaded.predict_proba(texts), model.predict_proba(texts))


def test_a_table_for_a_language_that_is_not_there_is_refused() -> None:
    arrays, header = container.unpack(an_artifact())
    for own, told in ((["ru"], "do not fit 2 tables"), (["ru", "ru"], "each once"), (["xx"], "xx")):
        grams = {**header["grams"], "own_tables": own}
        with pytest.raises(ArtifactError, match=told):
            artifact.load(container.pack(arrays, {**header, "grams": grams}))


def test_a_model_that_read_its_texts_in_another_way_is_refused() -> None:
    arrays, header = container.unpack(an_artifact())
    other = container.pack(arrays, {**header, "fingerprint": "0" * 16})
    with pytest.raises(ArtifactError, match="read in another way"):
        artifact.load(other)


def test_a_label_that_nobody_here_knows_is_refused() -> None:
    arrays, header = container.unpack(an_artifact())
    labels = [*header["labels"][:-1], "sarcasm"]
    with pytest.raises(ArtifactError, match="sarcasm"):
        artifact.load(container.pack(arrays, {**header, "labels": labels}))


def test_a_language_model_is_no_moderation_model() -> None:
    source = Path(artifact.__file__).with_name("language.model").read_bytes()
    with pytest.raises(ArtifactError, match="no moderation model"):
        artifact.load(source)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        artifact.load(tmp_path / "none.model")


def test_a_model_too_large_to_ship_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "BYTES_MAX", 1000)
    with pytest.raises(ArtifactError, match="1,000 are allowed"):
        artifact.to_bytes(a_model(), info=an_info())


_ARRAYS, _HEADER = container.unpack(CASCADED)


@pytest.mark.parametrize("name", sorted({*_HEADER} - {"kind", "format", "second"}))
def test_a_whole_file_that_lacks_something_said_of_the_model_is_refused(name: str) -> None:
    header = {key: value for key, value in _HEADER.items() if key != name}
    with pytest.raises(ArtifactError, match=f"incomplete: it has no '{name}'"):
        artifact.load(container.pack(_ARRAYS, header))


@pytest.mark.parametrize("name", sorted(_ARRAYS))
def test_a_whole_file_that_lacks_an_array_is_refused(name: str) -> None:
    arrays = {key: value for key, value in _ARRAYS.items() if key != name}
    with pytest.raises(ArtifactError, match=f"incomplete: it has no '{name}'"):
        artifact.load(container.pack(arrays, _HEADER))


@pytest.mark.parametrize("name", ["labels", "supported", "grams", "second"])
def test_a_whole_file_that_says_nonsense_of_the_model_is_refused(name: str) -> None:
    with pytest.raises(ArtifactError, match="does not fit this release"):
        artifact.load(container.pack(_ARRAYS, {**_HEADER, name: 5}))
