import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ml.container import ContainerError, digest, pack, unpack

any_array = arrays.arrays(
    st.sampled_from([np.int8, np.float16, np.float32, np.float64]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    elements=st.integers(-100, 100),
)


@given(st.dictionaries(st.text(max_size=8), any_array, max_size=4), st.text())
def test_what_was_packed_is_unpacked(stored: dict[str, np.ndarray], note: str) -> None:
    found, header = unpack(pack(stored, {"note": note}))
    assert header == {"note": note}
    assert found.keys() == stored.keys()
    for name, array in stored.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


def test_the_order_of_names_does_not_change_the_bytes() -> None:
    one, two = np.arange(3, dtype=np.int8), np.ones(2, np.float32)
    assert pack({"a": one, "b": two}, {}) == pack({"b": two, "a": one}, {})


def test_objects_are_not_stored() -> None:
    with pytest.raises(ContainerError, match="cannot be stored: names"):
        pack({"names": np.array(["a"], object)}, {})


@pytest.mark.parametrize("source", [b"", b"PARLEY", b"something else altogether, and long enough"])
def test_what_is_no_such_file_is_said_to_be_none(source: bytes) -> None:
    with pytest.raises(ContainerError, match="not a Parley model file"):
        unpack(source)


def test_a_digest_names_its_kind() -> None:
    assert (
        digest(b"")
        == f"sha256:{'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}"
    )
