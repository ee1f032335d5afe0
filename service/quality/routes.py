"""A site's quality as JSON, for its leads."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from service.moderators.auth import CurrentModerator
from service.moderators.errors import RoleTooLow
from service.moderators.http import SIGNED_IN
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.quality.report import report
from service.quality.schemas import QualityOut
from service.request import Now, Transaction
from service.sites.tables import Site

router = APIRouter(prefix="/v1/review/quality", tags=["review: quality"], responses=SIGNED_IN)

DAYS_MAX = 366
DaysQuery = Annotated[
    int, Query(alias="days", ge=1, le=DAYS_MAX, description="How many days to look back.")
]


@router.get(
    "",
    summary="Read how good a site's decisions are",
    responses={
        403: {"description": "`role_too_low`: it is for leads"},
        404: {"description": "`site_not_found`"},
    },
)
def read_quality(
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: Annotated[str, Query(max_length=100, description="Slug.")],
    days: DaysQuery = 30,
) -> QualityOut:
    """Answer precision, recall and prevalence with intervals, agreement, and errors by rule.

    A small random share of what is decided without a person is judged by people who do not know the
    decision; each stands for as many as it was drawn from.
    """
    found = led_site(who, site)
    measured = report(session, found.id, since=now - timedelta(days=days), now=now)
    return QualityOut.of(measured, site=found.slug)


def led_site(who: SignedIn, slug: str) -> Site:
    """Return the site.

    Raises:
        SiteNotFound: it is none of the moderator's.
        RoleTooLow: the moderator does not lead there.
    """
    site = who.site(slug)
    if not who.may(site.id, Role.LEAD):
        raise RoleTooLow(Role.LEAD)
    return site
