"""What was sent, and where it stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Language
from service.comments.status import Status
from service.db import Base, StoredEnum, new_id


class Comment(Base, kw_only=True):
    """A reader's comment.

    ``body`` is the text under judgement, ``revision`` its number. Readers see the text of
    ``public_revision``: the same one, or, while an edit waits for its decision, the one before it,
    which is kept in ``revisions``. Only ``service/decisions`` writes ``status``, and with it what
    moderators sort and filter by: ``urgency``, ``priority``, ``margin``, the ``language`` of the
    scored text, and ``reason_codes``, the codes of all that the policy found in it.

    A reply stands in the thread of ``thread_id``, the comment at its top. ``policy_shown`` is the
    version of the site's comment policy that the author was shown, as ``ru:3``.
    """

    __tablename__ = "comments"
    __table_args__ = (
        UniqueConstraint("site_id", "external_id"),
        CheckConstraint("revision >= 1", name="revision"),
        # The worker's work, oldest first; and what was decided without a score and still wants one.
        Index("comments_pending_idx", "id", postgresql_where=text("status = 'pending'")),
        Index("comments_unscored_idx", "id", postgresql_where=text("score_wanted")),
        # The review queue: most urgent first, then oldest.
        Index(
            "comments_held_idx",
            "site_id",
            text("urgency DESC"),
            "id",
            postgresql_where=text("status = 'held'"),
        ),
        # What readers see under an article. Removed parents stay as placeholders of their thread.
        Index(
            "comments_public_idx",
            "article_id",
            "id",
            postgresql_where=text("public_revision IS NOT NULL OR has_replies"),
        ),
        # The same by thread: what stands at the top of an article, and what stands in a thread.
        Index(
            "comments_top_idx",
            "article_id",
            "id",
            postgresql_where=text(
                "thread_id IS NULL AND (public_revision IS NOT NULL OR has_replies)"
            ),
        ),
        Index(
            "comments_thread_idx",
            "thread_id",
            "id",
            postgresql_where=text(
                "thread_id IS NOT NULL AND (public_revision IS NOT NULL OR has_replies)"
            ),
        ),
        # Networks to be forgotten, oldest first.
        Index("comments_network_idx", "id", postgresql_where=text("reader_network IS NOT NULL")),
        Index("comments_author_idx", "author_id", "id"),
        Index(
            "comments_parent_id_idx", "parent_id", postgresql_where=text("parent_id IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("authors.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id"), default=None)
    thread_id: Mapped[UUID | None] = mapped_column(ForeignKey("comments.id"), default=None)
    external_id: Mapped[str | None] = mapped_column(default=None)
    fingerprint: Mapped[bytes]
    author_name: Mapped[str]
    body: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    public_revision: Mapped[int | None] = mapped_column(default=None)
    has_replies: Mapped[bool] = mapped_column(default=False)
    language_hint: Mapped[str | None] = mapped_column(default=None)
    reader_network: Mapped[str | None] = mapped_column(default=None)
    policy_shown: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[Status] = mapped_column(StoredEnum(Status), default=Status.PENDING)
    urgency: Mapped[float] = mapped_column(default=0.0)
    priority: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    margin: Mapped[float | None] = mapped_column(default=None)
    language: Mapped[Language | None] = mapped_column(StoredEnum(Language), default=None)
    reason_codes: Mapped[list[str] | None] = mapped_column(ARRAY(String()), default=None)
    score_wanted: Mapped[bool] = mapped_column(default=False)
    # The text that the classifier's first tier has left to the second.
    unclear_revision: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class Thread(Base, kw_only=True):
    """How many published replies stand below a comment at the top, at any depth; only if there are.

    Locked after comments and before articles.
    """

    __tablename__ = "threads"
    __table_args__ = (
        Index(
            "threads_most_replies_idx",
            "article_id",
            text("reply_count DESC"),
            text("comment_id DESC"),
            postgresql_where=text("reply_count > 0"),
        ),
    )

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    reply_count: Mapped[int]


class Revision(Base, kw_only=True):
    """A text that an edit replaced: public until the edit is decided, and evidence after that."""

    __tablename__ = "revisions"

    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]
    written_at: Mapped[datetime]
