import pytest

from service.sites import rules
from service.sites.errors import KeyMissing, KeyNotKnown

_KEY = "parley_0123abcd_" + "A" * 43


@pytest.mark.parametrize("header", [f"Bearer {_KEY}", f"bearer {_KEY}", f"BEARER   {_KEY} "])
def test_the_key_follows_the_word_bearer(header: str) -> None:
    assert rules.key_in(header) == _KEY


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", f"Basic {_KEY}", _KEY])
def test_without_a_bearer_there_is_no_key(header: str | None) -> None:
    with pytest.raises(KeyMissing):
        rules.key_in(header)


@pytest.mark.parametrize("text", ["x", _KEY + "A", _KEY[:-1], _KEY.replace("0", "é"), f"{_KEY}\0"])
def test_what_cannot_be_a_key_is_refused_unasked(text: str) -> None:
    with pytest.raises(KeyNotKnown):
        rules.key_in(f"Bearer {text}")
