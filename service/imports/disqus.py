"""Disqus' XML export: threads, then posts, each with what became of it.

Source: "Comments Export", Disqus help centre. A post is deleted, or spam, or else was published.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ml.labels import Label
from service.imports.markup import text_of_html
from service.imports.plain import moment
from service.imports.rows import Past, Problem, Row

_NAMESPACE = "{http://disqus.com}"
_INTERNALS = "{http://disqus.com/disqus-internals}id"


def read_disqus(path: Path) -> Iterator[Row | Problem]:
    """Yield each post, or what is wrong with it; a file that breaks off is read up to there."""
    threads: dict[str, tuple[str, str, str]] = {}
    number = 0
    try:
        for _, element in iterparse(str(path), events=("end",), forbid_dtd=True):
            if element.tag == f"{_NAMESPACE}thread" and _at(element, "link"):
                link, title = _at(element, "link"), _at(element, "title")
                key = element.get(_INTERNALS, "")
                threads[key] = (_at(element, "id") or link or key, link, title or link)
            elif element.tag == f"{_NAMESPACE}post":
                number += 1
                yield _post(f"post {number}", element, threads)
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        yield Problem(f"after post {number}", f"is not the XML of an export: {error}")


def _post(place: str, post: Element, threads: dict[str, tuple[str, str, str]]) -> Row | Problem:
    thread = post.find(f"{_NAMESPACE}thread")
    known = threads.get(thread.get(_INTERNALS, "")) if thread is not None else None
    if known is None:
        return Problem(place, "belongs to a thread that the file does not have")
    if _at(post, "isDeleted") == "true":
        return Problem(place, "was deleted there, so it is left out")
    created_at = moment(_at(post, "createdAt"))
    if created_at is None:
        return Problem(place, "has no createdAt")
    parent = post.find(f"{_NAMESPACE}parent")
    is_spam = _at(post, "isSpam") == "true"
    author = post.find(f"{_NAMESPACE}author")
    article_id, url, title = known
    return Row(
        place=place,
        external_id=post.get(_INTERNALS, ""),
        article_id=article_id,
        article_url=url,
        article_title=title,
        author_name=_at(author, "name") or "Guest",
        author_id=_at(author, "username") or None,
        author_email=_at(author, "email") or None,
        parent_id=parent.get(_INTERNALS) if parent is not None else None,
        body=text_of_html(_at(post, "message")),
        created_at=created_at,
        past=Past.REJECTED if is_spam else Past.APPROVED,
        reason="spam" if is_spam else None,
        labels={Label.SPAM: 1.0} if is_spam else None,
    )


def _at(element: Element | None, name: str) -> str:
    found = None if element is None else element.find(f"{_NAMESPACE}{name}")
    return (found.text or "").strip() if found is not None else ""
