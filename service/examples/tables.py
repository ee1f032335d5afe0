"""Labelled texts for learning: where each comes from, and how far it is trusted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Language
from service.db import Base, StoredEnum, new_id
from service.examples.origin import Cause, Origin, QuarantineState, Removal, Trust


class LabelledExample(Base, kw_only=True):
    """A text and what somebody says of it; the newest word on a ``subject`` is kept.

    An ``id`` stands for one word on one text for ever: a correction has another. A text that came
    as a comment is not copied: ``comment_id`` and ``revision`` say which it is, so that erasing the
    comment erases it here.

    Of a highlight, ``span_start`` and ``span_end`` say which piece of that text it is, in code
    points.

    ``subject`` is the comment, or else a piece of it and the label in question, the client's own
    name for what was judged (its token), or the text's digest. ``labels`` maps labels to
    probabilities in [0, 1]; a label that is not there is not judged. ``released_at``: a lead has
    looked at it and lets it teach.
    """

    __tablename__ = "labelled_examples"
    __table_args__ = (
        UniqueConstraint("site_id", "origin", "subject"),
        CheckConstraint("(text IS NULL) = (comment_id IS NOT NULL)", name="text"),
        CheckConstraint("(revision IS NULL) = (comment_id IS NULL)", name="revision"),
        CheckConstraint(
            "(span_start IS NULL) = (span_end IS NULL) AND (span_start IS NULL OR"
            " (comment_id IS NOT NULL AND span_start >= 0 AND span_end > span_start))",
            name="span",
        ),
        CheckConstraint("inclusion > 0 AND inclusion <= 1", name="inclusion"),
        Index("labelled_examples_site_id_id_idx", "site_id", "id"),
        Index("labelled_examples_site_id_said_at_idx", "site_id", "said_at"),
        Index(
            "labelled_examples_comment_id_key",
            "comment_id",
            "subject",
            unique=True,
            postgresql_where=text("comment_id IS NOT NULL"),
        ),
        # Finds copies of a text that is to be erased.
        Index(
            "labelled_examples_site_id_text_idx",
            "site_id",
            text("md5(text)"),
            postgresql_where=text("text IS NOT NULL"),
        ),
        Index(
            "labelled_examples_quarantine_id_idx",
            "quarantine_id",
            postgresql_where=text("quarantine_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    text: Mapped[str | None] = mapped_column(default=None)
    comment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("comments.id", ondelete="CASCADE"), default=None
    )
    revision: Mapped[int | None] = mapped_column(default=None)
    span_start: Mapped[int | None] = mapped_column(default=None)
    span_end: Mapped[int | None] = mapped_column(default=None)
    labels: Mapped[dict[str, Any]]
    language: Mapped[Language] = mapped_column(StoredEnum(Language))
    origin: Mapped[Origin] = mapped_column(StoredEnum(Origin))
    trust: Mapped[Trust] = mapped_column(StoredEnum(Trust))
    sender: Mapped[str]
    weight: Mapped[float] = mapped_column(REAL)
    inclusion: Mapped[float] = mapped_column(REAL, default=1.0)
    subject: Mapped[str]
    created_at: Mapped[datetime]
    corrected_at: Mapped[datetime | None] = mapped_column(default=None)
    said_at: Mapped[datetime]
    quarantine_id: Mapped[UUID | None] = mapped_column(ForeignKey("quarantines.id"), default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)


class RemovedExample(Base, kw_only=True):
    """That an example is gone, and why: nothing of its text, nor of what was said of it."""

    __tablename__ = "removed_examples"
    __table_args__ = (Index("removed_examples_site_id_removed_at_idx", "site_id", "removed_at"),)

    example_id: Mapped[UUID] = mapped_column(primary_key=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    why: Mapped[Removal] = mapped_column(StoredEnum(Removal))
    removed_at: Mapped[datetime]


class Quarantine(Base, kw_only=True):
    """Labels of one sender that nothing is learned from until a lead has looked at them.

    ``found``: the counts that made them suspicious (see ``suspicion.Burst``).
    """

    __tablename__ = "quarantines"
    __table_args__ = (
        Index("quarantines_site_id_id_idx", "site_id", "id"),
        Index("quarantines_open_idx", "site_id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    sender: Mapped[str]
    cause: Mapped[Cause] = mapped_column(StoredEnum(Cause))
    found: Mapped[dict[str, Any]]
    examples: Mapped[int]
    opened_at: Mapped[datetime]
    state: Mapped[QuarantineState] = mapped_column(
        StoredEnum(QuarantineState), default=QuarantineState.OPEN
    )
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("moderators.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
