"""A lead changes the policy on its page: by keyboard, with a preview, readable for everybody."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Dialog, Page

from service.db import Database
from service.moderators.tables import Role
from tests.browser import NewContext, be_signed_in
from tests.factories.review import Desk, stored_desk
from tests.journeys.axe import open_page, violations_in_every_view
from tests.service.trials.conftest import champion
from tests.service.trials.pasts import PAST, store_past

__all__ = ["champion"]


def test_a_lead_tries_and_saves_a_policy(
    served: str, database: Database, new_context: NewContext, champion: int
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=now)
    store_past(database, desk.site, champion, PAST, now=now)
    page = open_page(new_context)
    be_signed_in(page, served, desk.token)
    page.goto(f"{served}/review/policy")
    page.wait_for_selector("h1:has-text('Policy of')")
    page.fill("[name='thresholds.insult.hold']", "0.5")
    page.fill("[name='thresholds.insult.reject']", "0,7")
    page.check("[name='links.on']")
    page.get_by_role("button", name="Try it on the last 30 days").click()
    page.wait_for_selector("#trial")
    assert page.input_value("[name='thresholds.insult.reject']") == "0,7"
    assert "would settle 2 of 3 comments" in page.inner_text("#trial")
    assert violations_in_every_view(page) == {}
    page.fill("#note", "Election week.")
    page.get_by_role("button", name="Save: it rules from now on").click()
    page.wait_for_selector("text=Version 1 is saved")
    assert page.is_checked("[name='links.on']")
    assert page.input_value("[name='thresholds.insult.reject']") == "0.7"


@pytest.fixture
def lead(database: Database) -> Desk:
    with database.transaction() as session:
        return stored_desk(session, role=Role.LEAD, now=datetime.now(UTC))


def _open(page: Page, served: str, lead: Desk) -> None:
    be_signed_in(page, served, lead.token)
    page.goto(f"{served}/review/policy")
    page.wait_for_load_state()


def test_a_draft_that_is_not_saved_is_not_left_unasked(served: str, page: Page, lead: Desk) -> None:
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    _open(page, served, lead)
    page.get_by_role("link", name="To the queue").click()
    page.wait_for_url("**/review")
    assert asked == []
    _open(page, served, lead)
    page.fill("[name='thresholds.insult.hold']", "0.5")
    page.get_by_role("button", name="Save: it rules from now on").click()
    page.wait_for_selector("text=Say in 1 to 500 characters")
    assert asked == []
    page.click("#note")
    page.get_by_role("link", name="To the queue").click()
    page.wait_for_url("**/review")
    assert asked == ["beforeunload"]


_BEHIND = """() => {
  const focused = document.activeElement;
  const saving = document.querySelector(".saving");
  return !saving.contains(focused)
    && focused.getBoundingClientRect().bottom > saving.getBoundingClientRect().top;
}"""
_NAME = "document.activeElement.name"
_TABS_MAX = 300


def test_what_is_tabbed_to_is_never_behind_the_saving_panel(
    served: str, page: Page, lead: Desk
) -> None:
    _open(page, served, lead)
    page.focus("[name='trusted_from']")
    behind: list[str] = []
    reached: list[str] = []
    while len(reached) < _TABS_MAX and "allow.authors" not in reached:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(_NAME) or "")
        if reached[-1].startswith("thresholds.") and page.evaluate(_BEHIND):
            behind.append(reached[-1])
    assert "allow.authors" in reached
    assert behind == []
