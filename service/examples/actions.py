"""Keeping what people say of a text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.db import new_id
from service.examples.rules import Judged
from service.examples.tables import LabelledExample


def learn(session: Session, site_id: UUID, judged: Judged, *, now: datetime) -> LabelledExample:
    """Keep ``judged``; it takes the place of what was said before about the same subject."""
    given = {
        "text": judged.text,
        "labels": {label.value: value for label, value in judged.labels.items()},
        "language": judged.language,
        "trust": judged.trust,
    }
    stored: LabelledExample | None = session.scalar(
        insert(LabelledExample)
        .values(
            id=new_id(),
            site_id=site_id,
            origin=judged.origin,
            subject=judged.subject,
            created_at=now,
            **given,
        )
        .on_conflict_do_update(
            index_elements=[
                LabelledExample.site_id,
                LabelledExample.origin,
                LabelledExample.subject,
            ],
            set_={**given, "corrected_at": now},
        )
        .returning(LabelledExample),
        execution_options={"populate_existing": True},
    )
    assert stored is not None  # noqa: S101 - an upsert always returns its row
    return stored
