"""No page breaks a rule that axe can check, in either colour scheme, wide or narrow."""

from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # ships no types
from playwright.sync_api import Page

from service.db import Database
from service.moderators.tables import Role
from tests.browser import NewContext
from tests.factories.moderators import PASSWORD
from tests.factories.review import stored_desk, stored_held_comment

VIEWS: dict[str, dict[str, object]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": {"width": 390, "height": 780}},
}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{each['id']}: {each['help']} {[node['html'] for node in each['nodes']]}"
        for each in found.response["violations"]
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_breaks_a_rule_of_accessibility(
    served: str,
    database: Database,
    new_context: NewContext,
    view: str,
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=now)
        for number in range(8):
            stored_held_comment(session, desk.site, urgency=1 - number / 100, now=now)
    page = new_context(bypass_csp=True, **VIEWS[view]).pages[0]  # axe is put into the page
    found: dict[str, list[str]] = {}
    page.goto(f"{served}/review")
    found["sign in"] = violations(page)
    page.fill("#email", desk.moderator.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.in-focus[data-state=todo]")
    page.wait_for_selector("#trail", state="attached")
    found["desk"] = violations(page)
    page.keyboard.press("r")
    found["reasons"] = violations(page)
    page.keyboard.press("1")
    page.wait_for_selector("#undo:visible")
    found["decided"] = violations(page)
    page.keyboard.press("Shift+Slash")
    found["help"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+KeyK")
    found["palette"] = violations(page)
    page.keyboard.press("Escape")
    page.locator("#open-bulk").click()
    page.wait_for_selector(".preview li")
    found["bulk"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    found["context"] = violations(page)
    page.goto(f"{served}/review/plain")
    found["plain"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}
