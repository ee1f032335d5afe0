"""The quality page, for leads: each number with its interval and a bar."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service import html
from service.moderators.auth import PageModerator
from service.moderators.errors import RoleTooLow
from service.moderators.page_route import PageRoute
from service.moderators.tables import Role
from service.quality.report import report
from service.quality.routes import DaysQuery, led_site
from service.quality.rules import CONFIDENCE
from service.request import Now, Transaction
from service.sites import preferences

router = APIRouter(prefix="/review/quality", include_in_schema=False, route_class=PageRoute)

_CHOICES = (7, 30, 90, 365)


@router.get("")
def quality_page(
    request: Request,
    *,
    session: Transaction,
    now: Now,
    who: PageModerator,
    site: Annotated[str | None, Query(max_length=100)] = None,
    days: DaysQuery = 30,
) -> Response:
    """Show the site's quality, or that of the first site that one leads."""
    led = [each for each in who.sites.values() if who.may(each.id, Role.LEAD)]
    if not led:
        raise RoleTooLow(Role.LEAD)
    shown = led_site(who, site) if site else led[0]
    return html.page(
        request,
        "quality/quality.html",
        site=shown,
        led=led,
        days=days,
        choices=sorted({*_CHOICES, days}),
        confidence=CONFIDENCE,
        share=preferences.of_site(shown).audit_share,
        report=report(session, shown.id, since=now - timedelta(days=days), now=now),
    )
