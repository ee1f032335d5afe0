"""The demo's article, as `make demo` shows it; and the section where no script runs."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import expect

from service.comments.tables import Comment
from service.db import Database
from service.demo.access import Access, prepare
from service.demo.pages import PATH
from tests.browser import NewContext, watch
from tests.journeys.embed.paper import ARTICLE, Paper, send, violations, write

HEADLINES = {
    "en": "Two neighbours train together",
    "ru": "Два соседа учатся вместе",
    "uz-Latn": "Ikki qo‘shni terrorizmni",
    "uz-Cyrl": "Икки қўшни терроризмни",
    "kk": "Екі көрші терроризмді",
}


@pytest.mark.parametrize("lang", HEADLINES)
def test_the_demos_article_is_read_and_commented_on_in_each_language(
    served: str, database: Database, new_context: NewContext, lang: str
) -> None:
    with database.transaction() as session:
        prepare(session, Access(), now=datetime.now(UTC))
    page = new_context(viewport={"width": 360, "height": 740}).pages[0]
    errors = watch(page)
    page.goto(f"{served}{PATH}?lang={lang}")
    expect(page.locator("h1")).to_contain_text(HEADLINES[lang])
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator(f"nav [lang='{lang}']")).to_have_attribute("aria-current", "page")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    write(page, "A comment under the demo's article.")
    send(page)
    expect(page.locator(".mine .body")).to_have_text("A comment under the demo's article.")
    page.locator(".policy").click()
    expect(page.locator(".policy-text li")).to_have_count(4)
    expect(page.locator(".policy-text")).to_have_attribute("lang", lang)
    for target in ("/review", "/docs"):
        assert page.locator(f".foot a[href='{target}']").count() == 1
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_demos_article_breaks_no_rule_of_accessibility(
    served: str, database: Database, new_context: NewContext, scheme: str
) -> None:
    with database.transaction() as session:
        prepare(session, Access(), now=datetime.now(UTC))
    page = new_context(bypass_csp=True, color_scheme=scheme).pages[0]  # axe is put into the page
    page.goto(f"{served}{PATH}?lang=uz-Latn")
    expect(page.locator(".total").first).to_have_text("0")
    assert violations(page) == []


def test_without_scripts_the_tags_own_content_leads_to_a_form_that_works(
    paper: Paper, new_context: NewContext
) -> None:
    paper.publish("Read without scripts.")
    page = new_context(java_script_enabled=False).pages[0]
    paper.visit(page)
    expect(page.get_by_role("link", name="Comments without scripts")).to_be_visible()
    asked = urlencode({"site": paper.key, "lang": "ru", "title": "T", "url": f"{paper.address}/"})
    page.goto(f"{paper.host}/embed/articles/{quote(ARTICLE, safe='')}?{asked}")
    expect(page.get_by_text("Read without scripts.")).to_be_visible()
    page.get_by_label(re.compile("^Имя")).fill("Улугбек")
    page.get_by_label(re.compile("^Комментарий")).fill("Написано без скриптов.")
    page.get_by_role("button", name="Отправить").click()
    expect(page.locator("body")).to_contain_text(re.compile("Написано без скриптов|ждёт"))
    found: Comment = paper.newest()
    assert found.body == "Написано без скриптов."
