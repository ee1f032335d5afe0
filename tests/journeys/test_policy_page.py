"""A lead changes the policy on its page: by keyboard, with a preview, readable for everybody."""

from datetime import UTC, datetime

from service.db import Database
from service.moderators.tables import Role
from tests.browser import NewContext, be_signed_in
from tests.factories.review import stored_desk
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
