"""Moderators at work, in a real browser on the real app: a keyboard, a phone, and bad luck."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from playwright.sync_api import APIResponse, Page, Route, expect
from sqlalchemy import delete, func, select, update

from ml.explanation_method import ExplanationMethod
from ml.labels import Label, Language
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.moderators.tables import Role, SignIn
from service.review import actions, settling
from service.review.tables import Choice, ChoiceState, Claim
from tests.browser import NewContext, be_signed_in, watch
from tests.factories.moderators import PASSWORD
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score
from tests.journeys.keys import go_to

IN_FOCUS = ".card.in-focus[data-state=todo]"
A_WHILE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The app's address, a lead at work there, and the database behind it."""

    address: str
    desk: Desk
    database: Database

    def open(self, page: Page) -> None:
        """Open the page as somebody signed in, and wait for the first comment in focus."""
        be_signed_in(page, self.address, self.desk.token)
        page.goto(f"{self.address}/review")
        page.wait_for_selector(IN_FOCUS)

    def sign_in(self, page: Page, path: str = "/review", desk: Desk | None = None) -> None:
        page.goto(self.address + path)
        page.fill("#email", (desk or self.desk).moderator.email)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")

    def hold(self, count: int, *, body: str = "Comment {}.") -> None:
        with self.database.transaction() as session:
            for number in range(count):
                stored_held_comment(
                    session,
                    self.desk.site,
                    urgency=1 - number / 100,
                    body=body.format(number),
                    now=datetime.now(UTC),
                )

    def choices(self, *states: ChoiceState) -> list[Status]:
        with self.database.transaction() as session:
            found = select(Choice.status).where(Choice.state.in_(states or list(ChoiceState)))
            return list(session.scalars(found.order_by(Choice.id)))

    def end_session(self, route: Route) -> None:
        """End every moderator's session, and let the call go on."""
        with self.database.transaction() as session:
            session.execute(delete(SignIn))
        route.continue_()

    def settle(self) -> None:
        with self.database.transaction() as session:
            settling.settle_due(session, now=datetime.now(UTC) + A_WHILE)

    def eventually(self, page: Page, count: int, *states: ChoiceState) -> None:
        """Wait until the server holds that many choices."""
        for _ in range(2400):
            if len(self.choices(*states)) == count:
                return
            page.wait_for_timeout(50)
        assert len(self.choices(*states)) == count


@pytest.fixture
def newsroom(served: str, database: Database) -> Newsroom:
    with database.transaction() as session:
        desk = stored_desk(session, role=Role.LEAD, now=datetime.now(UTC))
    room = Newsroom(served, desk, database)
    room.hold(8)
    return room


def _body(page: Page) -> str:
    return page.locator(f"{IN_FOCUS} .text").inner_text()


