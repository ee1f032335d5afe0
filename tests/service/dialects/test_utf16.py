"""Offsets in UTF-16 code units, against Python's own encoder."""

from hypothesis import given
from hypothesis import strategies as st

from service.dialects.utf16 import spans_in_units, units

pieces = st.one_of(
    st.sampled_from(
        ["😀", "👩‍👩‍👧", "🇺🇿", "ғ", "Қазақ", "e\u0301", "й", "и\u0306", "\U0001d538", " ", ".", "a"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
)
texts = st.lists(pieces, max_size=20).map("".join)


def in_utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


@given(texts)
def test_the_length_is_that_of_the_encoded_text(text: str) -> None:
    assert units(text) == len(in_utf16(text)) // 2


@given(texts, st.data())
def test_every_span_cuts_the_same_piece_out_of_the_encoded_text(
    text: str, data: st.DataObject
) -> None:
    edges = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    found = list(spans_in_units(text, spans))
    for (start, end), (begin, beyond) in zip(spans, found, strict=True):
        assert in_utf16(text)[2 * begin : 2 * beyond].decode("utf-16-le") == text[start:end]
