"""The review page breaks no rule that axe can check, in either colour scheme, wide or narrow."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from service.db import Database
from service.moderators.tables import Role
from tests.browser import NewContext
from tests.factories.moderators import PASSWORD
from tests.factories.review import stored_desk, stored_held_comment
from tests.journeys.axe import open_page, violations_in_every_view


def test_the_review_page_breaks_no_rule_of_accessibility(
    served: str, database: Database, new_context: NewContext
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=now)
        for number in range(8):
            stored_held_comment(session, desk.site, urgency=1 - number / 100, now=now)
    page = open_page(new_context)
    found: dict[str, dict[str, list[str]]] = {}
    page.goto(f"{served}/review")
    found["sign in"] = violations_in_every_view(page)
    page.fill("#email", desk.moderator.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".card.in-focus[data-state=todo]")
    page.wait_for_selector("#trail", state="attached")
    found["desk"] = violations_in_every_view(page)
    page.keyboard.press("r")
    found["reasons"] = violations_in_every_view(page)
    page.keyboard.press("1")
    page.wait_for_selector("#undo:visible")
    found["decided"] = violations_in_every_view(page)
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#help")).to_be_visible()
    found["help"] = violations_in_every_view(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+KeyK")
    expect(page.locator("#palette")).to_be_visible()
    found["palette"] = violations_in_every_view(page)
    page.keyboard.press("Escape")
    page.locator("#open-bulk").click()
    page.wait_for_selector(".preview li")
    found["bulk"] = violations_in_every_view(page)
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    found["context"] = violations_in_every_view(page)
    page.goto(f"{served}/review/plain")
    found["plain"] = violations_in_every_view(page)
    assert {name: each for name, each in found.items() if each} == {}
