"""What a moderator wants to see of a queue: by article, author, language, label, reason, date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.articles.tables import Article
from service.comments.tables import Comment

# The first bits of a version 7 id are the milliseconds since 1970 (RFC 9562, 5.7).
_BITS_BELOW_TIME = 80
_TIME_MAX = (1 << 48) - 1


@dataclass(frozen=True, slots=True)
class Filters:
    """Each one that is given narrows the queue; ``article`` is the site's own id.

    ``label`` and ``reason`` go by what the policy found in the text: a label that reached what the
    site holds or rejects at, or any rule, by its code. ``since`` and ``until`` bound when the
    comment arrived; ``until`` itself is outside.
    """

    article: str | None = None
    author: UUID | None = None
    language: Language | None = None
    label: Label | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(
        self, session: Session, site_ids: Sequence[UUID], of: type[Comment] = Comment
    ) -> tuple[ColumnElement[bool], ...]:
        """Return what a comment of these sites, read as ``of``, must fulfil."""
        found: list[ColumnElement[bool]] = []
        if self.article is not None:
            found.append(of.article_id.in_(_articles(session, site_ids, self.article)))
        if self.author is not None:
            found.append(of.author_id == self.author)
        if self.language is not None:
            found.append(of.language == self.language)
        if codes := self._codes():
            found.append(of.reason_codes.contains(cast(codes, ARRAY(String()))))
        if self.since is not None:
            found.append(of.id >= literal(first_id(self.since)))
        if self.until is not None:
            found.append(of.id < literal(first_id(self.until)))
        return tuple(found)

    def _codes(self) -> list[str]:
        by_label = [] if self.label is None else [f"score_{self.label}"]
        return by_label if self.reason is None else [*by_label, self.reason]


EVERYTHING = Filters()


def first_id(at: datetime) -> UUID:
    """Return the least id that a comment can have which arrived at this time."""
    milliseconds = round(at.timestamp() * 1000)
    return UUID(int=min(max(milliseconds, 0), _TIME_MAX) << _BITS_BELOW_TIME)


def arrived_at(comment_id: UUID) -> datetime:
    """Return when a comment with this id arrived."""
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return epoch + timedelta(milliseconds=comment_id.int >> _BITS_BELOW_TIME)


def _articles(session: Session, site_ids: Sequence[UUID], external_id: str) -> list[UUID]:
    found = select(Article.id).where(
        Article.site_id.in_(site_ids), Article.external_id == external_id
    )
    return list(session.scalars(found))
