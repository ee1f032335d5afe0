"""What readers and colleagues type is never markup: not on the review page, wherever it is shown.

A list shows each string once; what surrounds one comment shows all of them in every place.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.appeals.outcome import Outcome
from service.appeals.tables import Appeal
from service.articles.tables import Article
from service.authors import actions as sanctions
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author
from service.comments.statement_link import statement_url
from service.comments.status import Status
from service.comments.tables import Comment, Revision
from service.db import Database
from service.decisions.tables import Decision
from service.moderators.tables import Moderator, Role
from service.quality import actions as quality
from service.quality.rules import Opinion
from service.reports import actions as reports
from service.reports import closing
from service.reports.notice_link import notice_url
from service.reports.reason import ReportReason
from service.reports.tables import Notice
from service.review import notes
from service.settings import Settings
from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site
from tests.browser import NewContext, watch
from tests.factories.comments import CommentChanges
from tests.factories.moderators import PASSWORD, stored_moderator
from tests.factories.published import stored_decided_comment
from tests.factories.review import Desk, stored_desk, stored_held_comment
from tests.journeys.embed.test_injections import WATCHED
from tests.journeys.keys import go_to
from tests.service.embed.injections import INJECTIONS
from tests.service.quality.test_actions import claimed

ALL = "\n".join(INJECTIONS)
TITLE = " ".join(ALL.split())  # as a browser says it of a page
# As many as a name may hold, and as a reader may write.
NAME = "\n".join(INJECTIONS[4:8:2])
WORDS, LONG = "\n".join(INJECTIONS[:8]), "\n".join(INJECTIONS[8:24])
IN_FOCUS = ".card.in-focus[data-state=todo]"
# What no page of ours has, and no text may bring in: elements that run, load or send, and handlers.
STRANGERS = """() => {
  const kinds = "script, style, iframe, object, embed, math, video, audio, meta, base, link";
  const ours = (each) => each.closest("head") || each.id && each.type === "application/json";
  const leads = ["href", "xlink:href", "src", "action", "formaction", "data"];
  const runs = ({ name, value }) => name.startsWith("on") || name === "srcdoc"
    || (name === "style" && value.includes("parleyInjected"))
    || leads.includes(name) && /^[^a-z]*(javascript|data|vbscript):/i.test(value);
  return [...document.querySelectorAll("*")]
    .filter((each) => (each.matches(kinds) && !ours(each))
      || (each.matches("img") && !each.getAttribute("src").endsWith(".svg"))
      || [...each.attributes].some(runs))
    .map((each) => each.outerHTML);
}"""


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a lead's desk at which names, reasons and the policy for readers are injections."""
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, name=NAME, now=_now())
        desk.site.name = NAME
        desk.site.preferences = {"audit_share": 1.0}
        desk.site.reject_reasons = [
            {"code": "rude", "title": ALL, "sentence": ALL, "labels": [], "ground": "site_policy"}
        ]
        english = ReaderLanguage.ENGLISH
        policy_texts.save(
            session, desk.site.id, english, "\n\n".join(INJECTIONS), saved_by=ALL, now=_now()
        )
    return desk


@pytest.fixture
def page(new_context: NewContext) -> Iterator[Page]:
    """Return a page that fails the test when anything of what was typed has done something."""
    page = new_context().pages[0]
    errors = watch(page)
    page.add_init_script(WATCHED)
    yield page
    _assert_nothing_ran(page)
    assert errors == []


def _assert_nothing_ran(page: Page) -> None:
    assert page.evaluate("[window.injected, window.refused]") == [0, []]
    assert page.evaluate(STRANGERS) == []


