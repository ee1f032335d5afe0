"""The browser counts a text as the server does, whatever is in it."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from service.comments.rules import count_chars
from tests.journeys.embed.paper import Paper

# What two counts may differ by: families of emoji, flags, letters in pieces and in one, Hangul in
# pieces, letters beyond the first plane, halves of pairs, ends of lines, and what `trim` takes.
PIECES = (
    *(
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🇺🇿",
        "❤️",
        "и\u0306",
        "й",
        "e\u0301",
        "é",
        "\u1112\u1161\u11ab",
        "ö\u0323",
    ),
    *("\u0344", "\ufb2c", "𝒳", "𐑂", "\ud83d", "\udc68", "\u200d", "\u0301", "ў", "ғ", "қ", "o‘"),
    *("\r\n", "\r", "\n", " ", "\t", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u0085", "\u180e"),
    *("\x1c", "\u200b", "\x00", "a", "б", "ß"),
)
texts = st.lists(st.sampled_from(PIECES) | st.characters(exclude_categories=["Cn"]), max_size=30)
COUNT = """async ([address, texts]) => {
  const { countChars } = await import(address);
  return texts.map((units) => countChars(String.fromCharCode(...units)));
}"""


# Ordering so many marks takes half a minute where it is tried.
TIME = """async (address) => {
  const { countChars } = await import(address);
  const text = "a" + "\\u0301\\u0323".repeat(125000);
  const started = performance.now();
  if (countChars(text) !== 250001) throw new Error("miscounted");
  return performance.now() - started;
}"""


def _core(page: Page) -> str:
    """Return the address of the module that the page has loaded."""
    loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return next(str(each) for each in loaded if "/core.js" in each)


def _units(text: str) -> list[int]:
    """Return the text as JavaScript holds it, so that halves of pairs come through too."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(encoded[at : at + 2], "little") for at in range(0, len(encoded), 2)]


def _as_javascript_sees(text: str) -> str:
    """Join halves of pairs that stand side by side: there they are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def test_both_sides_count_the_same(paper: Paper, page: Page) -> None:
    paper.open(page)
    address = _core(page)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(st.lists(texts.map("".join), min_size=20, max_size=60))
    def same(samples: list[str]) -> None:
        seen = [_as_javascript_sees(each) for each in samples]
        counted = page.evaluate(COUNT, [address, [_units(each) for each in seen]])
        assert counted == [count_chars(each) for each in seen], json.dumps(seen)

    same()


def test_a_text_that_is_far_too_long_is_counted_in_no_time(paper: Paper, page: Page) -> None:
    paper.open(page)
    took = page.evaluate(TIME, _core(page))
    assert took < 5000, f"{took} ms"
