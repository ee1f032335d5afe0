"""The section in each language, wide and narrow, light and dark, by keyboard and by ear."""

import pytest
from playwright.sync_api import Page, expect

from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from tests.browser import NewContext, watch
from tests.journeys.embed.paper import PATIENT, Paper, send, violations, write

SAYS = {
    "en": ("Do you like this article?", "3 comments", "* Denotes required field", "Waiting"),
    "ru": ("Вам понравилась статья?", "3 комментария", "* Обязательное поле", "Ждёт"),
    "uz-Latn": ("Maqola sizga yoqdimi?", "3 ta izoh", "* To‘ldirilishi shart", "Tekshiruvni"),
    "uz-Cyrl": ("Мақола сизга ёқдими?", "3 та изоҳ", "* Тўлдирилиши шарт", "Текширувни"),
    "kk": ("Мақала сізге ұнады ма?", "3 пікір", "* Міндетті түрде", "Тексеруді"),
}


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.fixture
def discussed(paper: Paper) -> Paper:
    top = paper.publish("Who pays for it, and why does nobody say?", name="Aziz")
    paper.publish("Wir werden sehen, Donaudampfschifffahrtsgesellschaft " * 6, under=top)
    paper.publish("aaaaaaaaaaaaaaaaaaaaaaaaa" * 8, name="a" * 60)
    with paper.database.transaction() as session:
        policy_texts.save(
            session,
            paper.caller.site.id,
            ReaderLanguage.ENGLISH,
            "Be kind.\n\n- No insults.\n- No [advertising](https://daily.example/ads).",
            saved_by="test",
            now=paper.caller.site.created_at,
        )
    return paper


@pytest.mark.parametrize("lang", SAYS)
def test_each_language_says_it_in_its_own_words_and_fits_a_small_screen(
    discussed: Paper, new_context: NewContext, lang: str
) -> None:
    page = new_context(viewport={"width": 360, "height": 740}).pages[0]
    errors = watch(page)
    discussed.open(page, lang=lang)
    question, count, legend, waits = SAYS[lang]
    expect(page.get_by_role("group", name=question)).to_be_visible()
    expect(page.locator("h2")).to_have_text(count)
    expect(page.locator("form")).to_contain_text(legend)
    assert _fits(page)
    page.locator(".reply").first.click()
    write(page, "Yo‘q, menimcha bunday emas.")
    assert _fits(page)
    send(page)
    expect(page.locator(".mine .chip")).to_contain_text(waits)
    assert _fits(page)
    page.locator(".list .comment .actions button").nth(1).click()
    assert page.locator("dialog").evaluate("each => each.scrollWidth <= each.clientWidth")
    assert errors == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_no_part_breaks_a_rule_of_accessibility(
    discussed: Paper, new_context: NewContext, scheme: str, width: int
) -> None:
    page = new_context(
        bypass_csp=True,  # axe is put into the page
        color_scheme=scheme,
        reduced_motion="reduce",  # colours change at once
        viewport={"width": width, "height": 800},
    ).pages[0]
    page.add_init_script(PATIENT)
    discussed.open(page, lang="ru")
    found = {"section": violations(page)}
    send(page)
    found["errors"] = violations(page)
    write(page, "idiot " * 260)
    found["too long"] = violations(page)
    write(page, "You idiot.")
    send(page)
    page.wait_for_selector("[role=group] .primary")
    found["second thought"] = violations(page)
    page.locator("form [role=group] button").nth(1).click()
    page.wait_for_selector(".mine")
    found["own"] = violations(page)
    page.locator(".mine .edit").click()
    page.wait_for_selector("#edit")
    found["editing"] = violations(page)
    page.locator(".policy").click()
    page.wait_for_selector("dialog")
    found["policy"] = violations(page)
    page.keyboard.press("Escape")
    page.locator(".list .actions button:not(.reply)").first.click()
    page.wait_for_selector("dialog")
    found["report"] = violations(page)
    page.locator("dialog .apart button").click()
    page.wait_for_selector("dialog [name=law]")
    found["notice"] = violations(page)
    assert {name: each for name, each in found.items() if each} == {}


def test_a_reader_does_everything_by_keyboard_alone(discussed: Paper, page: Page) -> None:
    discussed.open(page)
    focus = "() => { let at = document; while (at.activeElement?.shadowRoot ?? null)"
    focus += " at = at.activeElement.shadowRoot; return at.activeElement?.textContent.trim() }"

    def tab_to(words: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if words in (page.evaluate(focus) or ""):
                return
        raise AssertionError(f"Tab does not lead to {words!r}")

    tab_to("Yes")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Yes 1")).to_have_attribute("aria-pressed", "true")
    tab_to("Comment policy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.type("Ulugbek")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Typed, not clicked.")
    tab_to("Send comment")
    page.keyboard.press("Enter")
    expect(page.locator(".mine")).to_be_focused()
    tab_to("Reply")
    page.keyboard.press("Enter")
    page.keyboard.type("An answer.")
    tab_to("Send comment")
    page.keyboard.press("Enter")
    expect(page.locator(".replies .mine")).to_be_focused()
    tab_to("Withdraw")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to("Withdraw")
    page.keyboard.press("Enter")
    expect(page.locator(".replies .mine")).to_have_count(0)
    tab_to("Report")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to("Send report")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The moderators will see your report.")).to_be_focused()


def test_the_scheme_is_the_pages_unless_the_tag_says_otherwise(
    paper: Paper, new_context: NewContext
) -> None:
    page = new_context(color_scheme="dark").pages[0]
    paper.open(page)
    section = page.locator("parley-comments")
    expect(section).to_have_css("color", "rgb(233, 234, 236)")
    section.evaluate("each => each.setAttribute('theme', 'light')")
    expect(section).to_have_css("color", "rgb(28, 30, 31)")
    section.evaluate("each => each.style.setProperty('--parley-accent', 'rgb(1, 2, 3)')")
    expect(page.locator("form .primary")).to_have_css("background-color", "rgb(1, 2, 3)")
    # A page has names of its own for its colours; they must not meet the section's.
    section.evaluate("each => each.style.cssText += '--line: #040506; --parley-line: var(--line)'")
    expect(page.locator(".reaction")).to_have_css("border-top-color", "rgb(4, 5, 6)")
