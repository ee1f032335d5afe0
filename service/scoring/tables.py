"""What the classifier thought."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import REAL, BigInteger, ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from ml.labels import Label, Language
from service.db import Base, StoredEnum


class Score(Base, kw_only=True):
    """One model version's probabilities for one text of a comment.

    A column a label, in [0, 1]; NULL where the model does not support the label in the language.
    """

    __tablename__ = "scores"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comments.id"), index=True)
    revision: Mapped[int]
    model_version_id: Mapped[int] = mapped_column(ForeignKey("model_versions.id"))
    language: Mapped[Language] = mapped_column(StoredEnum(Language))
    language_probability: Mapped[float] = mapped_column(REAL)
    toxicity: Mapped[float | None] = mapped_column(REAL, default=None)
    severe_toxicity: Mapped[float | None] = mapped_column(REAL, default=None)
    insult: Mapped[float | None] = mapped_column(REAL, default=None)
    threat: Mapped[float | None] = mapped_column(REAL, default=None)
    identity_attack: Mapped[float | None] = mapped_column(REAL, default=None)
    obscenity: Mapped[float | None] = mapped_column(REAL, default=None)
    sexual: Mapped[float | None] = mapped_column(REAL, default=None)
    spam: Mapped[float | None] = mapped_column(REAL, default=None)
    scored_at: Mapped[datetime]

    def by_label(self) -> dict[Label, float]:
        """Return the probabilities that the model gave, without the unsupported labels."""
        found = {label: getattr(self, label) for label in Label}
        return {label: value for label, value in found.items() if value is not None}
