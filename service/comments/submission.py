"""A comment on its way in: checked, and all that will be stored already worked out."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from service.comments import rules
from service.comments.schemas import CommentIn
from service.comments.status import Status
from service.db import new_id
from service.errors import ModerationError
from service.sites.keyring import OpenedBy

ArticleKey = tuple[UUID, str]
AuthorKey = tuple[UUID, str]


class Submission(NamedTuple):
    """What one request asks to be stored."""

    id: UUID
    site_id: UUID
    article_id: str
    article_url: str
    article_title: str
    identity: str
    author_id: str | None
    author_name: str
    author_email: str | None
    parent_id: UUID | None
    external_id: str | None
    fingerprint: bytes
    body: str
    language_hint: str | None
    reader_network: str | None
    policy_shown: str | None
    may_rename: bool
    created_at: datetime

    @property
    def article_key(self) -> ArticleKey:
        return self.site_id, self.article_id

    @property
    def author_key(self) -> AuthorKey:
        return self.site_id, self.identity


class Stored(NamedTuple):
    """Where a submission stands: stored just now, or before."""

    id: UUID
    status: Status
    created_at: datetime
    decided_at: datetime | None
    is_new: bool


Outcome = Stored | ModerationError


def submission_of(
    sent: CommentIn,
    opened: OpenedBy,
    *,
    secret: bytes,
    body_max_chars: int,
    now: datetime,
    reader: str | None = None,
    policy_shown: str | None = None,
    may_rename: bool = True,
) -> Submission:
    """Return what to store of ``sent``.

    ``reader`` tells the author of a comment section apart, who has no account with the site.
    ``may_rename``: whether an article that is known gets the address and the title that were sent.

    Raises:
        Invalid: the body is not one, or a field that the site requires is missing.
    """
    body = rules.clean_body(sent.body, max_chars=body_max_chars)
    article, author = sent.article, sent.author
    if opened.required_fields:
        rules.check_required(opened.required_fields, _optional(sent))
    identity = rules.author_identity(
        external_id=author.id, name=author.name, email=author.email, reader=reader, secret=secret
    )
    network = sent.reader_network
    return Submission(
        id=new_id(),
        site_id=opened.site_id,
        article_id=article.id,
        article_url=article.url,
        article_title=article.title,
        identity=identity,
        author_id=author.id,
        author_name=author.name,
        author_email=author.email,
        parent_id=sent.parent_id,
        external_id=sent.external_id,
        fingerprint=rules.fingerprint(
            article_id=article.id,
            identity=identity,
            author_name=author.name,
            parent_id=sent.parent_id,
            body=body,
        ),
        body=body,
        language_hint=sent.language,
        reader_network=None if network is None else rules.hidden(network, secret=secret),
        policy_shown=policy_shown,
        may_rename=may_rename,
        created_at=now,
    )


def _optional(sent: CommentIn) -> dict[str, object]:
    """Return the values of `sites.rules.RequirableField`, by name."""
    return {
        "external_id": sent.external_id,
        "author.id": sent.author.id,
        "author.email": sent.author.email,
        "language": sent.language,
        "reader_network": sent.reader_network,
    }
