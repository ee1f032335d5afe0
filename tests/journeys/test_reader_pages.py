"""Pages without an account, in a real browser: with scripts off, in five languages; and quality."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from service.appeals.tables import Appeal
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.db import Database
from service.moderators.tables import Role
from service.quality import actions as quality
from service.quality.rules import Opinion
from service.reports import actions as reports
from service.reports.notice_link import notice_url
from service.settings import Settings
from service.sites.reader_language import ReaderLanguage
from tests.browser import NewContext, watch
from tests.factories.moderators import PASSWORD
from tests.factories.published import stored_decided_comment
from tests.factories.review import stored_desk
from tests.journeys.test_accessibility import VIEWS, violations
from tests.service.quality.test_actions import claimed

TONGUES = [each.value for each in ReaderLanguage]


class Links(NamedTuple):
    statement: str
    notice: str
    lead: str


@pytest.fixture
def links(database: Database, settings: Settings) -> Links:
    """Return paths to a statement and a receipt, and the e-mail address of a lead."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, slug="border", role=Role.LEAD, now=now)
        desk.site.preferences = {"audit_share": 1.0}
        rejected = stored_decided_comment(
            session,
            desk.site,
            Status.REJECTED,
            by=desk.moderator,
            reason="insult",
            sentence="The comment belittles a person or a group of people.",
            changes={"body": "They are all the same, these people.\nAll of them."},
            now=now,
        )
        published = stored_decided_comment(session, desk.site, now=now)
        notice = reports.give_notice(
            session,
            published,
            law="Criminal Code, article 174",
            explanation="It calls for violence against people of one nation.",
            good_faith=True,
            contact=None,
            language=ReaderLanguage.ENGLISH,
            now=now,
        )
        for number in range(60):
            status = Status.REJECTED if number % 6 == 0 else Status.APPROVED
            reason = "score_insult" if status is Status.REJECTED else "clear"
            each = stored_decided_comment(session, desk.site, status, reason=reason, now=now)
            quality.draw(session, [claimed(each)], judged_twice=0.0, now=now)
            verdict = Status.REJECTED if number % 17 == 0 else status
            opinion = Opinion(each.id, desk.moderator.id, verdict, None, now, 1)
            quality.second_opinion(session, [opinion], now=now)
        base = settings.web.public_url
        statement = statement_url(settings, rejected) or ""
        return Links(
            statement.removeprefix(base),
            notice_url(settings, notice).removeprefix(base),
            desk.moderator.email,
        )


@pytest.mark.parametrize("view", VIEWS)
def test_the_pages_for_readers_break_no_rule_of_accessibility(
    served: str, links: Links, new_context: NewContext, view: str
) -> None:
    page = new_context(bypass_csp=True, **VIEWS[view]).pages[0]  # axe is put into the page
    found: dict[str, list[str]] = {}
    for tongue in TONGUES:
        for path in (links.statement, links.notice, "/statements/unknown"):
            page.goto(f"{served}{path}?lang={tongue}")
            found[f"{path} {tongue}"] = violations(page)
    page.goto(f"{served}{links.statement}?lang=en")
    page.fill("#text", "w" * 1001)
    page.click("button.primary")
    found["refused"] = violations(page)
    assert {name: broken for name, broken in found.items() if broken} == {}


@pytest.mark.parametrize("view", VIEWS)
def test_the_quality_page_breaks_no_rule_of_accessibility(
    served: str, links: Links, new_context: NewContext, view: str
) -> None:
    page = new_context(bypass_csp=True, **VIEWS[view]).pages[0]
    _sign_in(page, served, links.lead)
    assert page.locator("svg.bar .range").count() > 3
    assert violations(page) == []


@pytest.mark.parametrize("tongue", TONGUES)
def test_an_author_appeals_without_scripts(
    served: str, links: Links, new_context: NewContext, database: Database, tongue: str
) -> None:
    page = new_context(java_script_enabled=False).pages[0]
    errors = watch(page)
    page.goto(f"{served}{links.statement}?lang={tongue}")
    page.fill("#text", "I quoted the minister.")
    page.click("button.primary")
    assert page.locator("form").count() == 0
    assert page.locator("blockquote").last.inner_text() == "I quoted the minister."
    assert page.locator("html").get_attribute("lang") == tongue
    with database.transaction() as session:
        assert session.scalars(select(Appeal.language)).one().value == tongue
    assert errors == []


def _sign_in(page: Page, served: str, email: str) -> None:
    page.goto(f"{served}/review/sign-in?next=/review/quality")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served}/review/quality")
