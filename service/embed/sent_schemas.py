"""What readers send from the comment section, and what they are told of their own."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service import texts
from service.articles.schemas import ExternalId
from service.comments import rules
from service.comments.schemas import ArticleIn
from service.comments.status import Status
from service.embed.readers import TOKEN_CHARS
from service.embed.reading_schemas import ReactionsOut
from service.embed.work import SOLUTION_MAX_CHARS
from service.reports import rules as report_rules
from service.reports.reason import ReportReason
from service.sites.reader_language import ReaderLanguage

_TICKET_MAX_CHARS = 200
_OWN_AT_ONCE = 50


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReaderIn(_Sent):
    """Who wrote: a name, and an e-mail address where the site asks for one."""

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
                description="Never published. Dropped where the site asks for none.",
                json_schema_extra={"format": "email"},
            ),
            AfterValidator(rules.check_email),
        ]
        | None
    ) = None


class WorkDone(_Sent):
    challenge: Annotated[str, Field(max_length=_TICKET_MAX_CHARS)]
    solution: Annotated[str, Field(max_length=SOLUTION_MAX_CHARS)]


class AfterAsking(StrEnum):
    """What a reader did who was asked to reconsider."""

    EDITED = "edited"
    SENT_ANYWAY = "sent_anyway"


Body = Annotated[
    str,
    Field(
        description="Plain text, counted as `max_chars` says.",
        examples=["Islam is not the same thing as terrorism."],
    ),
]
Reader = Annotated[
    UUID,
    Field(
        description=(
            "A random id that the reader's browser made and keeps for this site. Only a keyed hash "
            "of it is stored."
        )
    ),
]
Language = Annotated[
    str,
    Field(
        max_length=rules.LANGUAGE_MAX_CHARS,
        description="In which the section speaks (BCP 47): a hint, the text itself decides.",
        examples=["uz-Cyrl"],
    ),
    AfterValidator(rules.check_language),
]
Token = Annotated[
    str,
    Field(
        min_length=TOKEN_CHARS,
        max_length=TOKEN_CHARS,
        description="Given back when the comment was sent: it makes the comment the reader's own.",
    ),
]


class ReaderCommentIn(_Sent):
    """A comment from the section."""

    client_id: Annotated[
        UUID,
        Field(
            description=(
                "A random id that the browser made for this sending: the same comment under the "
                "same id is stored once, however often it is sent."
            )
        ),
    ]
    article: ArticleIn
    author: ReaderIn
    body: Body
    ticket: Annotated[
        str, Field(max_length=_TICKET_MAX_CHARS, description="From /article or /ticket.")
    ]
    parent_id: Annotated[UUID, Field(description="The comment that this replies to.")] | None = None
    language: Language | None = None
    reader: Reader | None = None
    policy_version: (
        Annotated[
            str,
            Field(
                pattern="^[A-Za-z-]{2,10}:[0-9]{1,9}$",
                description="Of the comment policy that the reader was shown.",
                examples=["ru:3"],
            ),
        ]
        | None
    ) = None
    website: Annotated[
        str,
        Field(
            max_length=1000,
            description="Hidden from people, to be left empty: programs fill it in.",
        ),
    ] = ""
    proof_of_work: WorkDone | None = None
    second_thought: (
        Annotated[AfterAsking, Field(description="Where the reader was asked to reconsider.")]
        | None
    ) = None


class OwnOut(BaseModel):
    """A comment as its author sees it."""

    id: UUID
    article_id: Annotated[str, Field(description="The site's own id of the article.")]
    parent_id: UUID | None
    thread_id: UUID
    status: Status
    author_name: Annotated[str, Field(description="Empty once it is withdrawn.")]
    body: Annotated[str, Field(description="The newest text; empty once it is withdrawn.")]
    edited: bool
    created_at: datetime
    edit_until: Annotated[datetime | None, Field(description="Null when it may not be edited.")]
    withdraw_until: Annotated[
        datetime | None, Field(description="Null when it may not be withdrawn.")
    ]
    statement_url: Annotated[
        str | None,
        Field(description="Where the author reads why it was rejected, and may appeal."),
    ]


class SentOut(BaseModel):
    """A comment that was taken in, for its author."""

    id: UUID
    token: Token
    status: Annotated[Status, Field(description="`pending` where the outcome took too long.")]
    author_name: str
    body: Annotated[str, Field(description="In its normal form.")]
    parent_id: UUID | None
    created_at: datetime
    edit_until: datetime | None
    withdraw_until: datetime | None
    statement_url: str | None


class OwnedIn(_Sent):
    id: UUID
    token: Token


class OwnIn(_Sent):
    """The comments that a browser has tokens of."""

    comments: Annotated[list[OwnedIn], Field(min_length=1, max_length=_OWN_AT_ONCE)]


class OwnListOut(BaseModel):
    items: Annotated[
        list[OwnOut],
        Field(description="Without those that are not known here, or with a wrong token."),
    ]


class OwnEditIn(_Sent):
    token: Token
    body: Body


class SecondThoughtIn(_Sent):
    """A comment that is about to be sent. Nothing of it is kept."""

    article: ExternalId
    body: Body
    language: Language | None = None


class SecondThoughtOut(BaseModel):
    reconsider: Annotated[
        bool,
        Field(description="Whether this text would wait for a person; false where in doubt."),
    ]


class Answered(StrEnum):
    YES = "yes"
    NO = "no"


class ReactionIn(_Sent):
    article: ArticleIn
    answer: Annotated[Answered | None, Field(description="Null takes the answer back.")]
    reader: Reader


class ReactionOut(ReactionsOut):
    mine: Answered | None


class ReportIn(_Sent):
    """What is wrong with a comment."""

    reason: ReportReason
    words: (
        Annotated[str, Field(description=f"Up to {report_rules.WORDS_MAX_CHARS} characters.")]
        | None
    ) = None
    reader: Reader


class NoticeIn(_Sent):
    """A notice that a comment is against the law."""

    law: Annotated[str, Field(description=f"Which; up to {report_rules.LAW_MAX_CHARS} characters.")]
    explanation: Annotated[
        str,
        Field(description=f"Why; up to {report_rules.EXPLANATION_MAX_CHARS} characters."),
    ]
    good_faith: Annotated[
        bool,
        Field(
            strict=True,
            description="That all this is true as far as the notifier knows: must be true.",
        ),
    ]
    contact: (
        Annotated[
            str,
            Field(
                description=(
                    "A name and an address, if the notifier wishes; up to "
                    f"{report_rules.CONTACT_MAX_CHARS} characters."
                )
            ),
        ]
        | None
    ) = None
    language: Annotated[
        ReaderLanguage, Field(description="In which the notifier reads the answer.")
    ] = ReaderLanguage.ENGLISH


class ReceivedOut(BaseModel):
    received: Literal[True]


class NoticeReceivedOut(ReceivedOut):
    receipt_url: Annotated[
        str, Field(description="Where the notifier reads what was done about it.")
    ]
