"""What axe finds on a page: in light and dark, wide and narrow, without loading it anew."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # ships no types
from playwright.sync_api import Page, ViewportSize

from tests.browser import NewContext

WIDE: ViewportSize = {"width": 1360, "height": 860}
NARROW: ViewportSize = {"width": 390, "height": 780}
# Another colour scheme changes nothing that the other rules look at.
_OF_COLOURS = ("color-contrast", "link-in-text-block")
_ASK = """rules => axe.run({resultTypes: ["violations"], ...rules && {runOnly: rules}})
  .then(({violations}) => violations.map(({id, help, nodes}) =>
    `${id}: ${help} ${nodes.map(({html}) => html)}`))"""


def open_page(new_context: NewContext, **options: object) -> Page:
    """Open a page that axe can be put into, and whose colours change at once."""
    context = new_context(bypass_csp=True, reduced_motion="reduce", viewport=WIDE, **options)
    return context.pages[0]


def violations(page: Page, *, rules: Sequence[str] | None = None) -> list[str]:
    """Return what breaks a rule in what is shown now; without ``rules``, any of axe's."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[Any] = page.evaluate(_ASK, list(rules) if rules else None)
    return [str(each) for each in found]


def violations_in_every_view(page: Page) -> dict[str, list[str]]:
    """Return what breaks a rule, by view; the page is wide and light again afterwards."""
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = violations(page, rules=_OF_COLOURS)
    page.set_viewport_size(NARROW)
    found["dark and narrow"] = violations(page, rules=_OF_COLOURS)
    page.emulate_media(color_scheme="light")
    found["narrow"] = violations(page) + _too_wide(page)
    page.set_viewport_size(WIDE)
    return {view: wrong for view, wrong in found.items() if wrong}


def _too_wide(page: Page) -> list[str]:
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [] if width <= window else [f"{width} px wide in a window of {window} px"]
