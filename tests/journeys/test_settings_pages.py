"""A lead sets up a site in a real browser, by forms that need no script."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from service.db import Database
from service.moderators.tables import Role
from service.sites import actions as sites
from tests.browser import NewContext, be_signed_in
from tests.factories.moderators import PASSWORD, stored_moderator
from tests.factories.review import Desk, stored_desk
from tests.journeys.axe import open_page, violations_in_every_view

_TABS = ("", "/reasons", "/policy-text", "/team", "/keys", "/log")
_MARKDOWN = "# Rules\n\n- Stay on the topic\n- No *insults*, see [more](https://news.example)"


@pytest.fixture
def desk(database: Database) -> Desk:
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.ADMIN, now=now, name="Lola")
        stored_moderator(session, desk.site, email="aziza@news.example")
        sites.issue_key(session, desk.site, name="backend", by="command line", now=now)
        return desk


def _open(page: Page, served: str, desk: Desk) -> str:
    address = f"{served}/review/settings/{desk.site.slug}"
    be_signed_in(page, served, desk.token)
    page.goto(address)
    return address


def test_no_settings_page_breaks_a_rule_of_accessibility(
    served: str, new_context: NewContext, desk: Desk
) -> None:
    page = open_page(new_context)
    address = _open(page, served, desk)
    found: dict[str, dict[str, list[str]]] = {}
    for tab in _TABS:
        page.goto(f"{address}{tab}")
        expect(page.locator(".tabs [aria-current=page]")).to_have_count(1)
        found[tab] = violations_in_every_view(page)
    page.goto(f"{address}/policy-text")
    page.fill("#markdown", _MARKDOWN)
    page.click("button:text-is('Preview')")
    found["preview"] = violations_in_every_view(page)
    page.goto(f"{address}/team")
    page.fill("#email", "malika@news.example")
    page.click("button:text-is('Invite')")
    page.locator("summary").first.click()
    found["invited"] = violations_in_every_view(page)
    link = page.locator("#link").input_value()
    page.goto(f"{address}")
    page.fill("#reports_hold_at", "0")
    page.click("button:text-is('Save')")
    found["refused"] = violations_in_every_view(page)
    page.goto(f"{served}/review/account")
    found["account"] = violations_in_every_view(page)
    joining = open_page(new_context)
    joining.goto(served + link.partition("8000")[2])
    found["welcome"] = violations_in_every_view(joining)
    assert {name: each for name, each in found.items() if each} == {}


def test_a_site_is_set_up_without_scripts(served: str, new_context: NewContext, desk: Desk) -> None:
    page = new_context(java_script_enabled=False).pages[0]
    address = f"{served}/review/settings/{desk.site.slug}"
    page.goto(address)
    page.fill("#email", desk.moderator.email)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(address)

    page.fill("#edit_window_seconds", "2,5")
    page.fill("#reports_hold_at", "none")
    page.select_option("#email", "required")
    page.click("button:text-is('Save')")
    expect(page.get_by_role("alert")).to_contain_text("One field is not right yet")
    expect(page.locator("#reports_hold_at-wrong")).to_have_text("must be 1 to 1000")
    page.fill("#reports_hold_at", "5")
    page.click("button:text-is('Save')")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert page.input_value("#edit_window_seconds") == "2.5"
    assert page.input_value("#email") == "required"

    page.click("text=Reject reasons")
    page.fill("[id='reasons.8.sentence']", "It breaks the rules of the house.")
    page.fill("[id='reasons.8.place']", "0")
    page.fill("[id='reasons.0.code']", "")
    page.fill("[id='reasons.0.title']", "")
    page.fill("[id='reasons.0.sentence']", "")
    page.click("button:text-is('Save')")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    assert page.input_value("[id='reasons.0.code']") == "other"
    assert page.input_value("[id='reasons.1.code']") == "threat"

    page.click("text=Policy for readers")
    page.fill("#markdown", _MARKDOWN)
    page.click("button:text-is('Preview')")
    expect(page.locator(".preview h3")).to_have_text("Rules")
    expect(page.locator(".preview li")).to_have_count(2)
    page.click("button:text-is('Save')")
    expect(page.get_by_role("status")).to_contain_text("Saved")

    page.click("a:text('Keys')")
    page.fill("#name", "ops")
    page.check("input[value=manage]")
    page.click("button:text('Issue')")
    assert page.input_value("#issued").startswith("parley_")

    page.click("a:text('Log')")
    expect(page.locator(".lines > li")).to_have_count(5)
    expect(page.locator(".lines > li").first).to_contain_text("issued the key “ops”")


def test_somebody_is_invited_joins_is_promoted_and_taken_off(
    served: str, new_context: NewContext, desk: Desk
) -> None:
    page = new_context(java_script_enabled=False).pages[0]
    address = _open(page, served, desk)
    page.goto(f"{address}/team")
    page.fill("#email", "malika@news.example")
    page.click("button:text-is('Invite')")
    link = served + page.locator("#link").input_value().partition("8000")[2]

    other = new_context().pages[0]
    other.goto(link)
    other.fill("#name", "Malika")
    other.fill("#password", "a longer horse battery")
    other.click("button:text-is('Join')")
    other.wait_for_url(f"{served}/review")

    page.goto(f"{address}/team")
    person = page.locator("#members-title ~ ul > li", has_text="Malika")
    person.locator("summary").click()
    person.locator("select").select_option("lead")
    person.get_by_text("Change the role").click()
    expect(page.locator("#members-title ~ ul > li", has_text="Malika")).to_contain_text("lead")

    other.goto(f"{address}/team")
    expect(other.locator("h1")).to_have_text("Team")
    person = page.locator("#members-title ~ ul > li", has_text="Malika")
    person.locator("summary").click()
    person.get_by_text("Take off the site").click()
    expect(page.locator("#members-title ~ ul > li", has_text="Malika")).to_have_count(0)
    other.goto(f"{address}/team")
    expect(other.locator("#password")).to_be_visible()
