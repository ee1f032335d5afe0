from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.paging import Cursor, CursorInvalid


@given(st.uuids())
def test_a_cursor_comes_back_as_it_went(after: UUID) -> None:
    assert Cursor.decode(Cursor(after).encode()) == Cursor(after)


@given(st.text(max_size=64))
def test_any_other_text_is_refused_or_a_cursor(text: str) -> None:
    try:
        cursor = Cursor.decode(text)
    except CursorInvalid:
        return
    assert Cursor.decode(cursor.encode()) == cursor


@pytest.mark.parametrize("text", ["", "=", "AAAA", "a" * 21, "é" * 22, "\0", "A" * 23])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid) as raised:
        Cursor.decode(text)
    assert raised.value.fields[0].pointer == "/cursor"
