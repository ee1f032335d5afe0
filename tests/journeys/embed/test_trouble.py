"""Bad luck: slow lines, dead servers, browsers that keep nothing. No text is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from service.settings import Settings
from tests.browser import NewContext, watch
from tests.journeys.embed.paper import Paper, send, write

ENDPOINTS = re.compile("/embed/v1/")
BLOCKED = """
for (const name of ["getItem", "setItem", "removeItem"]) {
  Storage.prototype[name] = () => { throw new DOMException("blocked", "SecurityError"); };
}
"""


def test_while_the_server_is_down_a_text_waits_and_is_sent_once_it_is_back(
    paper: Paper, page: Page
) -> None:
    paper.open(page)
    page.route(ENDPOINTS, lambda route: route.abort())
    write(page, "Sent from a train.")
    send(page)
    mine = page.locator(".mine")
    expect(mine.locator(".chip")).to_have_text("Not sent yet")
    expect(mine.locator(".notice")).to_contain_text("Nothing that you wrote is lost")
    expect(mine).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(re.compile("could not be sent"))
    # The form is free meanwhile, and the text survives a reload, also one without the server.
    expect(page.locator("#body")).to_have_value("")
    paper.visit(page)
    expect(mine.locator(".body")).to_have_text("Sent from a train.")
    expect(page.locator(".thread .notice")).to_contain_text("cannot be reached")
    page.unroute(ENDPOINTS)
    # Who is back on the line need not wait for the next try.
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(mine.locator(".chip")).to_have_text("Waiting for review")
    expect(mine).to_have_count(1)
    expect(page.locator(".thread .notice")).to_be_hidden()
    assert paper.count() == 1
    paper.open(page)
    expect(mine.locator(".chip")).to_have_text("Waiting for review")


def test_an_answer_that_gets_lost_makes_no_second_comment(paper: Paper, page: Page) -> None:
    paper.open(page)

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(re.compile("/comments$"), lose)
    write(page, "Once and for all.")
    send(page)
    expect(page.locator(".mine .chip")).to_have_text("Not sent yet")
    assert paper.count() == 1
    page.unroute(re.compile("/comments$"))
    page.get_by_role("button", name="Try now").click()
    expect(page.locator(".mine .chip")).to_have_text("Waiting for review")
    assert paper.count() == 1


def test_a_text_that_waits_may_come_back_to_the_form(paper: Paper, page: Page) -> None:
    paper.open(page)
    page.route(re.compile("/comments$"), lambda route: route.abort())
    write(page, "On second thought.")
    send(page)
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator("#body")).to_be_focused()
    expect(page.locator("#body")).to_have_value("On second thought.")
    expect(page.locator(".mine")).to_have_count(0)
    paper.open(page)
    expect(page.locator(".mine")).to_have_count(0)


def test_what_no_other_try_would_mend_is_said_in_the_form(paper: Paper, page: Page) -> None:
    paper.open(page)
    write(page, "A sign \u0001 that no page can show.")
    send(page)
    body = page.locator("#body")
    expect(body).to_be_focused()
    expect(body).to_have_accessible_description(re.compile("character that cannot be shown"))
    expect(body).to_have_value(re.compile("A sign"))
    expect(page.locator(".mine")).to_have_count(0)


def test_on_a_slow_line_the_form_is_used_at_once(paper: Paper, page: Page) -> None:
    waiting: list[Route] = []
    arrived = False
    page.route(ENDPOINTS, lambda route: route.continue_() if arrived else waiting.append(route))
    paper.visit(page)
    write(page, "Written before anything came.")
    expect(page.locator("#left")).to_contain_text("1471 / 1500")
    send(page)
    expect(page.get_by_role("button", name="Sending…")).to_be_visible()
    arrived = True
    for route in waiting:
        route.continue_()
    expect(page.locator(".mine .chip")).to_have_text("Waiting for review")
    assert paper.count() == 1


def test_comments_that_arrive_late_do_not_take_the_cursor_away(paper: Paper, page: Page) -> None:
    waiting: list[Route] = []
    arrived = False
    comments = re.compile("/comments\\?")
    page.route(comments, lambda route: route.continue_() if arrived else waiting.append(route))
    paper.publish("Came late.")
    paper.visit(page)
    body = page.locator("#body")
    body.press_sequentially("Half a ")
    arrived = True
    for route in waiting:
        route.continue_()
    expect(page.locator(".comment .body")).to_have_text("Came late.")
    expect(body).to_be_focused()
    page.keyboard.type("sentence.")
    expect(body).to_have_value("Half a sentence.")


def test_where_the_browser_keeps_nothing_all_works_until_the_page_ends(
    paper: Paper, new_context: NewContext
) -> None:
    page = new_context().pages[0]
    errors = watch(page)
    page.add_init_script(BLOCKED)
    paper.open(page)
    write(page, "Kept nowhere.")
    send(page)
    mine = page.locator(".mine")
    expect(mine.locator(".chip")).to_have_text("Waiting for review")
    mine.get_by_role("button", name="Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(mine).to_have_count(0)
    assert errors == []


def test_a_ticket_that_has_aged_is_renewed_without_a_word(paper: Paper, page: Page) -> None:
    def age(route: Route) -> None:
        answer = route.fetch()
        section = answer.json()
        section["form"]["ticket"] = "of-yesterday"
        route.fulfill(response=answer, json=section)

    page.route(re.compile("/article\\?"), age)
    paper.open(page)
    write(page, "Open since yesterday.")
    send(page)
    expect(page.locator(".mine .chip")).to_have_text("Waiting for review")


def test_under_attack_the_browser_works_for_a_moment(paper: Paper, page: Page) -> None:
    paper.prefer(proof_of_work="always")
    paper.open(page)
    for number in range(2):
        write(page, f"Worked for, {number}.")
        send(page)
        expect(page.locator(".mine .chip")).to_have_count(number + 1)
    assert paper.count() == 2


def test_a_page_that_the_key_is_not_for_keeps_its_own_content(
    paper: Paper, new_context: NewContext
) -> None:
    page = new_context().pages[0]
    paper.key = "pk_" + "x" * 22
    paper.visit(page)
    expect(page.get_by_role("link", name="Comments without scripts")).to_be_visible()


@pytest.mark.parametrize("languages", [["de-DE"], ["uz-Cyrl-UZ", "en"]])
def test_without_a_language_of_its_own_the_section_speaks_the_readers(
    paper: Paper, new_context: NewContext, languages: list[str]
) -> None:
    page = new_context(locale=languages[0]).pages[0]
    paper.open(page, lang="tlh")
    heard = {"de-DE": "0 comments", "uz-Cyrl-UZ": "0 та изоҳ"}
    expect(page.locator("h2")).to_have_text(heard[languages[0]])


class TestWriting:
    """Programs are fast."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        slow = settings.embed.model_copy(update={"least_time_to_write": timedelta(seconds=2)})
        return settings.model_copy(update={"embed": slow})

    def test_who_writes_too_fast_for_a_person_waits_and_is_not_refused(
        self, paper: Paper, page: Page
    ) -> None:
        # The page's time stands still, so that nobody can be too slow to see it wait.
        page.clock.install()
        page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
        paper.open(page)
        write(page, "Quick!")
        send(page)
        expect(page.get_by_role("button", name="Sending…")).to_be_visible()
        page.clock.resume()
        expect(page.locator(".mine .chip")).to_have_text("Waiting for review")

    def test_what_people_do_not_see_is_left_empty(self, paper: Paper, page: Page) -> None:
        paper.open(page)
        trap = page.locator("input[name=website]")
        assert trap.evaluate("each => each.closest('[aria-hidden=true]') && each.tabIndex") == -1
        page.evaluate(
            "document.querySelector('parley-comments').shadowRoot"
            ".querySelector('[name=website]').value = 'https://shop.example'"
        )
        write(page, "Buy.")
        send(page)
        expect(page.locator("form .notice")).to_contain_text("hidden field")
        assert paper.count() == 0
