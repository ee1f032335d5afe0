"""Labelled texts for learning: where each comes from, and how far it is trusted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Language
from service.db import Base, StoredEnum, new_id
from service.examples.origin import Origin, Trust


class LabelledExample(Base, kw_only=True):
    """A text of a site and what somebody says of it; the newest word on a ``subject`` is kept.

    ``subject`` is the client's own name for what was judged (its token), or else the text's digest.
    ``labels`` maps labels to probabilities in [0, 1]; a label that is not there is not judged.
    """

    __tablename__ = "labelled_examples"
    __table_args__ = (
        UniqueConstraint("site_id", "origin", "subject"),
        Index("labelled_examples_site_id_id_idx", "site_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    text: Mapped[str]
    labels: Mapped[dict[str, Any]]
    language: Mapped[Language] = mapped_column(StoredEnum(Language))
    origin: Mapped[Origin] = mapped_column(StoredEnum(Origin))
    trust: Mapped[Trust] = mapped_column(StoredEnum(Trust))
    subject: Mapped[str]
    created_at: Mapped[datetime]
    corrected_at: Mapped[datetime | None] = mapped_column(default=None)
