"""Nothing on the page moves because the section comes."""

import pytest
from playwright.sync_api import Page, Route, expect

from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from tests.browser import NewContext
from tests.journeys.embed.paper import Paper

# As browsers report it: https://web.dev/articles/cls. All shifts are added up, the strictest way.
WATCHED = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.shifts.push(entry.value);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def _shifted(page: Page) -> float:
    page.wait_for_timeout(300)
    return float(page.evaluate("window.shifts.reduce((sum, each) => sum + each, 0)"))


def _late(route: Route) -> None:
    """Let there be a picture of the page before anything of the section comes."""
    route.request.frame.page.wait_for_timeout(60)
    route.continue_()


@pytest.mark.parametrize("comments", [0, 12])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("article", ["long", "short"])
def test_nothing_moves_while_the_section_is_filled(
    paper: Paper, new_context: NewContext, article: str, width: int, comments: int
) -> None:
    for number in range(comments):
        paper.publish(f"Comment {number}. " * 8)
    with paper.database.transaction() as session:
        policy_texts.save(
            session,
            paper.caller.site.id,
            ReaderLanguage.ENGLISH,
            "Be kind.",
            saved_by="test",
            now=paper.caller.site.created_at,
        )
    page = new_context(viewport={"width": width, "height": 740}).pages[0]
    page.add_init_script(WATCHED)
    page.route("**/embed/**", _late)
    # In Russian the lines are longest, so most could wrap once the count is there.
    paper.open(
        page,
        lang="ru",
        before="<p>A paragraph of the article.</p>" * (60 if article == "long" else 1),
    )
    expect(page.locator(".list .comment")).to_have_count(comments)
    page.locator("footer").scroll_into_view_if_needed()
    assert _shifted(page) == 0
