"""Readers write: what the form says, what it keeps, and what becomes of what they sent."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.embed.tables import SecondThoughts
from tests.browser import NewContext
from tests.journeys.embed.paper import PATIENT, Paper, comment, send, write


def test_the_form_says_beside_each_field_what_is_missing_and_how_much_is_left(
    paper: Paper, page: Page
) -> None:
    paper.open(page)
    expect(page.get_by_text("* Denotes required field")).to_be_visible()
    name, body = page.get_by_label("Name"), page.get_by_role("textbox", name="Comment")
    expect(page.locator("#left")).to_contain_text("1500 / 1500")
    send(page)
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(re.compile("Write a name"))
    expect(body).to_have_accessible_description(re.compile("Write something first"))
    expect(page.get_by_role("status")).to_have_text(re.compile("Write a name"))
    name.fill("Ulugbek")
    expect(name).to_have_attribute("aria-invalid", "false")
    page.get_by_label("E-mail").fill("not an address")
    # A family of four is seven code points, the short i in two pieces one, a line's end one.
    body.fill("👨‍👩‍👧‍👦 и\u0306\n" + "a" * 1492)
    expect(page.locator("#left")).to_contain_text("−2 / 1500")
    send(page)
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(body).to_have_accessible_description(re.compile("2 characters too many"))
    page.get_by_label("E-mail").fill("ulugbek@example.org")
    body.fill("👨‍👩‍👧‍👦 и\u0306\n" + "a" * 1490)
    expect(page.locator("#left")).to_contain_text("0 / 1500")
    expect(page.get_by_role("status")).to_have_text("0 characters left")
    send(page)
    expect(page.locator(".mine .chip")).to_have_text("Waiting for review")
    kept = paper.newest()
    assert len(kept.body) == 1500
    assert kept.author_name == "Ulugbek"
    expect(page.locator("#left")).to_contain_text("1500 / 1500")
    expect(page.get_by_label("E-mail")).to_have_value("ulugbek@example.org")


def test_whoever_has_written_the_first_comment_is_not_told_that_there_is_none(
    paper: Paper, page: Page
) -> None:
    paper.open(page)
    none_yet = page.get_by_text("Yours could be the first.")
    expect(none_yet).to_be_visible()
    write(page, "Good news.")
    send(page)
    expect(page.locator(".mine .chip")).to_be_visible()
    expect(none_yet).to_be_hidden()


def test_a_site_may_require_an_address_or_ask_for_none(paper: Paper, page: Page) -> None:
    paper.prefer(email="off")
    paper.open(page)
    expect(page.get_by_label("E-mail")).to_be_hidden()


def test_what_is_written_survives_a_reload_and_goes_once_it_is_sent(
    paper: Paper, page: Page
) -> None:
    top = paper.publish("Who was there?", name="Aziz")
    paper.open(page)
    page.get_by_role("button", name="Reply to Aziz").click()
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    write(page, "I was, until six.")
    paper.open(page)
    expect(page.locator("#name")).to_have_value("Ulugbek")
    expect(page.locator("#body")).to_have_value("I was, until six.")
    expect(page.locator("form .to")).to_contain_text("Reply to Aziz")
    send(page)
    mine = page.locator(".mine")
    expect(mine.locator(".chip")).to_have_text("Waiting for review")
    expect(mine).to_be_focused()
    assert page.locator(f"[id='parley-{top}'] .replies .mine").count() == 1
    assert str(paper.newest().parent_id) == top
    paper.open(page)
    expect(page.locator("#body")).to_have_value("")
    expect(page.locator("#name")).to_have_value("Ulugbek")
    page.get_by_role("button", name="Reply to Aziz").click()
    page.get_by_role("button", name="Do not reply").click()
    expect(page.get_by_role("button", name="Reply to Aziz")).to_be_focused()


def test_readers_follow_their_own_comment_until_it_is_decided(paper: Paper, page: Page) -> None:
    paper.open(page)
    write(page, "They should meet more often.")
    send(page)
    mine = page.locator(".mine")
    expect(mine.locator(".chip")).to_have_text("Waiting for review")
    expect(page.get_by_role("status")).to_have_text(re.compile("waiting for review"))
    paper.open(page)
    expect(mine.locator(".body")).to_have_text("They should meet more often.")
    paper.decide_newest(Status.APPROVED)
    expect(mine.locator(".chip")).to_have_text("Yours, published", timeout=9000)
    expect(page.locator("h2")).to_have_text("1 comment")
    expect(page.get_by_role("status")).to_have_text("Your comment is published.")
    paper.open(page)
    expect(page.locator(".comment")).to_have_count(1)
    expect(page.locator(".list .mine .chip")).to_have_text("Yours, published")


def test_who_is_not_published_is_led_to_why_and_may_hide_it(paper: Paper, page: Page) -> None:
    paper.open(page)
    write(page, "All of them are alike.")
    send(page)
    mine = page.locator(".mine")
    expect(mine.locator(".chip")).to_have_text("Waiting for review")
    paper.decide_newest(Status.REJECTED)
    expect(mine.locator(".chip")).to_have_text("Not published", timeout=9000)
    why = mine.get_by_role("link", name="Why?")
    expect(why).to_have_attribute("href", re.compile("^https?://"))
    expect(mine.get_by_role("button", name="Edit")).to_have_count(0)
    mine.get_by_role("button", name="Hide").click()
    expect(mine).to_have_count(0)
    paper.open(page)
    expect(page.locator(".comment")).to_have_count(0)


def test_an_own_comment_may_be_edited_and_withdrawn_while_its_time_lasts(
    paper: Paper, page: Page
) -> None:
    paper.prefer(edit_window=300, withdraw_window=3000)
    paper.open(page)
    write(page, "They shuold meet.")
    send(page)
    mine = page.locator(".mine")
    expect(mine.get_by_role("timer")).to_have_text(re.compile(r"Can be edited for 4:[0-5]\d"))
    mine.get_by_role("button", name="Edit").click()
    field = mine.get_by_role("textbox", name="Comment")
    expect(field).to_be_focused()
    field.fill("")
    mine.get_by_role("button", name="Save").click()
    expect(field).to_have_accessible_description(re.compile("Write something first"))
    field.fill("They should meet.")
    mine.get_by_role("button", name="Save").click()
    expect(mine.locator(".body")).to_have_text("They should meet.")
    assert paper.newest().body == "They should meet."
    mine.get_by_role("button", name="Withdraw").click()
    dialog = page.get_by_role("dialog", name="Withdraw this comment?")
    dialog.get_by_role("button", name="Leave as it is").click()
    expect(mine.get_by_role("button", name="Withdraw")).to_be_focused()
    mine.get_by_role("button", name="Withdraw").click()
    dialog.get_by_role("button", name="Withdraw").click()
    expect(mine).to_have_count(0)
    assert paper.newest().status is Status.WITHDRAWN
    expect(page.get_by_role("status")).to_have_text("Your comment is withdrawn.")


def test_once_its_time_is_over_a_comment_stays_as_it_is(paper: Paper, page: Page) -> None:
    paper.prefer(edit_window=60, withdraw_window=0)
    paper.open(page)
    write(page, "Said is said.")
    send(page)
    edit = page.locator(".mine").get_by_role("button", name="Edit")
    expect(edit).to_be_visible()
    page.clock.install(time=datetime.now(UTC))
    paper.open(page)
    expect(edit).to_be_visible()
    page.clock.run_for("01:01")
    expect(edit).to_have_count(0)
    expect(page.locator(".mine .body")).to_have_text("Said is said.")


def test_it_is_said_until_when_a_comment_can_be_withdrawn_and_in_the_last_hour_how_long(
    paper: Paper, page: Page
) -> None:
    paper.prefer(edit_window=0, withdraw_window=86_400)
    page.clock.install(time=datetime.now(UTC))
    paper.open(page)
    write(page, "Said is said.")
    send(page)
    left = page.locator(".mine").get_by_role("timer")
    expect(left).to_have_text(re.compile(r"Can be withdrawn until "))
    until = paper.newest().created_at + timedelta(days=1)
    day = f"{until.day} {until:%B %Y}"
    expect(left).to_have_text(f"Can be withdrawn until {day}, {until:%H:%M}")
    page.clock.fast_forward("23:30:00")
    expect(left).to_have_text(re.compile(r"Can be withdrawn for (29|30):\d\d"))


def test_a_reader_is_asked_once_to_reconsider_and_does_as_the_reader_likes(
    paper: Paper, page: Page
) -> None:
    page.add_init_script(PATIENT)
    paper.open(page)
    write(page, "You idiot.")
    send(page)
    question = page.get_by_role("group", name="Would you like to read it once more?")
    expect(question).to_be_visible()
    assert paper.count() == 0
    question.get_by_role("button", name="Change it").click()
    expect(page.locator("#body")).to_be_focused()
    page.fill("#body", "You are wrong.")
    send(page)
    expect(page.locator(".mine .body")).to_have_text("You are wrong.")
    write(page, "You idiot, then.", name=None)
    send(page)
    question.get_by_role("button", name="Send as it is").click()
    expect(page.locator(".mine .body")).to_have_count(2)
    with paper.database.transaction() as session:
        # By day; a day may have ended between the two.
        days = session.query(SecondThoughts).all()
    counts = [(each.asked, each.edited, each.sent_anyway) for each in days]
    assert tuple(map(sum, zip(*counts, strict=True))) == (2, 1, 1)


def test_reports_and_notices_arrive_with_their_reasons(paper: Paper, page: Page) -> None:
    paper.publish("Sell your things here.", name="Trader")
    paper.open(page)
    report = page.get_by_role("button", name="Report the comment by Trader")
    report.click()
    dialog = page.get_by_role("dialog", name="Report a comment")
    dialog.get_by_role("button", name="Send report").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose what is wrong with it.")
    dialog.get_by_label("Advertising or spam").check()
    dialog.get_by_label("In your own words").fill("Always the same shop.")
    dialog.get_by_role("button", name="Send report").click()
    thanks = dialog.get_by_text("The moderators will see your report.")
    expect(thanks).to_be_focused()
    page.keyboard.press("Escape")
    expect(report).to_be_focused()
    report.click()
    dialog.get_by_role("button", name=re.compile("notice of illegal content")).click()
    notice = page.get_by_role("dialog", name="Notice of illegal content")
    send_notice = notice.get_by_role("button", name="Send notice")
    send_notice.click()
    expect(notice.get_by_label("Which law does it break?")).to_be_focused()
    notice.get_by_label("Which law does it break?").fill("Trade Act, section 4")
    notice.get_by_label("Why is it illegal?").fill("It sells what may not be sold.")
    send_notice.click()
    expect(notice.get_by_role("alert")).to_have_text(re.compile("good faith"))
    notice.get_by_label(re.compile("good faith")).check()
    send_notice.click()
    expect(notice.get_by_text("Your notice has arrived.")).to_be_visible()
    expect(notice.get_by_role("link")).to_have_attribute("href", re.compile("^https?://"))


def test_two_readers_at_once_see_their_own_at_once_and_each_others_once_published(
    paper: Paper, page: Page, new_context: NewContext
) -> None:
    other = new_context().pages[0]
    for each, words in ((page, "First of all."), (other, "On the other hand.")):
        paper.open(each)
        write(each, words)
    send(page)
    send(other)
    expect(page.locator(".comment .body")).to_have_text(["First of all."])
    expect(other.locator(".comment .body")).to_have_text(["On the other hand."])
    with paper.database.transaction() as session:
        ids = session.scalars(select(Comment.id)).all()
    for sent in ids:
        paper.decide(str(sent), Status.APPROVED)
    for each in (page, other):
        paper.open(each)
        expect(each.locator(".list .comment")).to_have_count(2)
        expect(each.locator(".mine .chip")).to_have_count(1)
    expect(comment(other, "First of all.").get_by_role("button", name="Report")).to_be_visible()


def test_a_closed_article_is_read_and_takes_nothing_more(paper: Paper, page: Page) -> None:
    paper.publish("Before it closed.")
    with paper.database.transaction() as session:
        session.execute(update(Article).values(is_open=False))
    paper.open(page)
    expect(page.get_by_text("This article takes no more comments.")).to_be_visible()
    expect(page.locator("#body")).to_be_hidden()
    expect(page.get_by_text("Before it closed.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Reply"))).to_have_count(0)
