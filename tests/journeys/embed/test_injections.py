"""What a reader types is never markup: not in the section, wherever it is shown there."""

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, Route, expect

from service.comments.status import Status
from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from service.texts import normal_form, unfit_character
from tests.browser import NewContext, watch
from tests.journeys.embed.paper import Paper, send, write
from tests.service.embed.injections import INJECTIONS

# Called by a string that was taken for script; and what the page's policy had to refuse.
WATCHED = """
window.injected = 0;
window.parleyInjected = () => { window.injected += 1; };
window.refused = [];
addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
SHOWN = """() => {
  const root = document.querySelector("parley-comments").shadowRoot;
  const of = (name) => [...root.querySelectorAll(`.list ${name}`)].map((each) => each.textContent);
  return { names: of(".name"), bodies: of(".body") };
}"""
STRANGERS = "script, style, img, svg, iframe, object, embed, math, video, audio, meta, base"


def _watched(new_context: NewContext, paper: Paper, **options: str) -> Page:
    page = new_context().pages[0]
    page.add_init_script(WATCHED)
    paper.open(page, **options)
    return page


def _assert_nothing_ran(page: Page) -> None:
    assert page.evaluate("[window.injected, window.refused]") == [0, []]
    assert page.locator("parley-comments").locator(STRANGERS).count() == 0
    assert page.locator("main").locator(STRANGERS).count() == 0


def test_every_injection_is_read_as_it_was_typed(paper: Paper, new_context: NewContext) -> None:
    fit = [each for each in INJECTIONS if not unfit_character(each)]
    assert len(fit) > 100
    names = [f"{number} {each}"[:100] for number, each in enumerate(fit)]
    with ThreadPoolExecutor(8) as many:
        sent = list(many.map(paper.take, fit, names))
    paper.decide_all(sent, Status.APPROVED)
    page = _watched(new_context, paper)
    while page.get_by_role("button", name="More comments").is_visible():
        before = page.locator(".list .body").count()
        page.get_by_role("button", name="More comments").click()
        expect(page.locator(".list .body")).not_to_have_count(before)
    shown = page.evaluate(SHOWN)
    assert sorted(shown["bodies"]) == sorted(map(normal_form, fit))
    assert sorted(shown["names"]) == sorted(map(normal_form, names))
    page.locator(".list .reply").first.click()
    for at in range(5):
        page.locator(".list .actions button:not(.reply)").nth(at).click()
        page.wait_for_selector("dialog")
        page.keyboard.press("Escape")
    _assert_nothing_ran(page)


def test_a_policy_made_of_injections_is_text_in_its_dialog(
    paper: Paper, new_context: NewContext
) -> None:
    with paper.database.transaction() as session:
        policy_texts.save(
            session,
            paper.caller.site.id,
            ReaderLanguage.ENGLISH,
            "\n\n".join(each for each in INJECTIONS if not unfit_character(each)),
            saved_by="test",
            now=paper.caller.site.created_at,
        )
    page = _watched(new_context, paper)
    page.get_by_role("button", name="Comment policy").click()
    text = page.locator(".policy-text")
    expect(text).to_contain_text("parleyInjected")
    for link in text.locator("a").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:"))
    _assert_nothing_ran(page)


def test_html_that_nobody_has_cleaned_brings_in_nothing_but_its_text(
    paper: Paper, new_context: NewContext
) -> None:
    """The server cleans what it sends; should it not, the browser takes only what is listed."""
    page = new_context().pages[0]
    errors = watch(page)
    page.add_init_script(WATCHED)
    page.route("**/article?**", _with_a_dirty_policy)
    paper.open(page)
    page.get_by_role("button", name="Comment policy").click()
    expect(page.locator(".policy-text strong")).to_have_text("Be kind.")
    assert page.evaluate("window.injected") == 0
    assert page.locator("dialog").locator(STRANGERS).count() == 0
    assert page.locator("dialog a[href^='java']").count() == 0
    # Whatever the browser's policy had to say of it, no script has failed.
    assert not [each for each in errors if "Content Security Policy" not in each]


def _with_a_dirty_policy(route: Route) -> None:
    answer = route.fetch()
    section = answer.json()
    html = f"<p><strong>Be kind.</strong></p>{'<br>'.join(INJECTIONS)}"
    section["policy"] = {"language": "en", "version": "en:1", "html": html}
    route.fulfill(response=answer, json=section)


def test_injections_in_the_tag_and_in_the_form_stay_what_they_are(
    paper: Paper, new_context: NewContext
) -> None:
    chosen = [each for each in INJECTIONS if not unfit_character(each)][:: len(INJECTIONS) // 12]
    for each in chosen[:3]:
        page = _watched(new_context, paper, title=each, article=each[:200])
        write(page, each, name=each[:100])
        send(page)
        expect(page.locator(".mine .body")).to_have_text(normal_form(each))
        paper.visit(page, title=each, article=each[:200])
        expect(page.locator(".mine .body")).to_have_text(normal_form(each))
        _assert_nothing_ran(page)
