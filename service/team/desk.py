"""What all settings pages share: the site, the tabs, who is signed in, what was typed."""

from typing import Annotated, Final

from fastapi import Depends, Request, Response

from service import html
from service.moderators import auth
from service.moderators.auth import PageModerator
from service.moderators.tables import Role
from service.request import AppSettings
from service.team.forms import Typed
from service.team.led import Led

SETTINGS: Final = "/review/settings"


class Desk:
    """The settings pages of one moderator."""

    def __init__(self, request: Request, settings: AppSettings, who: PageModerator) -> None:
        self.request, self.settings, self.who = request, settings, who

    def page(self, led: Led, tab: str, *, refused: object = None, **context: object) -> Response:
        """Return the tab of the led site; what is ``refused`` about a form makes it a 422."""
        sites = [each for each in self.who.sites.values() if self.who.may(each.id, Role.LEAD)]
        return html.page(
            self.request,
            f"team/{tab}.html",
            status=422 if refused else 200,
            language=None,
            who=self.who,
            csrf=auth.csrf_of(self.who, self.settings),
            site=led.site,
            sites=sites,
            tab=tab,
            is_admin=led.role is Role.ADMIN,
            base=f"{SETTINGS}/{led.site.slug}",
            refused=refused,
            **context,
        )


AnyDesk = Annotated[Desk, Depends(Desk)]


async def _typed(request: Request) -> Typed:
    """Return every field as it was typed: some forms have too many to name them here."""
    sent = await request.form()
    names = dict.fromkeys(sent.keys())
    return {name: [each for each in sent.getlist(name) if isinstance(each, str)] for name in names}


TypedForm = Annotated[Typed, Depends(_typed)]
