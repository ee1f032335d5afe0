"""WordPress' export (WXR): items with their comments, and whether each was approved.

Source: "WordPress eXtended RSS", wp-admin/includes/export.php of WordPress 6. ``comment_approved``
is 1, 0 (waits), spam, trash or post-trashed.
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

_PAST = {"1": Past.APPROVED, "0": Past.HELD, "spam": Past.REJECTED}
# Links from other blogs are no comments.
_NO_COMMENTS = frozenset({"pingback", "trackback"})


def read_wordpress(path: Path) -> Iterator[Row | Problem]:
    """Yield each comment, or what is wrong with it; a file that breaks off is read up to there."""
    number = 0
    try:
        for _, element in iterparse(str(path), events=("end",), forbid_dtd=True):
            if element.tag != "item":
                continue
            article = _of(element, "post_id"), _plain(element, "link"), _plain(element, "title")
            for comment in element:
                if _name(comment) == "comment":
                    number += 1
                    yield _comment(f"comment {number}", comment, article)
            element.clear()
    except (ParseError, DefusedXmlException) as error:
        yield Problem(f"after comment {number}", f"is not the XML of an export: {error}")


def _comment(place: str, comment: Element, article: tuple[str, str, str]) -> Row | Problem:
    kind = _of(comment, "comment_type")
    if kind in _NO_COMMENTS:
        return Problem(place, f"is a {kind}, so it is left out")
    approved = _of(comment, "comment_approved")
    past = _PAST.get(approved)
    if past is None:
        return Problem(place, f"was put to the {approved or 'bin'} there, so it is left out")
    created_at = moment(_of(comment, "comment_date_gmt"))
    article_id, url, title = article
    if created_at is None or not article_id or not url:
        return Problem(place, "has no comment_date_gmt, or its item no post_id or link")
    parent, user = _of(comment, "comment_parent"), _of(comment, "comment_user_id")
    is_spam = past is Past.REJECTED
    return Row(
        place=place,
        external_id=_of(comment, "comment_id"),
        article_id=article_id,
        article_url=url,
        article_title=title or url,
        author_name=_of(comment, "comment_author") or "Guest",
        author_id=user if user not in ("", "0") else None,
        author_email=_of(comment, "comment_author_email") or None,
        parent_id=parent if parent not in ("", "0") else None,
        body=text_of_html(_of(comment, "comment_content")),
        created_at=created_at,
        past=past,
        reason="spam" if is_spam else None,
        labels={Label.SPAM: 1.0} if is_spam else None,
    )


def _name(element: Element) -> str:
    """Return the tag without its namespace, whose number grows with WordPress."""
    return element.tag.rpartition("}")[2]


def _of(element: Element, name: str) -> str:
    found = next((each for each in element if _name(each) == name), None)
    return (found.text or "").strip() if found is not None else ""


def _plain(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
