from datetime import UTC, datetime
from itertools import count
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy.orm import Session

from ml.labels import Language
from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.sites.tables import Site
from tests.factories.sites import a_site

_WHEN = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
_numbers = count(1)


class CommentChanges(TypedDict, total=False):
    id: UUID
    parent_id: UUID | None
    thread_id: UUID | None
    external_id: str | None
    author_name: str
    body: str
    revision: int
    public_revision: int | None
    has_replies: bool
    language_hint: str | None
    status: Status
    urgency: float
    priority: float
    margin: float | None
    language: Language | None
    reason_codes: list[str] | None
    score_wanted: bool
    created_at: datetime
    decided_at: datetime | None


def an_article(site: Site, *, external_id: str = "article-1") -> Article:
    """Return an unsaved article of ``site``."""
    return Article(
        site_id=site.id,
        external_id=external_id,
        url=f"https://news.example/{external_id}",
        title="Two states agree on their border",
        created_at=_WHEN,
    )


def an_author(site: Site, *, name: str = "Malika", identity: str = "id:malika") -> Author:
    """Return an unsaved author of ``site``."""
    return Author(site_id=site.id, identity=identity, name=name, created_at=_WHEN)


def a_comment(article: Article, author: Author, **changes: Unpack[CommentChanges]) -> Comment:
    """Return an unsaved comment of ``author`` under ``article``."""
    given: CommentChanges = {
        "author_name": author.name,
        "body": "Islam is not the same thing as terrorism.",
        "created_at": _WHEN,
        **changes,
    }
    return Comment(
        site_id=article.site_id,
        article_id=article.id,
        author_id=author.id,
        fingerprint=b"\0" * 32,
        **given,
    )


def stored_comment(
    session: Session, site: Site | None = None, **changes: Unpack[CommentChanges]
) -> Comment:
    """Store a comment with an article and an author of its own, under ``site`` or a new one."""
    if site is None:
        site = a_site()
        session.add(site)
        # Without relationships the unit of work cannot order the inserts by itself.
        session.flush()
    number = next(_numbers)
    article = an_article(site, external_id=f"article-{number}")
    author = an_author(site, identity=f"id:{number}")
    session.add_all([article, author])
    session.flush()
    comment = a_comment(article, author, **changes)
    session.add(comment)
    session.flush()
    return comment
