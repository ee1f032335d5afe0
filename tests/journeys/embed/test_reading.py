"""Readers read: the answers, the comments, their order, their threads, and the links to them."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from service.comments.status import Status
from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from tests.browser import NewContext
from tests.journeys.embed.paper import ARTICLE, Paper, comment, send, write


def test_a_reader_answers_whether_the_article_is_liked_and_may_change_the_answer(
    paper: Paper, page: Page, new_context: NewContext
) -> None:
    paper.open(page)
    yes = page.get_by_role("button", name=re.compile("^Yes"))
    no = page.get_by_role("button", name=re.compile("^No"))
    expect(page.get_by_role("group", name="Do you like this article?")).to_be_visible()
    yes.click()
    expect(yes).to_have_text("Yes 1")
    expect(yes).to_have_attribute("aria-pressed", "true")
    no.click()
    expect(yes).to_have_text("Yes 0")
    expect(no).to_have_text("No 1")
    paper.open(page)
    expect(no).to_have_attribute("aria-pressed", "true")
    other = new_context().pages[0]
    paper.open(other)
    other.get_by_role("button", name=re.compile("^No")).click()
    expect(other.get_by_role("button", name=re.compile("^No"))).to_have_text("No 2")
    no.click()
    expect(no).to_have_text("No 1")
    expect(no).to_have_attribute("aria-pressed", "false")


def test_comments_come_in_the_order_that_is_wanted_page_by_page(paper: Paper, page: Page) -> None:
    first = paper.publish("The very first.")
    for number in range(2, 30):
        paper.publish(f"Number {number}.")
    paper.publish("An answer.", under=first)
    paper.store("Held.", status=Status.HELD)
    paper.open(page)
    expect(page.locator("h2")).to_have_text("30 comments")
    bodies = page.locator(".list .body")
    expect(bodies).to_have_count(25)
    expect(bodies.first).to_have_text("Number 29.")
    more = page.get_by_role("button", name="More comments")
    more.click()
    expect(bodies).to_have_count(30)
    expect(more).to_be_hidden()
    # Who reads by ear or by keyboard goes on where the list went on.
    expect(page.locator(".list > .comment").nth(25)).to_be_focused()
    page.get_by_label("Order").select_option(label="Oldest first")
    expect(bodies.first).to_have_text("The very first.")
    page.get_by_label("Order").select_option(label="Most replied")
    expect(bodies.nth(1)).to_have_text("An answer.")
    expect(page.get_by_text("Held.")).to_have_count(0)
    paper.open(page)
    expect(page.get_by_label("Order")).to_have_value("replies")


def test_what_others_write_meanwhile_is_said_and_shown_when_it_is_asked_for(
    paper: Paper, page: Page
) -> None:
    for number in range(2):
        paper.publish(f"Before {number}.")
    page.clock.install(time=datetime.now(UTC))
    paper.open(page)
    page.wait_for_load_state("networkidle")
    page.clock.run_for("01:01")
    fresh = page.locator(".news")
    expect(fresh).to_be_hidden()
    page.get_by_label("Order").select_option(label="Oldest first")
    expect(page.locator(".list .body").first).to_have_text("Before 0.")
    for number in range(2):
        paper.publish(f"Meanwhile {number}.")
    place = page.locator(".list").bounding_box()
    page.clock.run_for("01:01")
    expect(fresh).to_have_text("New: 2")
    expect(page.get_by_role("status")).to_have_text("New: 2")
    expect(page.locator(".list .body")).to_have_count(2)
    assert page.locator(".list").bounding_box() == place, "nothing moves under the reader"
    fresh.click()
    expect(page.locator(".list .body").first).to_have_text("Meanwhile 1.")
    expect(page.locator(".list > .comment").first).to_be_focused()
    expect(page.locator("h2")).to_have_text("4 comments")
    expect(fresh).to_be_hidden()
    page.clock.run_for("01:01")
    expect(fresh).to_be_hidden()


def test_ones_own_comment_is_no_news(paper: Paper, page: Page) -> None:
    page.clock.install(time=datetime.now(UTC))
    paper.open(page)
    page.wait_for_load_state("networkidle")
    write(page, "My own.")
    send(page)
    expect(page.locator(".mine")).to_be_visible()
    paper.decide_newest(Status.APPROVED)
    page.clock.run_for("00:10")
    expect(page.locator(".mine .chip")).to_have_text("Yours, published")
    with page.expect_response("**/counts?*"):
        page.clock.run_for("01:01")
    expect(page.locator(".news")).to_be_hidden()
    paper.publish("Another's.")
    page.clock.run_for("01:01")
    expect(page.locator(".news")).to_have_text("New: 1")


def test_a_link_leads_to_its_comment_however_deep_it_stands(paper: Paper, page: Page) -> None:
    top = paper.publish("At the top.")
    deep = top
    for number in range(6):
        deep = paper.publish(f"Answer {number}.", name=f"Reader {number}", under=deep)
    for number in range(26):
        paper.publish(f"Later {number}.")
    paper.open(page, at=f"#parley-{deep}")
    found = page.locator(f"[id='parley-{deep}']")
    expect(found).to_be_focused()
    expect(found).to_be_in_viewport()
    expect(page.get_by_text("At the top.")).to_be_visible()
    # Deeper than one can indent, it is said who is answered.
    expect(comment(page, "Answer 5.").locator(".answers")).to_have_text("Reply to Reader 4")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    later = page.locator(".list > .comment", has_text="Later 20.")
    link = later.locator("a.when")
    link.click()
    expect(later).to_be_focused()
    assert page.url.endswith(str(link.get_attribute("href")))


def test_a_thread_unfolds_and_keeps_the_place_of_what_is_gone(paper: Paper, page: Page) -> None:
    top = paper.publish("Who pays?")
    middle = paper.publish("Guess who.", under=top)
    for number in range(4):
        paper.publish(f"We all do, {number}.", under=middle)
    paper.decide(middle, Status.REJECTED)
    paper.open(page)
    expect(page.get_by_text("This comment was removed by the moderators.")).to_be_visible()
    expect(page.get_by_text("Guess who.")).to_have_count(0)
    page.get_by_role("button", name=re.compile("more repl")).click()
    for number in range(4):
        expect(page.get_by_text(f"We all do, {number}.")).to_be_visible()
    assert page.locator(".list > .comment").count() == 1


def test_the_policy_opens_in_a_dialog_and_gives_the_focus_back(paper: Paper, page: Page) -> None:
    with paper.database.transaction() as session:
        policy_texts.save(
            session,
            paper.caller.site.id,
            ReaderLanguage.RUSSIAN,
            "## Вежливо\n\n- без **брани**\n- [правила](https://daily.example/rules)",
            saved_by="test",
            now=paper.caller.site.created_at,
        )
    paper.open(page, lang="ru")
    button = page.get_by_role("button", name="Правила комментирования")
    button.click()
    dialog = page.get_by_role("dialog", name="Правила комментирования")
    expect(dialog.locator("strong")).to_have_text("брани")
    expect(dialog.get_by_role("link", name="правила")).to_have_attribute(
        "href", "https://daily.example/rules"
    )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_all_badges_of_a_page_are_counted_in_one_request(paper: Paper, page: Page) -> None:
    for _ in range(2):
        paper.publish("Counted.")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "/counts?" in each.url else None)
    badges = f'<p data-parley-site="{paper.key}"><parley-count article="{ARTICLE}">?</parley-count>'
    badges += '<parley-count article="none" lang="ru">?</parley-count></p>'
    paper.open(page, before=badges)
    expect(page.locator("parley-count")).to_have_text(["2 comments", "0 комментариев"])
    assert len(asked) == 1
