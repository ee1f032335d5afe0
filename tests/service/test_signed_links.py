import base64
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.db import new_id
from service.signed_links import Kind, LinkExpired, LinkNotKnown, SignedLinks

LINKS = SignedLinks([b"k" * 32], "https://parley.example")
OTHERS = SignedLinks([b"o" * 32], "https://parley.example")
YEAR = timedelta(days=365)


def test_a_link_opens_what_it_was_made_for_until_it_ends(now: datetime) -> None:
    of = new_id()
    token = LINKS.token(Kind.STATEMENT, of, ends_at=now + YEAR)
    assert LINKS.read(Kind.STATEMENT, token, now=now) == of
    assert LINKS.read(Kind.STATEMENT, token, now=now + YEAR - timedelta(seconds=1)) == of
    with pytest.raises(LinkExpired):
        LINKS.read(Kind.STATEMENT, token, now=now + YEAR)


def test_the_same_thing_has_the_same_address_each_time(now: datetime) -> None:
    of = new_id()
    made = {LINKS.url("/statements", Kind.STATEMENT, of, ends_at=now) for _ in range(2)}
    (url,) = made
    assert url.startswith("https://parley.example/statements/")


def test_a_link_of_one_kind_opens_nothing_of_another(now: datetime) -> None:
    token = LINKS.token(Kind.NOTICE, new_id(), ends_at=now + YEAR)
    with pytest.raises(LinkNotKnown):
        LINKS.read(Kind.STATEMENT, token, now=now)


def test_another_secret_opens_nothing(now: datetime) -> None:
    token = OTHERS.token(Kind.STATEMENT, new_id(), ends_at=now + YEAR)
    with pytest.raises(LinkNotKnown):
        LINKS.read(Kind.STATEMENT, token, now=now)


@given(st.integers(0, 37), st.integers(1, 255))
def test_a_token_changed_in_any_byte_opens_nothing(place: int, flip: int) -> None:
    when = datetime.fromisoformat("2026-11-25T12:00:00+00:00")
    sent = bytearray(
        base64.urlsafe_b64decode(LINKS.token(Kind.NOTICE, UUID(int=7), ends_at=when + YEAR) + "=")
    )
    sent[place] ^= flip
    token = base64.urlsafe_b64encode(sent).decode().rstrip("=")
    with pytest.raises(LinkNotKnown):
        LINKS.read(Kind.NOTICE, token, now=when)


@given(st.text(max_size=80))
def test_anything_else_is_no_link(text: str) -> None:
    when = datetime.fromisoformat("2026-11-25T12:00:00+00:00")
    with pytest.raises(LinkNotKnown):
        LINKS.read(Kind.STATEMENT, text, now=when)


def test_a_link_made_under_the_secret_before_is_still_good(now: datetime) -> None:
    of = new_id()
    token = OTHERS.token(Kind.STATEMENT, of, ends_at=now + YEAR)
    both = SignedLinks([*LINKS.keys, *OTHERS.keys], LINKS.public_url)
    assert both.read(Kind.STATEMENT, token, now=now) == of
    again = both.token(Kind.STATEMENT, of, ends_at=now + YEAR)
    assert LINKS.read(Kind.STATEMENT, again, now=now) == of


def test_the_key_is_not_shown_where_links_are_printed() -> None:
    assert "k" * 32 not in repr(LINKS)
