"""A lead changes the policy on its page: by keyboard, with a preview, readable for everybody."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.db import Database
from service.moderators.tables import Role
from tests.browser import NewContext
from tests.factories.moderators import PASSWORD
from tests.factories.review import stored_desk
from tests.journeys.test_accessibility import VIEWS, violations
from tests.service.trials.conftest import champion
from tests.service.trials.pasts import PAST, store_past

__all__ = ["champion"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_lead_tries_and_saves_a_policy(
    served: str, database: Database, new_context: NewContext, champion: int, view: str
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=now)
    store_past(database, desk.site, champion, PAST, now=now)
    page = new_context(bypass_csp=True, **VIEWS[view]).pages[0]
    page.goto(f"{served}/review/policy")
    page.fill("#email", desk.moderator.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Policy of')")
    page.fill("[name='thresholds.insult.hold']", "0.5")
    page.fill("[name='thresholds.insult.reject']", "0,7")
    page.check("[name='links.on']")
    page.get_by_role("button", name="Try it on the last 30 days").click()
    page.wait_for_selector("#trial")
    assert page.input_value("[name='thresholds.insult.reject']") == "0,7"
    assert "would settle 2 of 3 comments" in page.inner_text("#trial")
    assert violations(page) == []
    folder = os.environ.get("PARLEY_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"policy-{view}.png", full_page=True)
    page.fill("#note", "Election week.")
    page.get_by_role("button", name="Save: it rules from now on").click()
    page.wait_for_selector("text=Version 1 is saved")
    assert page.is_checked("[name='links.on']")
    assert page.input_value("[name='thresholds.insult.reject']") == "0.7"
