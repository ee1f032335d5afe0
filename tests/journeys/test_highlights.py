"""A moderator says of what led the classifier that it is wrong, or harmless: in a real browser."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ml.explanation_method import ExplanationMethod
from ml.labels import Label
from service.comments.tables import Comment
from service.db import Database
from service.examples import highlights, rules
from service.examples.highlights import Span
from service.examples.origin import Origin
from service.examples.tables import LabelledExample
from service.review.tables import Choice
from tests.browser import NewContext, be_signed_in, watch
from tests.factories.review import Desk, stored_desk, stored_held_comment, stored_score
from tests.journeys.axe import open_page, violations_in_every_view
from tests.journeys.test_review_page import IN_FOCUS, FirstWord

BODY = "Comment of a farmer 🙂."
THAT, HARMLESS = f"{IN_FOCUS} .pieces button.bad", f"{IN_FOCUS} .pieces button.good"


@pytest.fixture
def desk(app: FastAPI, database: Database) -> Desk:
    """Return the desk of a moderator before a comment that the classifier can explain."""
    app.state.classifier = FirstWord()
    now = datetime.now(UTC)
    with database.transaction() as session:
        made = stored_desk(session, now=now)
        comment = stored_held_comment(session, made.site, body=BODY, now=now)
        stored_score(session, comment, insult=0.75, now=now)
    return made


def open_desk(page: Page, served: str, desk: Desk) -> None:
    be_signed_in(page, served, desk.token)
    page.goto(f"{served}/review")
    page.wait_for_selector(IN_FOCUS)


def said(database: Database) -> list[tuple[Origin, dict[str, float]]]:
    with database.transaction() as session:
        assert session.scalars(select(Choice)).all() == []
        found = session.scalars(select(LabelledExample).order_by(LabelledExample.id))
        return [(each.origin, each.labels) for each in found]


def test_a_piece_is_confirmed_changed_and_undone_by_keyboard_alone(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    open_desk(page, served, desk)
    page.keyboard.press("x")
    expect(page.locator(f"{IN_FOCUS} .pieces li")).to_contain_text("Comment")
    expect(page.locator(f"{IN_FOCUS} .pieces + p")).to_contain_text("Exact: the score is a sum")
    page.locator(f"{IN_FOCUS} article").focus()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.locator(THAT).evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(THAT)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"{IN_FOCUS} .pieces")).to_contain_text("said by Aziza")
    assert said(database) == [(Origin.HIGHLIGHT, {"insult": 1.0})]

    # The next button is where it was, although the card has been drawn anew.
    expect(page.locator(THAT)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(HARMLESS)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(THAT)).to_have_attribute("aria-pressed", "false")
    assert said(database) == [(Origin.HIGHLIGHT, {"insult": 0.0})]

    page.keyboard.press("u")
    expect(page.locator(THAT)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#said")).to_have_text("Undone: nothing has left the house.")
    assert said(database) == [(Origin.HIGHLIGHT, {"insult": 1.0})]
    page.locator(THAT).click()
    expect(page.locator(THAT)).to_have_attribute("aria-pressed", "false")
    assert said(database) == []


def test_a_colleagues_word_is_changed_under_ones_own_name_and_never_taken_back(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        colleague = stored_desk(session, site=desk.site, name="Baurzhan", now=now)
        comment = session.scalars(select(Comment)).one()
        sender = rules.moderator(colleague.moderator.id)
        piece = Span(0, len("Comment"))
        highlights.say(session, comment, piece, Label.INSULT, is_right=True, sender=sender, now=now)
    open_desk(page, served, desk)
    page.keyboard.press("x")
    page.locator(THAT).click()
    expect(page.locator("#said")).to_have_text("said by Baurzhan")
    assert said(database) == [(Origin.HIGHLIGHT, {"insult": 1.0})]
    page.locator(HARMLESS).click()
    expect(page.locator(f"{IN_FOCUS} .pieces")).to_contain_text("said by Aziza")
    expect(page.locator("#undo")).to_be_hidden()
    assert said(database) == [(Origin.HIGHLIGHT, {"insult": 0.0})]


def test_what_was_said_is_there_when_the_page_is_opened_again(
    served: str, database: Database, page: Page, desk: Desk
) -> None:
    open_desk(page, served, desk)
    page.keyboard.press("x")
    page.locator(HARMLESS).click()
    expect(page.locator(HARMLESS)).to_have_attribute("aria-pressed", "true")
    page.reload()
    page.wait_for_selector(IN_FOCUS)
    page.keyboard.press("x")
    expect(page.locator(HARMLESS)).to_have_attribute("aria-pressed", "true")
    assert len(said(database)) == 1


def test_what_was_found_out_by_leaving_words_out_says_so(
    served: str, page: Page, desk: Desk, app: FastAPI
) -> None:
    app.state.classifier = FirstWord(method=ExplanationMethod.OCCLUSION)
    open_desk(page, served, desk)
    page.keyboard.press("x")
    expect(page.locator(f"{IN_FOCUS} .pieces + p")).to_have_text(
        "By trial: the score falls most when the text is read without these words."
    )


def test_a_phone_reaches_it_and_no_view_shuts_anybody_out(
    served: str, database: Database, new_context: NewContext, desk: Desk
) -> None:
    phone = open_page(new_context, has_touch=True, locale="ru")
    phone.set_viewport_size({"width": 360, "height": 740})
    errors = watch(phone)
    open_desk(phone, served, desk)
    phone.tap("text=Что подсказало классификатору")
    phone.tap(THAT)
    expect(phone.locator(THAT)).to_have_attribute("aria-pressed", "true")
    expect(phone.locator(THAT)).to_have_text("Именно это")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert len(said(database)) == 1
    assert violations_in_every_view(phone) == {}
    assert errors == []
