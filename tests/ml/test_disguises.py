"""Where a word that was undisguised stands in the text as written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.normalise import normalise_with_offsets

Placed = list[tuple[str, tuple[int, int]]]

# Words that folding leaves alone; none is the last part of a host.
plain_words = st.from_regex(r"\A[bdfglmnrt][aeiu][bdfglmnrt][aeiu]{0,1}\Z")
hosts = st.builds(
    lambda words, ending: [*words, ending],
    st.lists(plain_words, min_size=1, max_size=3),
    st.sampled_from(["com", "net", "ru", "org"]),
)
beginnings = st.sampled_from(["", "www.", "http://", "https://", "HTTPS://", "https://www."])
paths = st.sampled_from(["", "/", "/buy", "/a?b=c", "?page=2", "/a.b/c#d", "/host"])


@st.composite
def written_and_placed(draw: st.DrawFn) -> tuple[str, Placed]:
    """Return a text of words and addresses, and where each word that it reads as must lie."""
    text, placed = draw(st.sampled_from(["", " ", "\n"])), Placed()
    for is_address in draw(st.lists(st.booleans(), max_size=6)):
        if is_address:
            address, inside = _address(draw(beginnings), draw(hosts), draw(paths))
            placed += [(word, (len(text) + a, len(text) + b)) for word, (a, b) in inside]
            text += address
        else:
            word = draw(plain_words)
            placed.append((word, (len(text), len(text) + len(word))))
            text += word
        text += draw(st.sampled_from([" ", "  ", "\n", " \u200b"]))
    return text, placed


def _address(beginning: str, host: list[str], path: str) -> tuple[str, Placed]:
    address = beginning + ".".join(host) + path
    scheme = re.match("https?://", address, re.IGNORECASE)
    placed = [("http", scheme.span() if scheme else (0, len(address)))]
    at = len(beginning)
    for word in host:
        placed.append((word, (at, at + len(word))))
        at += len(word) + 1
    return address, placed


def _placed(written: str) -> Placed:
    """Return each word as read, and from where to where it lies in the text as written."""
    found = normalise_with_offsets(written)
    words = [match.span() for match in re.finditer("[^ ]+", found.text)]
    return [(found.text[a:b], (found.starts[a], max(found.ends[a:b]))) for a, b in words]


@given(written_and_placed())
def test_each_word_lies_where_it_stands_and_http_on_the_scheme_or_the_whole_address(
    both: tuple[str, Placed],
) -> None:
    written, placed = both
    assert _placed(written) == placed


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        # As many letters in the reading as in the address, or as many characters.
        ("http://casino.com", ["http://", "casino", "com"]),
        ("https://spam.example/buy", ["https://", "spam", "example"]),
        ("see https://ex.com/a?b=c", ["see", "https://", "ex", "com"]),
        ("casino.com/win now", ["casino.com/win", "casino", "com", "now"]),
        ("thanks @ab", ["thanks", "@ab"]),
        ("<@1> thanks", ["<@1>", "thanks"]),
        ("to me@site.com", ["to", "me@site.com"]),
        ("a <b>bold</b> one", ["a", "bold", "one"]),
        ("idi&#111;t", ["idi&#111;t"]),
        ("AT&T; and", ["AT&T;", "and"]),
    ],
)
def test_what_stands_for_something_longer_covers_it(written: str, pieces: list[str]) -> None:
    assert [written[start:end] for _, (start, end) in _placed(written)] == pieces


@pytest.mark.parametrize(
    ("written", "word", "piece"),
    [
        ("ты — и д \u200bи о т, да", "idiot,", "и д \u200bи о т,"),
        ("ты и д и 0 т да", "idiot", "и д и 0 т"),
        ("so 1d1ot so", "idiot", "1d1ot"),
        ("ты дypaк да", "durak", "дypaк"),
    ],
)
def test_a_word_lies_on_its_whole_disguise(written: str, word: str, piece: str) -> None:
    assert [written[start:end] for read, (start, end) in _placed(written) if read == word] == [
        piece
    ]


def test_a_letter_of_a_spaced_word_lies_on_itself() -> None:
    found = normalise_with_offsets("и-д-и-0-т")
    assert found.text == "idiot"
    assert (found.starts, found.ends) == ((0, 2, 4, 6, 8), (1, 3, 5, 7, 9))
