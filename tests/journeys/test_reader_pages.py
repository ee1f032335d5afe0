"""Pages without an account, in a real browser: with scripts off, in five languages; and quality."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from playwright.sync_api import expect
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
from tests.browser import NewContext, be_signed_in, watch
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk
from tests.journeys.axe import open_page, violations_in_every_view
from tests.service.quality.test_actions import claimed

TONGUES = [each.value for each in ReaderLanguage]


class Links(NamedTuple):
    statement: str
    notice: str


@pytest.fixture
def links(database: Database, settings: Settings) -> Links:
    """Return paths to a statement and a receipt."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, slug="border", role=Role.LEAD, now=now)
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
        base = settings.web.public_url
        statement = statement_url(settings, rejected) or ""
        return Links(
            statement.removeprefix(base),
            notice_url(settings, notice).removeprefix(base),
        )


@pytest.fixture
def lead(database: Database) -> Desk:
    """Return somebody who leads a site of which much was judged twice."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        desk = stored_desk(session, slug="border", role=Role.LEAD, now=now)
        desk.site.preferences = {"audit_share": 1.0}
        for number in range(60):
            status = Status.REJECTED if number % 6 == 0 else Status.APPROVED
            reason = "score_insult" if status is Status.REJECTED else "clear"
            each = stored_decided_comment(session, desk.site, status, reason=reason, now=now)
            quality.draw(session, [claimed(each)], judged_twice=0.0, now=now)
            verdict = Status.REJECTED if number % 17 == 0 else status
            opinion = Opinion(each.id, desk.moderator.id, verdict, None, now, 1)
            quality.second_opinion(session, [opinion], now=now)
        return desk


def test_the_pages_for_readers_break_no_rule_of_accessibility(
    served: str, links: Links, new_context: NewContext
) -> None:
    page = open_page(new_context)
    found: dict[str, dict[str, list[str]]] = {}
    for tongue in TONGUES:
        for path in (links.statement, links.notice, "/statements/unknown"):
            page.goto(f"{served}{path}?lang={tongue}")
            found[f"{path} {tongue}"] = violations_in_every_view(page)
    page.goto(f"{served}{links.statement}?lang=en")
    page.fill("#text", "w" * 1001)
    page.click("button.primary")
    found["refused"] = violations_in_every_view(page)
    assert {name: broken for name, broken in found.items() if broken} == {}


def test_the_quality_page_breaks_no_rule_of_accessibility(
    served: str, lead: Desk, new_context: NewContext
) -> None:
    page = open_page(new_context)
    be_signed_in(page, served, lead.token)
    page.goto(f"{served}/review/quality")
    page.wait_for_load_state()
    assert page.locator("svg.bar .range").count() > 3
    assert violations_in_every_view(page) == {}


@pytest.mark.parametrize("tongue", TONGUES)
def test_an_author_appeals_without_scripts(
    served: str, links: Links, new_context: NewContext, database: Database, tongue: str
) -> None:
    page = new_context(java_script_enabled=False).pages[0]
    errors = watch(page)
    page.goto(f"{served}{links.statement}?lang={tongue}")
    page.fill("#text", "I quoted the minister.")
    page.click("button.primary")
    expect(page.locator("blockquote").last).to_have_text("I quoted the minister.")
    expect(page.locator("form")).to_have_count(0)
    assert page.locator("html").get_attribute("lang") == tongue
    with database.transaction() as session:
        assert session.scalars(select(Appeal.language)).one().value == tongue
    assert errors == []
