"""The policy page: what rules on a site, a draft tried on its past, and the versions before."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from service import html
from service.errors import ModerationError
from service.moderators import auth
from service.moderators.auth import FormModerator, PageModerator
from service.moderators.errors import RoleTooLow
from service.moderators.page_route import PageRoute
from service.moderators.queries import SignedIn
from service.moderators.tables import Role
from service.problems import status_of
from service.request import AppSettings, Now, Transaction
from service.scoring import live
from service.sites.tables import Site
from service.trials import actions, drafts
from service.trials.actions import Trial
from service.trials.drafts import NoteUnfit
from service.trials.form import Typed
from service.trials.solving import Judge

router = APIRouter(prefix="/review/policy", include_in_schema=False, route_class=PageRoute)


async def _typed(request: Request) -> Typed:
    """Return every field as it was typed: a policy has too many to name them here."""
    sent = await request.form()
    names = dict.fromkeys(sent.keys())
    return {name: [each for each in sent.getlist(name) if isinstance(each, str)] for name in names}


_Typed = Annotated[Typed, Depends(_typed)]
_SiteField = Annotated[str, Form(alias="site", max_length=100)]


class _Desk:
    """The page of one site, for one lead."""

    def __init__(self, request: Request, session: Transaction, settings: AppSettings) -> None:
        self.request, self.session, self.settings = request, session, settings

    def judge(self, site: Site) -> Judge | None:
        """Return the version that is live on the site."""
        classifier = live.of_site(self.request.app.state, site.id)
        return actions.judge(self.session, site.id, classifier)

    def page(
        self,
        who: SignedIn,
        site: Site,
        draft: drafts.Draft,
        *,
        trial: Trial | None = None,
        refused: ModerationError | None = None,
        saved: int | None = None,
    ) -> Response:
        """Return the page with the draft in its fields."""
        status = status_of(refused) if refused else 422 if draft.problems else 200
        led = [each for each in who.sites.values() if who.may(each.id, Role.LEAD)]
        return html.page(
            self.request,
            "trials/policy.html",
            status=status,
            who=who,
            csrf=auth.csrf_of(who, self.settings),
            site=site,
            sites=sorted(led, key=lambda each: each.name),
            refused=refused,
            saved=saved,
            **drafts.desk(self.session, site, draft, self.judge(site), trial=trial),
        )


_AnyDesk = Annotated[_Desk, Depends(_Desk)]


@router.get("")
def policy_page(
    desk: _AnyDesk,
    who: PageModerator,
    site: Annotated[str | None, Query(max_length=100)] = None,
    saved: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
) -> Response:
    led = _led(who, site)
    return desk.page(who, led, drafts.standing(desk.session, led.id), saved=saved)


@router.post("/preview")
def preview(
    desk: _AnyDesk, now: Now, who: FormModerator, given: _Typed, slug: _SiteField
) -> Response:
    """Show what the draft would have done; what was typed stays in its fields."""
    site = _led(who, slug)
    draft = drafts.sent(desk.session, site.id, given)
    if draft.document is None:
        return desk.page(who, site, draft)
    try:
        trial = actions.preview(desk.session, site.id, draft.document, desk.judge(site), now=now)
    except ModerationError as error:
        return desk.page(who, site, draft, refused=error)
    return desk.page(who, site, draft, trial=trial)


@router.post("/save")
def save(desk: _AnyDesk, now: Now, who: FormModerator, given: _Typed, slug: _SiteField) -> Response:
    """Have the draft rule, unless another was saved since the page was opened."""
    site = _led(who, slug)
    draft = drafts.sent(desk.session, site.id, given)
    if draft.document is None:
        return desk.page(who, site, draft)
    try:
        made = actions.save(
            *(desk.session, site.id, draft.document, desk.judge(site)),
            note=draft.clean_note,
            saved_by=who.moderator.name,
            based_on=draft.based_on,
            now=now,
        )
    except NoteUnfit as error:
        return desk.page(who, site, draft.with_problem("note", error.detail))
    except ModerationError as error:
        newest = drafts.standing(desk.session, site.id).based_on
        return desk.page(who, site, draft.upon(newest), refused=error)
    return html.go_to(f"/review/policy?site={site.slug}&saved={made.version.version}")


@router.post("/restore")
def restore(
    desk: _AnyDesk,
    now: Now,
    who: FormModerator,
    slug: _SiteField,
    number: Annotated[int, Form(ge=0, le=2**31 - 1)],
) -> Response:
    """Have an old version rule again, as a new one."""
    site = _led(who, slug)
    made = actions.restore(
        *(desk.session, site.id, number, desk.judge(site)),
        note=f"Version {number} again.",
        saved_by=who.moderator.name,
        now=now,
    )
    return html.go_to(f"/review/policy?site={site.slug}&saved={made.version.version}")


def _led(who: SignedIn, slug: str | None) -> Site:
    """Return the site asked for, or the first that this person leads.

    Raises:
        SiteNotFound: none of theirs.
        RoleTooLow: they lead none, or not this one.
    """
    if slug:
        site = who.site(slug)
        if not who.may(site.id, Role.LEAD):
            raise RoleTooLow(Role.LEAD)
        return site
    led = [each for each in who.sites.values() if who.may(each.id, Role.LEAD)]
    if not led:
        raise RoleTooLow(Role.LEAD)
    return min(led, key=lambda each: each.name)
