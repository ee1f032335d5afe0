"""What moderators have in hand and what they chose. The queue itself is a query over comments."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Base, StoredEnum, new_id
from service.review.queue_names import Queue


class Claim(Base, kw_only=True):
    """A comment kept for one moderator until ``expires_at``, so that two never work on the same.

    ``queue`` is where it was taken from: what comes from the audit is read blind.
    """

    __tablename__ = "claims"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    queue: Mapped[Queue] = mapped_column(
        StoredEnum(Queue), default=Queue.HELD, server_default=text("'held'")
    )


class ChoiceState(StrEnum):
    """``open`` can be undone; ``recorded`` is a decision; the other two never became one."""

    OPEN = "open"
    RECORDED = "recorded"
    UNDONE = "undone"
    VOID = "void"


class Choice(Base, kw_only=True):
    """What a moderator chose for one text of a comment; a decision once ``settles_at`` has come.

    Until then the comment stands as it stood, to the site, to readers and to the classifier's
    teachers, so undoing leaves nothing to take back. A choice is void when the text has been edited
    or withdrawn in between, or the comment decided otherwise than by its scores.

    ``seen_decision_id`` is the newest decision at that time (0: there was none; None: not kept).
    ``queue`` is where it was made. In the audit it is a second opinion, and becomes no decision.
    ``answer`` is what a reader who appealed is told; ``note`` is for colleagues.
    """

    __tablename__ = "choices"
    __table_args__ = (
        # The judge of two moderators who choose at once.
        Index(
            "choices_open_key", "comment_id", unique=True, postgresql_where=text("state = 'open'")
        ),
        Index("choices_due_idx", "settles_at", postgresql_where=text("state = 'open'")),
        Index("choices_comment_id_id_idx", "comment_id", "id"),
        Index("choices_moderator_id_chosen_at_idx", "moderator_id", "chosen_at"),
        Index("choices_site_id_id_idx", "site_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"))
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"))
    revision: Mapped[int]
    status: Mapped[Status] = mapped_column(StoredEnum(Status))
    reason: Mapped[str]
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default_factory=list)
    note: Mapped[str | None] = mapped_column(default=None)
    queue: Mapped[Queue] = mapped_column(
        StoredEnum(Queue), default=Queue.HELD, server_default=text("'held'")
    )
    answer: Mapped[str | None] = mapped_column(default=None)
    bulk_id: Mapped[UUID | None] = mapped_column(index=True, default=None)
    claimed_at: Mapped[datetime | None] = mapped_column(default=None)
    chosen_at: Mapped[datetime]
    settles_at: Mapped[datetime]
    seen_decision_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    state: Mapped[ChoiceState] = mapped_column(StoredEnum(ChoiceState), default=ChoiceState.OPEN)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("decisions.id"), index=True, default=None
    )


class Escalation(Base, kw_only=True):
    """A held comment that a moderator leaves to a lead; forgotten once it stands decided."""

    __tablename__ = "escalations"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    note: Mapped[str | None] = mapped_column(default=None)
    escalated_at: Mapped[datetime]


class Disagreement(Base, kw_only=True):
    """A person and the classifier's scores, or two people, say different things of a comment.

    It waits for a lead. ``decision_id`` is the decision that is in doubt, ``moderator_id`` who made
    it, or who spoke against it in the audit (``is_audit``). ``gap`` is how far the highest score
    lies from what the person said: from 1 for a rejection, from 0 for an approval. The next
    decision on the comment closes it, whoever makes it.
    """

    __tablename__ = "disagreements"
    __table_args__ = (
        # The newest doubt about a comment takes the place of the one before.
        Index(
            "disagreements_open_key",
            "comment_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "disagreements_open_idx", "site_id", "id", postgresql_where=text("closed_at IS NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), index=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    said: Mapped[Status] = mapped_column(StoredEnum(Status))
    is_audit: Mapped[bool]
    gap: Mapped[float | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(default=None)


class Note(Base, kw_only=True):
    """What a moderator writes for colleagues about an author, or about a comment."""

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("(author_id IS NULL) <> (comment_id IS NULL)", name="subject"),
        Index(
            "notes_author_id_id_idx",
            "author_id",
            "id",
            postgresql_where=text("author_id IS NOT NULL"),
        ),
        Index(
            "notes_comment_id_id_idx",
            "comment_id",
            "id",
            postgresql_where=text("comment_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("authors.id"), default=None)
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id"), default=None)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("moderators.id"), index=True)
    body: Mapped[str]
    written_at: Mapped[datetime]


class SearchWord(Base, kw_only=True):
    """A word that some comment has or had, so that parts and misspellings of it find it.

    ``folded`` is the word in plain Latin letters, whichever script it is written in. ``seen``
    counts the comments that had it when somebody last looked (``checked_at``), up to twenty; a
    rarer one is looked up again every day, and forgotten when no comment has it any more.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        Index(
            "search_words_folded_idx",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
        Index("search_words_checked_at_idx", "checked_at", postgresql_where=text("seen < 20")),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    folded: Mapped[str]
    seen: Mapped[int]
    checked_at: Mapped[datetime]


class LogPlace(Base, kw_only=True):
    """How far a reader of the decisions has come."""

    __tablename__ = "review_log_places"

    reader: Mapped[str] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(BigInteger)


# Nearer than this to what the policy holds or rejects at, a score says little either way.
UNCERTAIN_WITHIN = 0.05

# What the queues and the search read, over another slice's table, which has no other reader so.
_stored = Comment.__table__.c
WORDS = func.to_tsvector(
    text("'simple'::regconfig"), _stored.author_name.op("||")(text("' '")).op("||")(_stored.body)
)
Index(
    "comments_words_idx",
    WORDS,
    postgresql_using="gin",
    # Taking a comment in is the hot door: what is not decided yet is not searched.
    postgresql_where=text("status <> 'pending'"),
)
Index(
    "comments_held_age_idx",
    Comment.site_id,
    Comment.id,
    postgresql_where=text("status = 'held'"),
)
# How many have arrived since the list was loaded.
Index(
    "comments_held_since_idx",
    Comment.site_id,
    Comment.decided_at,
    postgresql_where=text("status = 'held'"),
)
Index(
    "comments_held_priority_idx",
    Comment.site_id,
    Comment.priority.desc(),
    Comment.id,
    postgresql_where=text("status = 'held'"),
)
# The queue in one language; the others are walked and left out.
Index(
    "comments_held_language_idx",
    Comment.site_id,
    Comment.language,
    Comment.priority.desc(),
    Comment.id,
    postgresql_where=text("status = 'held'"),
)
Index(
    "comments_held_article_idx",
    Comment.article_id,
    Comment.id,
    postgresql_where=text("status = 'held'"),
)
Index(
    "comments_held_reasons_idx",
    Comment.reason_codes,
    postgresql_using="gin",
    postgresql_where=text("status = 'held'"),
)
# The held that lie nearest to an operating point.
Index(
    "comments_held_margin_idx",
    Comment.site_id,
    Comment.margin,
    Comment.id,
    postgresql_where=text("status = 'held'"),
)
