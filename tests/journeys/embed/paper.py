"""A newspaper on an address of its own, with the comment section under its articles.

Its policy allows as little as a section needs: what `docs/embedding.md` says.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # ships no types
from fastapi import FastAPI, Request, Response
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions.tables import Actor
from service.embed import public_keys
from service.sites.tables import Site
from tests.browser import serving
from tests.service.keys import Caller

ARTICLE = "2026/treaty"
TITLE = "Two states agree on their border"
# A page that would wait a second for an answer waits as long as a busy machine takes.
PATIENT = """
const within = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (milliseconds) => within(60 * milliseconds);
"""
_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}
_STYLE = """
body { margin: 0; font: 17px/1.6 Georgia, serif; }
body { background: light-dark(#fff, #131517); color: light-dark(#000, #eee); }
main { max-width: 44rem; margin: auto; padding: 1rem; }
footer { padding: 2rem; background: #8884; }
parley-comments { display: block; min-height: 46rem; }
"""
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>The Daily</title>
<link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">
<script type="module" src="{host}/embed/parley.js"></script></head>
<body><main><h1>Two states agree</h1>{before}
<parley-comments site="{key}" article="{article}" article-title="{title}" lang="{lang}">
<a href="#plain">Comments without scripts</a></parley-comments>
</main><footer>Imprint</footer></body></html>"""


@dataclass
class Paper:
    """The newspaper: its pages, its comments in Parley's database, and who decides about them."""

    host: str
    address: str
    key: str
    caller: Caller
    database: Database
    backend: httpx2.Client
    files: dict[str, str] = field(default_factory=dict)

    def open(self, page: Page, *, lang: str = "en", at: str = "", **options: str) -> None:
        """Open an article and wait until its section has been filled."""
        self.visit(page, lang=lang, at=at, **options)
        expect(page.locator(".thread[aria-busy]")).to_have_count(0)
        page.wait_for_selector(".fields", state="attached")
        expect(page.locator(".total").first).not_to_be_empty()

    def visit(self, page: Page, *, lang: str = "en", at: str = "", **options: str) -> None:
        page.goto(f"{self.address}/?{urlencode({'lang': lang, **options})}{at}")

    def publish(self, body: str, name: str = "Malika", *, under: str | None = None) -> str:
        return self.store(body, name=name, under=under, status=Status.APPROVED)

    def store(
        self, body: str, *, status: Status, name: str = "Malika", under: str | None = None
    ) -> str:
        """Have the site's backend send a comment, and decide about it; return its id."""
        comment_id = self.take(body, name, under=under)
        self.decide(comment_id, status)
        return comment_id

    def take(self, body: str, name: str, *, under: str | None = None) -> str:
        """Have the site's backend send a comment; return its id."""
        comment = {
            "article": {"id": ARTICLE, "title": TITLE, "url": f"{self.address}/"},
            "author": {"name": name},
            "body": body,
            **({"parent_id": under} if under else {}),
        }
        answer = self.backend.post("/v1/comments", json=comment)
        assert answer.is_success, answer.text
        comment_id: str = answer.json()["id"]
        return comment_id

    def decide(self, comment_id: str, status: Status) -> None:
        self.decide_all([comment_id], status)

    def decide_all(self, ids: Sequence[str], status: Status) -> None:
        with self.database.transaction() as session:
            for comment_id in ids:
                comment = session.get_one(Comment, UUID(comment_id))
                decisions.record(
                    session, comment, status, actor=Actor.SITE, reason="test", now=datetime.now(UTC)
                )

    def decide_newest(self, status: Status) -> None:
        self.decide(str(self.newest().id), status)

    def newest(self) -> Comment:
        """Return the comment that came last."""
        with self.database.transaction() as session:
            found: Comment | None = session.scalar(
                select(Comment).order_by(Comment.id.desc()).limit(1)
            )
            assert found is not None, "no comment has arrived"
            session.expunge(found)
            return found

    def count(self) -> int:
        with self.database.transaction() as session:
            return len(session.scalars(select(Comment.id)).all())

    def prefer(self, **stored: Any) -> None:  # noqa: ANN401 - as the row holds it
        """Have the site make its choices; a web process sees them within a second or so."""
        with self.database.transaction() as session:
            site = session.get_one(Site, self.caller.site.id)
            site.preferences = {**site.preferences, **stored}


def write(page: Page, body: str, *, name: str | None = "Ulugbek") -> None:
    if name is not None:
        page.fill("#name", name)
    page.fill("#body", body)


def send(page: Page) -> None:
    page.locator("form:has(#body) button.primary").click()


def comment(page: Page, words: str) -> Locator:
    """Return the comment with these words, without what stands below it."""
    return page.locator(".comment > article", has=page.locator(".body", has_text=words))


def violations(page: Page) -> list[str]:
    """Return the rules of accessibility that the page breaks, as axe sees it."""
    page.wait_for_load_state()
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{each['id']}: {each['help']} {[node['html'] for node in each['nodes']]}"
        for each in found.response["violations"]
    ]


@contextmanager
def printed(
    host: str, caller: Caller, database: Database, *, origin: str | None = None
) -> Iterator[Paper]:
    """Serve the newspaper's pages, and give it a public key for its address."""
    app = FastAPI()
    backend = httpx2.Client(base_url=host, headers=caller.headers, timeout=120, trust_env=False)
    with serving(app) as address, backend:
        with database.transaction() as session:
            site = session.get_one(Site, caller.site.id)
            origins = [origin or address]
            key = public_keys.add(session, site, origins=origins, now=datetime.now(UTC)).text
        paper = Paper(host, address, key, caller, database, backend)

        @app.get("/")
        def show(request: Request) -> Response:
            return _page(paper, request)

        paper.files["style.css"] = _STYLE

        @app.get("/{name}")
        def file(name: str) -> Response:
            kind = _TYPES[Path(name).suffix]
            return Response(paper.files[name], media_type=kind, headers=_policy(f"'self' {host}"))

        yield paper


def _page(paper: Paper, request: Request) -> Response:
    asked = request.query_params
    html = _PAGE.format(
        host=paper.host,
        key=paper.key,
        lang=escape(asked.get("lang", "en")),
        article=escape(asked.get("article", ARTICLE)),
        title=escape(asked.get("title", TITLE)),
        before=asked.get("before", "<p>They agreed on Tuesday.</p>"),
    )
    return Response(html, media_type="text/html", headers=_policy(paper.host))


def _policy(host: str) -> Mapping[str, str]:
    allowed = f"default-src 'none'; script-src {host}; connect-src {host}; style-src 'self'"
    rest = "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    return {"Content-Security-Policy": f"{allowed}; {rest}"}
