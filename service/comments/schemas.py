"""What crosses HTTP about comments."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service import texts
from service.articles.schemas import ExternalId
from service.articles.tables import Article
from service.authors.tables import Author
from service.comments import rules
from service.comments.status import Status
from service.comments.tables import Comment


class _Sent(BaseModel):
    # A misspelt field is refused: an `externalId` that we overlooked would make doubles.
    model_config = ConfigDict(extra="forbid")


class ArticleIn(_Sent):
    """The page under which the comment stands."""

    id: Annotated[
        ExternalId,
        Field(description="The site's own id of the article.", examples=["2026/11/border-treaty"]),
    ]
    url: Annotated[
        str,
        Field(
            min_length=1,
            max_length=rules.URL_MAX_CHARS,
            description="Where readers find it; a new address replaces the old one.",
            examples=["https://news.example/2026/11/border-treaty"],
            json_schema_extra={"format": "uri"},
        ),
        AfterValidator(rules.check_web_address),
    ]
    title: Annotated[
        str,
        Field(
            min_length=1,
            max_length=rules.TITLE_MAX_CHARS,
            description="Its headline; a new one replaces the old one.",
            examples=["Two states agree on their border"],
        ),
        AfterValidator(texts.clean_line),
    ]


class AuthorIn(_Sent):
    """Who wrote. Readers need no account: a name is enough."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=rules.NAME_MAX_CHARS,
            description="The name that readers see.",
            examples=["Malika"],
        ),
        AfterValidator(texts.clean_line),
    ]
    email: (
        Annotated[
            str,
            Field(
                min_length=3,
                max_length=rules.EMAIL_MAX_CHARS,
                description="Never shown to readers; with the name it tells guests apart.",
                examples=["malika@example.org"],
                json_schema_extra={"format": "email"},
            ),
            AfterValidator(rules.check_email),
        ]
        | None
    ) = None
    id: (
        Annotated[
            ExternalId,
            Field(
                description="The site's own id of the author, if there are accounts.",
                examples=["user-17"],
            ),
        ]
        | None
    ) = None


class CommentIn(_Sent):
    """A comment to take in."""

    article: ArticleIn
    author: AuthorIn
    body: Annotated[
        str,
        Field(
            description=(
                "The text. 1 to 1500 characters: Unicode code points after NFC, with LF for CRLF "
                "and CR, without blanks at the ends."
            ),
            examples=["Islam is not the same thing as terrorism."],
        ),
    ]
    external_id: (
        Annotated[
            ExternalId,
            Field(
                description=(
                    "The site's own id of the comment, which makes sending it again harmless: the "
                    "same comment under the same id answers with what was stored, another comment "
                    "under it is refused with 409. Under the id of a withdrawn comment the answer "
                    "is that one, whatever is sent."
                ),
                examples=["comment-9001"],
            ),
        ]
        | None
    ) = None
    parent_id: (
        Annotated[
            UUID,
            Field(
                description="Our id of the comment that this replies to, under the same article."
            ),
        ]
        | None
    ) = None
    language: (
        Annotated[
            str,
            Field(
                max_length=rules.LANGUAGE_MAX_CHARS,
                description="What the site believes (BCP 47): a hint, the text itself decides.",
                examples=["kk", "uz-Cyrl"],
            ),
            AfterValidator(rules.check_language),
        ]
        | None
    ) = None
    reader_network: (
        Annotated[
            str,
            Field(
                max_length=rules.NETWORK_MAX_CHARS,
                description=(
                    "The reader's IP address or network. Only a keyed hash of its /24 (IPv4) or "
                    "/48 (IPv6) is stored, to tell a flood from one place."
                ),
                examples=["203.0.113.7"],
            ),
            AfterValidator(rules.network_of),
        ]
        | None
    ) = None


class Receipt(BaseModel):
    """Where a comment stands that was taken in."""

    id: Annotated[UUID, Field(description="Our id of the comment.")]
    external_id: Annotated[str | None, Field(description="The site's own id, as sent.")]
    status: Annotated[Status, Field(description="`pending` until it is decided.")]
    location: Annotated[str, Field(description="Where to ask again.")]
    created_at: datetime
    decided_at: datetime | None


class CommentOut(BaseModel):
    """What a site sees of its comment."""

    id: UUID
    external_id: str | None
    article_id: Annotated[str, Field(description="The site's own id of the article.")]
    author_id: Annotated[str | None, Field(description="The site's own id of the author.")]
    author_name: Annotated[str, Field(description="As sent; empty once it is withdrawn.")]
    parent_id: UUID | None
    status: Annotated[
        Status, Field(description="What the newest decision says of the newest text.")
    ]
    body: Annotated[str, Field(description="The newest text; empty once it is withdrawn.")]
    revision: Annotated[int, Field(description="The number of the newest text, from 1.")]
    public_revision: Annotated[
        int | None,
        Field(
            description=(
                "The number of the text that readers see: the one before the newest while an edit "
                "waits for its decision, null when they see none."
            )
        ),
    ]
    language: Annotated[str | None, Field(description="The site's hint, as sent.")]
    created_at: datetime
    edited_at: datetime | None
    decided_at: datetime | None
    statement_url: Annotated[
        str | None,
        Field(
            description=(
                "Where the author of a rejected comment reads why, and may appeal; null for all "
                "others. It opens without an account: give it to the author alone. With `?lang=` "
                "it is in `en`, `ru`, `uz-Latn`, `uz-Cyrl` or `kk`."
            )
        ),
    ]

    @classmethod
    def of(
        cls, comment: Comment, article: Article, author: Author, *, statement_url: str | None
    ) -> Self:
        return cls(
            id=comment.id,
            external_id=comment.external_id,
            article_id=article.external_id,
            author_id=author.external_id,
            author_name=comment.author_name,
            parent_id=comment.parent_id,
            status=comment.status,
            body=comment.body,
            revision=comment.revision,
            public_revision=comment.public_revision,
            language=comment.language_hint,
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            decided_at=comment.decided_at,
            statement_url=statement_url,
        )


class PublishedOut(BaseModel):
    """A comment as readers see it, or the place that a removed one keeps above its replies."""

    id: UUID
    external_id: str | None
    parent_id: UUID | None
    removed: Annotated[
        bool, Field(description="No text and no name to show: only the place in its thread.")
    ]
    author_name: str | None
    body: str | None
    edited: Annotated[bool, Field(description="Whether readers see another text than the first.")]
    created_at: datetime

    @classmethod
    def of(cls, comment: Comment, earlier_body: str | None) -> Self:
        """Return the public text of ``comment``; ``earlier_body`` while an edit waits."""
        public = comment.public_revision
        body = comment.body if public == comment.revision else earlier_body
        removed = public is None
        return cls(
            id=comment.id,
            external_id=comment.external_id,
            parent_id=comment.parent_id,
            removed=removed,
            author_name=None if removed else comment.author_name,
            body=None if removed else body,
            edited=public is not None and public > 1,
            created_at=comment.created_at,
        )
