"""Keeping what the classifier thought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    TIMESTAMP,
    Integer,
    String,
    Uuid,
    bindparam,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from ml.labels import Label, Language
from service.scoring.classifier import Prediction
from service.scoring.tables import Score

# As many digits as the column keeps, whatever the number: what is read again is what was ruled on.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """The classifier's opinion of one text of a comment, as it is stored."""

    comment_id: UUID
    revision: int
    scores: Mapping[Label, float]
    language: Language
    language_probability: float

    @classmethod
    def of(cls, comment_id: UUID, revision: int, prediction: Prediction) -> "Scored":
        return cls(
            comment_id,
            revision,
            {label: round(score, _DIGITS) for label, score in prediction.scores.items()},
            prediction.language,
            prediction.language_probability,
        )


def record(
    session: Session, scored: Sequence[Scored], *, model_version_id: int, now: datetime
) -> dict[UUID, int]:
    """Store one score for each comment, in one statement; return their ids by comment."""
    if not scored:
        return {}
    columns = {
        f"{label.value}_each": [each.scores.get(label) for each in scored] for label in Label
    }
    found = session.execute(
        _RECORD,
        {
            "version": model_version_id,
            "now": now,
            "comment_id_each": [each.comment_id for each in scored],
            "revision_each": [each.revision for each in scored],
            "language_each": [each.language.value for each in scored],
            "language_probability_each": [each.language_probability for each in scored],
            **columns,
        },
    )
    return {row.comment_id: row.id for row in found}


_TYPES: dict[str, TypeEngine[Any]] = {
    "comment_id": Uuid(),
    "revision": Integer(),
    "language": String(),
    "language_probability": REAL(),
    **{label.value: REAL() for label in Label},
}
# The bare table: the ORM's own insert does not take names with a RETURNING.
_scores = Score.metadata.tables[Score.__tablename__]
_unnested = (
    func.unnest(*(bindparam(f"{each}_each", type_=ARRAY(kind)) for each, kind in _TYPES.items()))
    .table_valued(*(column(each, kind) for each, kind in _TYPES.items()))
    .render_derived(name="scored")
)
_RECORD = (
    insert(_scores)
    .from_select(
        [*_TYPES, "model_version_id", "scored_at"],
        select(
            *(_unnested.c[each] for each in _TYPES),
            bindparam("version", type_=Integer()),
            bindparam("now", type_=TIMESTAMP(timezone=True)),
        ),
        include_defaults=False,
    )
    .returning(_scores.c.id, _scores.c.comment_id)
)
