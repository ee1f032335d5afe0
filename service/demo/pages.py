"""The demo's article: a page of a newspaper that does not exist, with the comments under it."""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response

from service import html
from service.demo.access import SLUG
from service.demo.readers import Readers
from service.embed import public_keys
from service.request import Now, Transaction
from service.sites import queries as sites

PATH: Final = "/demo/article"
router = APIRouter(include_in_schema=False)

_TEXTS: Final = Path(__file__).with_name("articles")
# The order in which the page offers them.
_LANGUAGES: Final = ("en", "ru", "uz-Latn", "uz-Cyrl", "kk")
_Language = Literal["en", "ru", "uz-Latn", "uz-Cyrl", "kk"]


@router.get(PATH)
def show_article(
    request: Request,
    session: Transaction,
    now: Now,
    lang: Annotated[_Language, Query()] = "en",
) -> Response:
    """Show the article in a language; every language's page has the same comments under it."""
    site = sites.by_slug(session, SLUG)
    origin = str(request.base_url).rstrip("/")
    key = public_keys.for_origin(session, site, origin, now=now).text
    article = Readers(origin + PATH).article
    return html.page(
        request,
        "demo/article.html",
        language=lang,
        languages={each: _text(each)["language"] for each in _LANGUAGES},
        text=_text(lang),
        article=article,
        key=key,
        plain=_plain(article["id"], key, lang),
    )


@cache
def _text(language: str) -> dict[str, Any]:
    text: dict[str, Any] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    # What a paragraph lacks of a quotation: who said it.
    text["body"] = [(*each, "")[:3] for each in text["body"]]
    return text


def _plain(article_id: str, key: str, language: str) -> str:
    asked = urlencode({"site": key, "lang": language})
    return f"/embed/articles/{quote(article_id, safe='')}?{asked}"