def test_a_moderator_decides_twenty_comments_by_keyboard_alone(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.hold(14)
    newsroom.sign_in(page)
    for number in range(20):
        page.wait_for_selector(IN_FOCUS)
        if number % 2:
            page.keyboard.press("a")
        else:
            page.keyboard.press("r")
            page.keyboard.press("r" if number else "2")
    newsroom.eventually(page, 20)
    assert Counter(newsroom.choices()) == {Status.APPROVED: 10, Status.REJECTED: 10}
    expect(page.locator("#undo")).to_be_visible()
    page.keyboard.press("u")
    newsroom.eventually(page, 1, ChoiceState.UNDONE)
    expect(page.locator("#said")).to_have_text("Undone: nothing has left the house.")
    page.wait_for_selector(IN_FOCUS)
    newsroom.settle()
    with newsroom.database.transaction() as session:
        statuses = Counter(session.scalars(select(Comment.status)))
    assert statuses == {Status.APPROVED: 9, Status.REJECTED: 10, Status.HELD: 3}
    go_to(page, "r")
    expect(page.locator("#title")).to_have_text("Recent decisions")
    expect(page.locator("#trail li")).to_have_count(2)
    page.click("#sign-out button")
    expect(page.locator("h1")).to_have_text("Sign in to review")


def test_two_browsers_never_have_the_same_comment_in_focus(
    newsroom: Newsroom, new_context: NewContext
) -> None:
    with newsroom.database.transaction() as session:
        colleague = stored_desk(
            session, site=newsroom.desk.site, name="Baurzhan", now=datetime.now(UTC)
        )
    newsroom.hold(12, body="More {}.")
    pages = [new_context().pages[0] for _ in range(2)]
    for browser, desk in zip(pages, (newsroom.desk, colleague), strict=True):
        newsroom.sign_in(browser, desk=desk)
    for _ in range(5):
        seen = [each.wait_for_selector(IN_FOCUS) for each in pages]
        ids = [each.get_attribute("data-comment") for each in seen if each]
        assert len(set(ids)) == 2
        for each in pages:
            each.keyboard.press("a")
    newsroom.eventually(pages[0], 10)
    with newsroom.database.transaction() as session:
        decided = session.scalars(select(Choice.comment_id)).all()
    assert len(set(decided)) == 10


def test_who_finds_all_in_colleagues_hands_is_told_so_and_gets_what_they_leave(
    newsroom: Newsroom, page: Page
) -> None:
    now = datetime.now(UTC)
    with newsroom.database.transaction() as session:
        colleague = stored_desk(session, site=newsroom.desk.site, name="Baurzhan", now=now)
        for comment_id in session.scalars(select(Comment.id).where(Comment.status == Status.HELD)):
            session.add(
                Claim(
                    comment_id=comment_id,
                    moderator_id=colleague.moderator.id,
                    claimed_at=now,
                    expires_at=now + A_WHILE,
                )
            )
    newsroom.sign_in(page)
    expect(page.locator("#list-end")).to_contain_text("Colleagues have all of this in hand")
    with newsroom.database.transaction() as session:
        session.execute(delete(Claim))
    page.get_by_role("button", name="Look again").click()
    page.wait_for_selector(IN_FOCUS)


def test_keys_go_by_their_place_on_a_cyrillic_keyboard(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    first = _body(page)
    typing = page.context.new_cdp_session(page)
    for code, letter in (("KeyJ", "о"), ("KeyK", "л"), ("KeyA", "ф")):
        for kind in ("keyDown", "keyUp"):
            typing.send("Input.dispatchKeyEvent", {"type": kind, "code": code, "key": letter})
        if code == "KeyJ":
            expect(page.locator(f"{IN_FOCUS} .text")).not_to_have_text(first)
        if code == "KeyK":
            expect(page.locator(f"{IN_FOCUS} .text")).to_have_text(first)
    newsroom.eventually(page, 1)
    assert newsroom.choices() == [Status.APPROVED]


def test_the_sign_for_help_is_taken_wherever_the_keyboard_has_it(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    typing = page.context.new_cdp_session(page)
    shifted_seven = {"code": "Digit7", "key": "?", "modifiers": 8}
    typing.send("Input.dispatchKeyEvent", {"type": "keyDown", **shifted_seven})
    expect(page.locator("dialog#help")).to_be_visible()


def test_a_phone_decides_with_a_thumb(newsroom: Newsroom, new_context: NewContext) -> None:
    browser = new_context(viewport={"width": 390, "height": 780}, has_touch=True).pages[0]
    errors = watch(browser)
    newsroom.open(browser)
    assert browser.evaluate("document.documentElement.scrollWidth") <= 390
    browser.tap(f"{IN_FOCUS} [data-act=reject]")
    browser.tap("[data-reason=spam]")
    browser.wait_for_selector(IN_FOCUS)
    browser.tap(f"{IN_FOCUS} [data-act=approve]")
    newsroom.eventually(browser, 2)
    browser.tap("text=More about it")
    expect(browser.locator("#author-record")).to_be_visible()
    assert newsroom.choices() == [Status.REJECTED, Status.APPROVED]
    assert errors == []


def test_a_double_click_decides_one_comment_once(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    button = page.locator(f"{IN_FOCUS} [data-act=approve]")
    button.evaluate("button => { button.click(); button.click(); }")
    newsroom.eventually(page, 1)
    page.wait_for_selector(IN_FOCUS)
    page.locator(f"{IN_FOCUS} [data-act=approve]").dblclick()
    newsroom.eventually(page, 2)
    page.wait_for_timeout(500)
    assert newsroom.choices() == [Status.APPROVED, Status.APPROVED]


def test_a_decision_in_an_ended_session_is_kept_and_sent_after_signing_in(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    # Ended as the decision leaves: another call's answer must not open the dialogue before the key.
    page.route("**/decisions", lambda route: newsroom.end_session(route), times=1)  # noqa: PLW0108 - slots
    page.keyboard.press("a")
    expect(page.locator("#sign-in-again")).to_be_visible()
    page.fill("#again-password", "wrong horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again [role=alert]")).to_contain_text("is wrong")
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again")).to_be_hidden()
    newsroom.eventually(page, 1)
    page.wait_for_selector(IN_FOCUS)


def test_a_late_answer_to_the_ended_session_does_not_ask_to_sign_in_once_more(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    late: list[tuple[Route, APIResponse]] = []
    page.route("**/decisions", lambda route: newsroom.end_session(route), times=1)  # noqa: PLW0108 - slots
    page.keyboard.press("a")
    expect(page.locator("#sign-in-again")).to_be_visible()
    path = "**/v1/review/me"
    page.route(path, lambda route: late.append((route, route.fetch())), times=1)
    page.evaluate(
        "import(new URL('../api.js', document.querySelector('script[src*=desk]').src))"
        ".then(api => { window.asked = api.call('GET', '/me'); })"
    )
    while not late:
        page.wait_for_timeout(20)
    assert late[0][1].status == 401
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-again")).to_be_hidden()
    late[0][0].fulfill(response=late[0][1])
    page.evaluate("void window.asked.then(me => { document.body.dataset.asked = me.email; })")
    email = newsroom.desk.moderator.email
    expect(page.locator("body")).to_have_attribute("data-asked", email)
    expect(page.locator("#sign-in-again")).to_be_hidden()
    newsroom.eventually(page, 1)


def test_a_lost_line_is_shown_and_the_decision_sent_when_it_is_back(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#line")).to_contain_text("wait to be sent: 1")
    assert newsroom.choices() == []
    page.context.set_offline(False)
    newsroom.eventually(page, 1)
    expect(page.locator("#line")).to_be_hidden()


def test_a_decision_that_was_not_sent_outlives_the_page(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    page.on("dialog", lambda dialog: dialog.accept())
    path = "**/v1/review/comments/*/decisions"

    def fail(route: Route) -> None:
        route.abort()

    page.route(path, fail)
    page.keyboard.press("a")
    expect(page.locator("#line")).to_contain_text("wait to be sent: 1")
    page.unroute(path)
    page.reload()
    newsroom.eventually(page, 1)


def test_what_is_withdrawn_on_the_screen_says_so(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    with newsroom.database.transaction() as session:
        first = session.scalars(select(Comment).where(Comment.body == _body(page))).one()
        decisions.withdraw(session, first, now=datetime.now(UTC))
    gone = page.locator(f"#c-{first.id}")
    expect(gone).to_contain_text("The comment has been withdrawn")
    expect(gone).not_to_contain_text("Comment 0.")
    page.keyboard.press("a")  # decides nothing: there is nothing left to decide
    page.wait_for_timeout(300)
    assert newsroom.choices() == []


def test_an_edit_that_comes_first_shows_the_new_text(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    with newsroom.database.transaction() as session:
        first = session.scalars(select(Comment).where(Comment.body == _body(page))).one()
        session.execute(
            update(Comment).where(Comment.id == first.id).values(body="Changed.", revision=2)
        )
    page.keyboard.press("a")
    card = page.locator(f"#c-{first.id}")
    expect(card).to_contain_text("The author has changed the text: this is the new one.")
    expect(card).to_contain_text("Changed.")
    assert newsroom.choices() == []


def test_a_colleagues_decision_shows_on_the_card(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    page.wait_for_timeout(300)
    with newsroom.database.transaction() as session:
        colleague = stored_desk(
            session, site=newsroom.desk.site, name="Baurzhan", now=datetime.now(UTC)
        )
        last = session.scalars(select(Comment).order_by(Comment.urgency)).first()
        assert last is not None
        actions.decide(
            session,
            colleague.moderator,
            colleague.site_ids,
            last.id,
            actions.Wish(Status.REJECTED, revision=1, reason="spam"),
            now=datetime.now(UTC),
            window=timedelta(seconds=8),
        )
    expect(page.locator(f"#c-{last.id}")).to_contain_text("Rejected by Baurzhan")


def test_an_undo_one_second_too_late_says_how_to_reverse_it(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    page.keyboard.press("a")
    newsroom.eventually(page, 1, ChoiceState.OPEN)
    newsroom.settle()
    page.keyboard.press("u")
    expect(page.locator("#said")).to_contain_text("It is too late to undo")
    page.locator("#said").get_by_role("button", name="Recent decisions").click()
    recent = page.locator(".card.in-focus")
    expect(recent).to_contain_text("Approved by Aziza")
    page.keyboard.press("r")
    page.keyboard.press("1")
    newsroom.eventually(page, 2)
    newsroom.settle()
    with newsroom.database.transaction() as session:
        rejected = select(func.count()).where(Comment.status == Status.REJECTED)
        assert session.scalar(rejected) == 1


def test_an_undo_after_its_time_leads_to_where_it_is_reversed(
    newsroom: Newsroom, page: Page
) -> None:
    page.clock.install()
    newsroom.open(page)
    page.keyboard.press("u")
    expect(page.locator("#said")).to_have_text("There is nothing to undo.")
    decided = page.locator(IN_FOCUS).get_attribute("id")
    page.keyboard.press("a")
    newsroom.eventually(page, 1, ChoiceState.OPEN)
    expect(page.locator(f"#{decided} .outcome")).to_have_text("Approved")
    page.clock.fast_forward("05:01")
    expect(page.locator("#undo")).to_be_hidden()
    page.keyboard.press("u")
    expect(page.locator("#said")).to_contain_text("It is too late to undo")
    expect(page.locator("#said").get_by_role("button")).to_have_text("Recent decisions")


def test_the_list_stands_still_until_the_arrivals_are_asked_for(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    before = page.locator("#list .text").all_inner_texts()
    newsroom.hold(3, body="Arrived {}.")
    expect(page.locator("#arrivals")).to_contain_text("New: 3")
    assert page.locator("#list .text").all_inner_texts() == before
    page.keyboard.press("n")
    expect(page.locator("#list")).to_contain_text("Arrived 0.")


@dataclass(frozen=True, slots=True)
class FirstWord:
    """Explains every text by its first seven letters."""

    start: int = 0
    end: int = 7
    contribution: float = 1.0
    method: ExplanationMethod = ExplanationMethod.EXACT

    def explain(
        self,
        text: str,
        *,
        top: int = 5,
        hint: Language | None = None,  # noqa: ARG002 - the real one's signature
    ) -> "Explained":
        assert text
        assert top
        return Explained(self.method)


@dataclass(frozen=True, slots=True)
class Explained:
    method: ExplanationMethod
    top: dict[Label, list[FirstWord]] = field(default_factory=lambda: {Label.INSULT: [FirstWord()]})


def test_one_key_shows_what_carried_the_score(newsroom: Newsroom, page: Page, app: FastAPI) -> None:
    app.state.classifier = FirstWord()
    with newsroom.database.transaction() as session:
        for comment in session.scalars(select(Comment)):
            stored_score(session, comment, insult=0.75, now=datetime.now(UTC))
    newsroom.open(page)
    page.keyboard.press("x")
    expect(page.locator(".card.in-focus mark")).to_have_text("Comment")
    page.keyboard.press("j")
    expect(page.locator(".card.in-focus mark")).to_have_text("Comment")
    page.keyboard.press("x")
    expect(page.locator("mark")).to_have_count(0)


def test_keys_rest_while_one_types_and_can_be_switched_off(newsroom: Newsroom, page: Page) -> None:
    newsroom.open(page)
    page.fill(f"{IN_FOCUS} .note input", "")
    page.keyboard.type("a real jerk")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Slash")
    page.get_by_label("Key a is on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_timeout(300)
    assert newsroom.choices() == []
    page.locator(f"{IN_FOCUS} [data-act=approve]").click()
    newsroom.eventually(page, 1)
    with newsroom.database.transaction() as session:
        assert session.scalars(select(Choice.note)).one() == "a real jerk"


def test_many_are_decided_by_their_score_and_undone_together(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    page.click("#open-bulk")
    expect(page.locator(".preview li")).to_have_count(8)
    page.get_by_label("From this score").fill("0.96")
    page.get_by_label("From this score").dispatch_event("change")
    expect(page.locator(".preview li")).to_have_count(5)
    page.click("text=Reject all of these")
    expect(page.locator("#said")).to_have_text("Rejected: 5")
    newsroom.eventually(page, 5, ChoiceState.OPEN)
    page.click("#undo")
    newsroom.eventually(page, 5, ChoiceState.UNDONE)
    expect(page.locator("#said")).to_contain_text("Undone: 5")


def test_words_are_searched_and_what_is_found_is_decided(newsroom: Newsroom, page: Page) -> None:
    newsroom.hold(1, body="Шекарадағы адамдар не айтады екен.")
    newsroom.open(page)
    page.keyboard.press("/")
    page.keyboard.type("шекара")
    page.keyboard.press("Enter")
    expect(page.locator("#title")).to_have_text("Search: шекара")
    expect(page.locator(".card")).to_have_count(1)
    page.wait_for_selector(IN_FOCUS)
    page.keyboard.press("a")
    newsroom.eventually(page, 1)
    expect(page.locator(".card")).to_contain_text("Approved")

    # On a narrow screen, Escape first closes what covers the list.
    page.set_viewport_size({"width": 360, "height": 740})
    page.keyboard.press("x")
    expect(page.locator("#context")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#context")).to_be_hidden()
    expect(page.locator("#title")).to_have_text("Search: шекара")
    page.keyboard.press("Escape")
    expect(page.locator("#title")).to_have_text("Held")
    expect(page.locator("#search")).to_have_value("")


def test_what_was_left_to_a_lead_waits_in_a_queue_of_its_own(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    first = _body(page)
    page.keyboard.press("e")
    expect(page.locator("#said")).to_have_text("Escalated")
    go_to(page, "e")
    expect(page.locator("#title")).to_have_text("Escalated")
    expect(page.locator(f"{IN_FOCUS} .text")).to_have_text(first)


def test_without_scripts_the_basic_loop_works(newsroom: Newsroom, new_context: NewContext) -> None:
    browser = new_context(java_script_enabled=False).pages[0]
    newsroom.sign_in(browser)
    browser.click("text=use the plain page")
    browser.click("text=Take the next comment")
    expect(browser.locator(".plain-text")).to_have_text("Comment 0.")
    browser.click("button:has-text('Spam')")
    expect(browser.locator(".plain-text")).to_have_text("Comment 1.")
    browser.click("button:has-text('Approve')")
    expect(browser.locator(".plain-text")).to_have_text("Comment 2.")
    assert newsroom.choices() == [Status.REJECTED, Status.APPROVED]


def test_what_is_typed_survives_that_the_card_is_drawn_anew_and_decides_nothing(
    newsroom: Newsroom, page: Page
) -> None:
    newsroom.open(page)
    held: list[Route] = []
    page.route("**/highlights", lambda route: held.append(route))  # noqa: PLW0108 - no builtin
    page.keyboard.press("x")
    field = page.locator(".card.in-focus input[name=note]")
    field.click()
    page.keyboard.type("As")
    field.evaluate("field => { field.dataset.old = 'yes'; }")
    for _ in range(2400):
        if held:
            break
        page.wait_for_timeout(50)
    held[0].fulfill(json=[])  # now that it is here, the card is drawn anew
    page.wait_for_selector(".card.in-focus input[name=note]:not([data-old])")
    page.keyboard.type("ea")
    expect(field).to_have_value("Asea")
    assert newsroom.choices() == []
