"""The queues beside what is held, in a real browser: reports, filters, sanctions, notes, alerts."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ml.labels import Language
from service.appeals import actions as appeals
from service.authors.tables import Sanction
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.moderators.tables import Role
from service.reports import actions as reports
from service.reports.reason import ReportReason
from service.reports.tables import Report
from service.review import settling
from service.sites.reader_language import ReaderLanguage
from tests.browser import NewContext, be_signed_in
from tests.factories.moderators import stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment
from tests.journeys.axe import open_page, violations_in_every_view
from tests.journeys.keys import go_to
from tests.journeys.test_review_page import A_WHILE

LANGUAGES = (Language.ENGLISH, Language.ENGLISH, Language.KAZAKH)


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a lead's desk: three held comments, one of them Kazakh, and a published one."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        made = stored_desk(session, role=Role.LEAD, now=now)
        for number, language in enumerate(LANGUAGES):
            stored_held_comment(
                *(session, made.site),
                urgency=0.9 - number / 10,
                body=f"Comment {number} in {language}.",
                changes={"language": language},
                now=now,
            )
        published = stored_held_comment(session, made.site, body="Nice weather.", now=now)
        decisions.record(
            *(session, published, Status.APPROVED),
            actor=Actor.POLICY,
            reason="clear",
            now=now,
        )
    return made


def sign_in(page: Page, served: str, desk: Desk) -> None:
    be_signed_in(page, served, desk.token)
    page.goto(f"{served}/review")
    page.wait_for_selector(".card.in-focus[data-state=todo]")


def report_the_published_one(
    database: Database, *, readers: int, networks: int | None = None
) -> None:
    with database.transaction() as session:
        comment = session.scalars(select(Comment).where(Comment.body == "Nice weather.")).one()
        for number in range(readers):
            reports.report(
                *(session, comment),
                reason=ReportReason.SPAM,
                words="It is an <b>advertisement</b>.",
                reporter=sha256(str(number).encode()).digest(),
                reader_network=sha256(str(number % (networks or readers)).encode()).digest(),
                now=datetime.now(UTC),
            )


def test_a_reported_comment_is_kept_by_one_key_and_its_reports_are_answered(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    report_the_published_one(database, readers=1)
    sign_in(page, served, desk)
    go_to(page, "p")
    expect(page.locator("#title")).to_have_text("Reported")
    page.wait_for_selector(".card.in-focus[data-state=todo]")
    expect(page.locator(".waits")).to_contain_text("1 reader reported it: spam × 1")
    expect(page.locator(".waits")).to_contain_text("“It is an <b>advertisement</b>.” spam · ")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Approved")
    page.wait_for_selector(".card[data-state=done]")
    with database.transaction() as session:
        settling.settle_due(session, now=datetime.now(UTC) + A_WHILE)
    with database.transaction() as session:
        assert session.scalars(select(Report)).one().resolved_at is not None
        comment = session.scalars(select(Comment).where(Comment.body == "Nice weather.")).one()
        assert comment.status is Status.APPROVED


def test_it_is_said_where_many_reports_come_from_few_networks(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    report_the_published_one(database, readers=4, networks=2)
    sign_in(page, served, desk)
    go_to(page, "p")
    expect(page.locator(".waits")).to_contain_text("4 readers reported it: spam × 4")
    expect(page.locator(".waits")).to_contain_text("together they count as 2.")


def test_a_queue_is_narrowed_by_a_menu_that_says_how_many_it_leaves(
    served: str, page: Page, desk: Desk
) -> None:
    sign_in(page, served, desk)
    expect(page.locator(".card")).to_have_count(3)
    page.click("#open-filters")
    page.get_by_label("Language").select_option(label="Kazakh (1)")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#filters")).to_contain_text("Language: Kazakh")
    page.get_by_role("button", name="Language: Kazakh").click()
    expect(page.locator(".card")).to_have_count(3)


def test_an_author_is_suspended_with_a_reason_and_let_go_again(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    sign_in(page, served, desk)
    page.get_by_role("button", name="Sanction…").click()
    page.select_option("#sanction-kind", "suspended")
    page.select_option("#sanction-days", "3")
    page.fill("#sanction-why", "Third warning.")
    page.get_by_role("button", name="Sanction", exact=True).click()
    expect(page.locator("#author-record")).to_contain_text("suspended until")
    page.get_by_role("button", name="Lift it").click()
    expect(page.get_by_role("button", name="Sanction…")).to_be_visible()
    with database.transaction() as session:
        [laid] = session.scalars(select(Sanction))
        assert (laid.why, laid.laid_by, laid.lifted_at is not None) == (
            "Third warning.",
            desk.moderator.name,
            True,
        )


def test_colleagues_leave_notes_about_a_comment_and_its_author(
    served: str, page: Page, desk: Desk
) -> None:
    sign_in(page, served, desk)
    for section, label, words in (
        ("#author-record", "Note about this author", "Asked twice <i>politely</i>."),
        ("#comment-notes", "Note about this comment", "Quotes a song."),
    ):
        page.get_by_label(label).fill(words)
        page.locator(section).get_by_role("button", name="Note it").click()
        expect(page.locator(section)).to_contain_text(words)
    page.locator("#comment-notes").get_by_role("button", name="Delete this note").click()
    expect(page.locator("#comment-notes")).not_to_contain_text("Quotes a song.")


def give_notices(database: Database, count: int) -> None:
    with database.transaction() as session:
        comment = session.scalars(select(Comment).where(Comment.body == "Nice weather.")).one()
        for number in range(count):
            reports.give_notice(
                *(session, comment),
                law=f"Criminal Code, article {170 + number}",
                explanation="It calls for violence against people of one nation.",
                good_faith=True,
                contact=None,
                language=ReaderLanguage.ENGLISH,
                now=datetime.now(UTC) + timedelta(seconds=number),
            )


def test_notices_are_counted_and_what_each_says_is_at_hand(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    give_notices(database, 12)
    sign_in(page, served, desk)
    go_to(page, "n")
    waits = page.locator(".card.in-focus .waits")
    expect(waits).to_contain_text("12 notices of illegal content")
    expect(waits.get_by_text("article 170")).to_be_visible()
    expect(waits.get_by_text("article 179")).to_be_hidden()
    waits.get_by_text("The other notices").click()
    expect(waits.get_by_text("article 179")).to_be_visible()
    expect(waits).to_contain_text("2 more are not shown.")


def test_an_appeal_shows_what_the_author_says_to_another_person_only(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        colleague = stored_moderator(session, desk.site, name="Baurzhan")
        by = {"said by a colleague": colleague, "said by oneself": desk.moderator}
        for body, moderator in by.items():
            rejected = stored_decided_comment(
                *(session, desk.site, Status.REJECTED),
                by=moderator,
                reason="insult",
                sentence="The comment belittles a person or a group of people.",
                changes={"body": body},
                now=now,
            )
            appeals.appeal(
                *(session, rejected, "I quoted the <b>minister</b>.\nNobody was meant."),
                language=ReaderLanguage.KAZAKH,
                window=timedelta(days=180),
                now=now,
            )
    sign_in(page, served, desk)
    go_to(page, "a")
    expect(page.locator("#title")).to_have_text("Appeals")
    page.wait_for_selector(".card.in-focus[data-state=todo]")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card .text")).to_have_text("said by a colleague")
    quote = page.locator(".waits .quote")
    expect(quote).to_be_visible()
    assert quote.inner_text() == "I quoted the <b>minister</b>.\nNobody was meant."
    page.fill("#search", "said by oneself")
    page.keyboard.press("Enter")
    expect(page.locator(".waits")).to_contain_text("another person reads the appeal")


def test_no_queue_breaks_a_rule_of_accessibility(
    served: str, database: Database, new_context: NewContext, desk: Desk
) -> None:
    report_the_published_one(database, readers=2)
    give_notices(database, 2)
    page = open_page(new_context)
    sign_in(page, served, desk)
    page.wait_for_selector("#trail", state="attached")
    go_to(page, "p")
    page.wait_for_selector(".card.in-focus[data-state=todo]")
    assert violations_in_every_view(page) == {}
    page.click("#open-filters")
    assert violations_in_every_view(page) == {}