def _sign_in(page: Page, served: str, desk: Desk, path: str) -> None:
    page.goto(served + path)
    page.fill("#email", desk.moderator.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")


def _assert_shown(page: Page, where: str, *, times: int = 1, typed: str = ALL) -> None:
    """Look that the page shows what was typed, as it was typed, so often in this place."""
    page.wait_for_load_state()
    shown = page.locator(where).first.text_content() or ""
    assert shown.count(typed) == times, where


def _typed(**changes: object) -> CommentChanges:
    """Return a comment's changes: whatever people type of it is all of the strings."""
    return {"body": ALL, "author_name": ALL, **changes}  # type: ignore[typeddict-item] # ids, by name


def _crowded(session: Session, desk: Desk) -> Comment:
    """Store a held comment about which everything that anybody could type is all of the strings."""
    now, site = _now(), desk.site
    top = stored_decided_comment(session, site, now=now, changes=_typed())
    below = _typed(parent_id=top.id, thread_id=top.id)
    answered: CommentChanges = {**below, "has_replies": True}
    comment = stored_held_comment(session, site, urgency=1, now=now, changes=answered)
    beside = stored_decided_comment(session, site, now=now, changes=below)
    top.article_id = beside.article_id = comment.article_id
    reply = _typed(parent_id=comment.id, thread_id=top.id)
    stored_decided_comment(session, site, now=now, changes=reply)
    stored_decided_comment(session, site, now=now, changes=_typed()).author_id = comment.author_id
    session.get_one(Article, comment.article_id).title = ALL
    session.add(Revision(comment_id=comment.id, number=1, body=ALL, written_at=now))
    decided = session.scalars(select(Decision).where(Decision.comment_id == comment.id)).one()
    decided.reasons = [{"code": "rude", "sentence": ALL}]
    notes.about_comment(session, desk.moderator, comment, ALL, now=now)
    author = session.get_one(Author, comment.author_id)
    notes.about_author(session, desk.moderator, author, ALL, now=now)
    forbidden = SanctionKind.ALWAYS_HOLD
    sanctions.lay_sanction(session, author, forbidden, why=ALL, laid_by=ALL, now=now)
    session.flush()
    return comment


def _name_all(session: Session, desk: Desk) -> None:
    session.get_one(Site, desk.site.id).name = ALL
    session.get_one(Moderator, desk.moderator.id).name = ALL


def test_every_string_is_read_as_it_was_typed_in_a_list_of_comments(
    served: str, database: Database, desk: Desk, page: Page
) -> None:
    strings = sorted(INJECTIONS, key=len, reverse=True)
    number = len(strings) // 4
    bodies, titles, names, parents = (strings[n * number :][:number] for n in range(4))
    with database.transaction() as session:
        for body, title, name, parent in zip(bodies, titles, names, parents, strict=True):
            changes: CommentChanges = {"author_name": parent}
            top = stored_decided_comment(session, desk.site, now=_now(), changes=changes)
            changes = {"author_name": name, "parent_id": top.id}
            held = stored_held_comment(session, desk.site, body=body, now=_now(), changes=changes)
            session.get_one(Article, held.article_id).title = title
    _sign_in(page, served, desk, "/review")
    page.wait_for_selector(IN_FOCUS)

    def shown(where: str) -> list[str]:
        return sorted(page.locator(f"#list {where}").all_text_contents())

    assert shown(".text") == sorted(bodies)
    assert shown(".author") == sorted(names)
    assert shown(".article") == sorted(titles)
    answers = "\n".join(page.locator("#list .meta").all_text_contents())
    assert [each for each in parents if f"reply to {each}" not in answers] == []
    page.click("#open-filters")
    page.wait_for_selector("#filter-article")
    offered = page.locator("#filter-article option").all_text_contents()[1:]
    assert len(offered) > 20
    assert {each.removesuffix(" (1)") for each in offered} <= set(titles)


def test_all_that_surrounds_a_comment_is_text(
    served: str, database: Database, desk: Desk, page: Page
) -> None:
    with database.transaction() as session:
        _crowded(session, desk)
    _sign_in(page, served, desk, "/review")
    page.wait_for_selector(IN_FOCUS)
    page.wait_for_selector("#trail")
    for where, times in (
        (f"{IN_FOCUS} .text", 1),
        (f"{IN_FOCUS} .author", 1),
        (f"{IN_FOCUS} .meta", 2),  # whom it answers, and the article
        (f"{IN_FOCUS} .why", 1),
        ("#article", 1),
        ("#thread", 7),  # itself by name; above, beside and below with names and texts
        ("#author-record", 6),  # name, other comment with its name, sanction by and why, note
        ("#comment-notes", 1),
        ("#texts", 1),
        ("#trail", 1),
    ):
        _assert_shown(page, where, times=times)
    for where in ("header.top .name", "#site", "#comment-notes"):
        _assert_shown(page, where, typed=NAME)
    expect(page.locator("#site-policy")).to_contain_text("parleyInjected")
    page.get_by_role("button", name="all that waits under it").click()
    page.wait_for_selector(IN_FOCUS)
    _assert_shown(page, "#filters")
    page.get_by_role("button", name="Change it…").click()
    _assert_shown(page, "#sanction-title")
    _assert_shown(page, "#sanction-reject")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_selector("[data-reason=rude]")
    _assert_shown(page, "[data-reason=rude]")
    assert page.get_attribute("[data-reason=rude]", "title") == ALL
    page.keyboard.press("1")
    expect(page.locator("#said")).to_contain_text("parleyInjected")
    _assert_shown(page, ".card .outcome")


def test_what_is_found_and_what_was_decided_is_text(
    served: str, database: Database, desk: Desk, page: Page
) -> None:
    with database.transaction() as session:
        _crowded(session, desk)
        by = stored_moderator(session, desk.site, name=ALL)
        decided = stored_decided_comment(
            session, desk.site, now=_now(), by=by, sentence=ALL, changes=_typed()
        )
        session.get_one(Article, decided.article_id).title = ALL
    _sign_in(page, served, desk, "/review")
    page.wait_for_selector(IN_FOCUS)
    page.fill("#search", INJECTIONS[0])
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text(f"Search: {INJECTIONS[0]}")
    page.wait_for_selector(".card")
    _assert_shown(page, ".card .text")
    page.goto(f"{served}/review")
    page.wait_for_selector(IN_FOCUS)
    page.click("#open-bulk")
    page.wait_for_selector(".preview li")
    _assert_shown(page, ".preview li")


def test_what_readers_say_against_comments_is_text(
    served: str, database: Database, desk: Desk, page: Page
) -> None:
    with database.transaction() as session:
        said_against = stored_decided_comment(session, desk.site, now=_now(), changes=_typed())
        reports.report(
            *(session, said_against),
            reason=ReportReason.HATE,
            words=WORDS,
            reporter=b"r" * 16,
            reader_network=b"n" * 16,
            now=_now(),
        )
        _give_notice(session, said_against)
        rejected = stored_decided_comment(
            session, desk.site, Status.REJECTED, now=_now(), changes=_typed()
        )
        _appeal(session, rejected)
        session.flush()
    _sign_in(page, served, desk, "/review")
    page.wait_for_selector("#main[aria-busy=false]")
    for key, words in (("p", [WORDS]), ("n", [WORDS, LONG]), ("a", [LONG])):
        go_to(page, key)
        page.wait_for_selector(f"{IN_FOCUS} .waits")
        shown = page.locator(".waits").all_text_contents()
        assert [each for each in words if each not in "\n".join(shown)] == []


def test_the_plain_page_shows_text(served: str, database: Database, desk: Desk, page: Page) -> None:
    with database.transaction() as session:
        _crowded(session, desk)
        _name_all(session, desk)
    _sign_in(page, served, desk, "/review/plain")
    page.click("text=Take the next comment")
    _assert_shown(page, ".plain-text")
    # The article, the author, whom it answers, the text, why it is here; again in its history.
    _assert_shown(page, ".plain-card", times=7)
    _assert_shown(page, "main ul")
    _assert_shown(page, ".plain-bar")
    assert page.get_attribute("button.bad", "title") == ALL
    page.fill("#note", INJECTIONS[0])
    page.click("button.bad")
    expect(page.get_by_text("Rejected.")).to_have_count(1)


def test_the_quality_page_shows_text(
    served: str, database: Database, desk: Desk, page: Page
) -> None:
    with database.transaction() as session:
        _name_all(session, desk)
        each = stored_decided_comment(session, desk.site, reason=ALL, now=_now())
        quality.draw(session, [claimed(each)], judged_twice=0.0, now=_now())
        seen = Opinion(each.id, desk.moderator.id, Status.REJECTED, None, _now(), 1)
        quality.second_opinion(session, [seen], now=_now())
    _sign_in(page, served, desk, "/review/quality")
    page.wait_for_selector("#by-reason")
    for where in ("h1", "#site", "tbody code"):
        _assert_shown(page, where)
    assert TITLE in page.title()


def test_the_pages_of_whoever_was_rejected_or_gave_notice_show_text(
    served: str, database: Database, desk: Desk, page: Page, settings: Settings
) -> None:
    with database.transaction() as session:
        _name_all(session, desk)
        rejected = stored_decided_comment(
            session,
            desk.site,
            Status.REJECTED,
            by=stored_moderator(session, desk.site),
            reason="rude",
            sentence=ALL,
            now=_now(),
            changes=_typed(),
        )
        session.get_one(Article, rejected.article_id).title = ALL
        appeal = _appeal(session, rejected)
        published = stored_decided_comment(session, desk.site, now=_now(), changes=_typed())
        notice = _give_notice(session, published)
        session.flush()
        me = desk.moderator.id
        closing.answer_notice(
            session, notice, acted=False, answer=LONG, moderator_id=me, now=_now()
        )
        appeals.decide(
            *(session, appeal, Outcome.UPHELD),
            moderator_id=me,
            revision=1,
            answer=LONG,
            now=_now(),
        )
        paths = [statement_url(settings, rejected) or "", notice_url(settings, notice)]
    for path, words in zip(paths, ((ALL, LONG), (WORDS, LONG, ALL)), strict=True):
        page.goto(served + path.removeprefix(settings.web.public_url))
        shown = page.locator("main").text_content() or ""
        assert [each for each in words if each not in shown] == []
        assert TITLE in page.title()
        _assert_nothing_ran(page)


def _give_notice(session: Session, comment: Comment) -> Notice:
    return reports.give_notice(
        session,
        comment,
        law=WORDS,
        explanation=LONG,
        good_faith=True,
        contact=None,
        language=ReaderLanguage.ENGLISH,
        now=_now(),
    )


def _appeal(session: Session, comment: Comment) -> Appeal:
    english, window = ReaderLanguage.ENGLISH, timedelta(days=1)
    return appeals.appeal(session, comment, LONG, language=english, now=_now(), window=window)
