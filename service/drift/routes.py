"""How far comments have moved, as JSON, for leads."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from service.drift import queries
from service.drift.tables import DriftReading
from service.moderators.auth import CurrentModerator
from service.moderators.errors import RoleTooLow
from service.moderators.tables import Role
from service.request import Transaction

router = APIRouter(prefix="/v1/review/drift", tags=["quality"])


class DriftOut(BaseModel):
    """One day's measures: stability indices, and shares at the beginning and now."""

    measured_at: datetime
    measures: dict[str, Any] = Field(
        description="`scores` and `languages` are population stability indices (0: alike; from "
        "0.25 another population); `held`, `disagreement` and `unseen` are shares, first and now; "
        "`topic` says how well words tell the comments apart (0.5: not at all; 1: at a glance). "
        "Null where there was too little to tell. Of a version that is days old, what came before "
        "it is looked at again and stands for the beginning; `held` is null then."
    )
    alarms: dict[str, str] = Field(description="What is beyond its bound, in words.")

    @classmethod
    def of(cls, reading: DriftReading) -> Self:
        return cls(
            measured_at=reading.measured_at, measures=reading.measures, alarms=reading.alarms
        )


@router.get("", responses={403: {"description": "`role_too_low`"}})
def read_drift(
    session: Transaction,
    who: CurrentModerator,
    site: Annotated[str, Query(max_length=100, description="The site's slug.")],
    limit: Annotated[int, Query(ge=1, le=365)] = 30,
) -> list[DriftOut]:
    """Answer the last days' measures of one's site, newest first."""
    found = who.site(site)
    if not who.may(found.id, Role.LEAD):
        raise RoleTooLow(Role.LEAD)
    return [DriftOut.of(each) for each in queries.readings(session, found.id, limit=limit)]
