"""What the comment section reads: the form, the threads, the counts."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from service.comments.status import Status
from service.embed.reading import FIRST_REPLIES
from service.embed.work import Challenge
from service.reports.reason import ReportReason
from service.sites.preferences import EmailField
from service.sites.reader_language import ReaderLanguage

RequiredField = Literal["name", "body", "email"]


class Work(BaseModel):
    """Work that a browser has to do for a comment, because very many arrive."""

    challenge: Annotated[str, Field(description="Send it back unchanged, with the solution.")]
    bits: Annotated[
        int,
        Field(
            description=(
                "Find a `solution` of up to 32 printable ASCII characters such that the SHA-256 of "
                "`challenge`, a colon and `solution` begins with so many zero bits."
            )
        ),
    ]
    expires_at: Annotated[datetime, Field(description="It counts once, and until then.")]

    @classmethod
    def of(cls, challenge: Challenge | None) -> Self | None:
        if challenge is None:
            return None
        return cls(challenge=challenge.text, bits=challenge.bits, expires_at=challenge.expires_at)


class TicketOut(BaseModel):
    """What a form needs before it can be sent."""

    ticket: Annotated[str, Field(description="Says when the form was opened; send it along.")]
    seconds_to_write: Annotated[
        float, Field(description="A comment sent sooner after that is asked to wait.")
    ]
    proof_of_work: Annotated[Work | None, Field(description="Null where none is asked for.")]


class FormOut(TicketOut):
    """How the site wants the form."""

    required: Annotated[list[RequiredField], Field(description="Fields to be marked with `*`.")]
    email: Annotated[EmailField, Field(description="Never published.")]
    max_chars: Annotated[
        int, Field(description="Of the body: code points after NFC, with LF for CRLF and CR.")
    ]
    name_max_chars: int
    email_max_chars: int


class ArticleOut(BaseModel):
    id: Annotated[str, Field(description="The site's own id.")]
    title: Annotated[str | None, Field(description="Null before anybody sent it.")]
    url: Annotated[str | None, Field(description="Null before anybody sent it.")]
    is_open: Annotated[bool, Field(description="Whether it takes new comments.")]


class ReactionsOut(BaseModel):
    """What readers answered when they were asked whether they like the article."""

    yes: int
    no: int


class CommentCount(BaseModel):
    count: Annotated[int, Field(description="Published comments.")]


class PolicyOut(BaseModel):
    """The site's comment policy."""

    language: ReaderLanguage
    version: Annotated[
        str, Field(description="Send it along as `policy_version`.", examples=["ru:3"])
    ]
    html: Annotated[
        str,
        Field(
            description=(
                "Made of the site's Markdown and cleaned: `p br hr strong em code pre blockquote "
                "ul ol li a h3 h4 h5 h6`, links to http, https and mailto."
            )
        ),
    ]


class SectionOut(BaseModel):
    """All that the section needs before the comments themselves."""

    article: ArticleOut
    reaction: ReactionsOut
    comments: CommentCount
    form: FormOut
    policy: Annotated[PolicyOut | None, Field(description="In the nearest language that there is.")]
    edit_seconds: Annotated[int, Field(description="How long readers may edit; 0 is never.")]
    withdraw_seconds: Annotated[int, Field(description="How long they may withdraw; 0 is never.")]
    thinks_twice: Annotated[bool, Field(description="Whether to ask /second-thought.")]
    report_reasons: list[ReportReason]
    languages: list[ReaderLanguage]


class ItemOut(BaseModel):
    """A comment as readers see it, or the place that it keeps above published replies.

    Of these lists the classes are the document; ``documents`` makes what is sent.
    """

    id: UUID
    parent_id: UUID | None
    thread_id: Annotated[UUID, Field(description="The comment at the top; its own id there.")]
    status: Annotated[
        Status,
        Field(
            description=(
                "`approved`, or why there is no text and no name: `rejected`, `withdrawn` by its "
                "author, `held` or `pending`."
            )
        ),
    ]
    author_name: str | None
    body: Annotated[str | None, Field(description="Plain text: never markup.")]
    edited: bool
    created_at: datetime


class ThreadOut(ItemOut):
    """A comment at the top of an article, with what stands below it."""

    reply_count: Annotated[int, Field(description="Published comments below, at any depth.")]
    replies: Annotated[
        list[ItemOut],
        Field(
            description=(
                f"The first {FIRST_REPLIES} of the thread, oldest first; each hangs by "
                "`parent_id`, or at the top where its parent is not shown."
            )
        ),
    ]
    replies_next: Annotated[str | None, Field(description="`cursor` for more replies.")]


class ThreadsOut(BaseModel):
    items: list[ThreadOut]
    count: Annotated[int, Field(description="Published comments of the article.")]
    next: Annotated[str | None, Field(description="`cursor` for the next page; null on the last.")]


class RepliesOut(BaseModel):
    items: list[ItemOut]
    next: Annotated[str | None, Field(description="`cursor` for the next page; null on the last.")]


class PermalinkOut(BaseModel):
    """One comment where it stands: `replies` are those that lead to it, and it."""

    thread: ThreadOut


class ArticleCountsOut(BaseModel):
    counts: Annotated[
        dict[str, int], Field(description="Published comments, by the site's id of the article.")
    ]
