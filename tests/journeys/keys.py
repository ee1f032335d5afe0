"""Keys that are pressed one after the other, however long a busy machine takes between them."""

from playwright.sync_api import Page

# The page waits a second and a half for the second key; until it has come, that is a minute.
_PATIENT = """() => {
  const real = window.setTimeout;
  const longer = (after) => (after > 1000 && after < 2000 ? 60000 : after);
  window.setTimeout = (act, after, ...rest) => real(act, longer(after), ...rest);
  window.asBefore = () => { window.setTimeout = real; };
}"""


def go_to(page: Page, letter: str) -> None:
    """Press ``g`` and the letter of a queue."""
    page.evaluate(_PATIENT)
    page.keyboard.press("g")
    page.keyboard.press(letter)
    page.evaluate("window.asBefore()")
