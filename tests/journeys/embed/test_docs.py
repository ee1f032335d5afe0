"""The page to copy from, in `docs/embedding.md`, does what it says."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.embed.paper import ARTICLE, Paper

DOCS = Path(__file__).parents[3] / "docs" / "embedding.md"


def _after(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\w+\n(.*?)\n```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found, mark
    return found[1]


def test_own_markup_reads_and_writes_as_the_documentation_shows_it(
    paper: Paper, page: Page
) -> None:
    paper.publish("Read by own markup.", name="Aziz")
    script = _after("own-script").replace("https://parley.example", paper.host)
    script = re.sub(r"pk_[\w-]{22}", paper.key, script)
    assert f'"{ARTICLE}"' in script
    paper.files |= {"own.html": _after("own-markup"), "comments.js": script}
    page.goto(f"{paper.address}/own.html")
    expect(page.locator("#comments li")).to_have_text(["Aziz: Read by own markup."])
    page.get_by_label("Name").fill("Ulugbek")
    page.get_by_label("Comment").fill("Written by own markup.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_have_text("Waiting for review.")
    assert paper.newest().body == "Written by own markup."
