"""The page on which leads and admins look after a site's people and programs."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response

from service import html
from service.errors import Conflict, Forbidden, Invalid, ModerationError
from service.moderators import links, tokens
from service.moderators.page_route import PageRoute
from service.moderators.rules import TOKEN_MEANINGS, TokenScope, may_give
from service.moderators.tables import Role
from service.problems import status_of
from service.request import Now, Transaction
from service.team import actions, addresses, queries
from service.team.desk import SETTINGS, AnyDesk
from service.team.led import Led
from service.team.pages import LedForm, LedPage

router = APIRouter(prefix=f"{SETTINGS}/{{site}}", include_in_schema=False, route_class=PageRoute)

_TOKEN_DAYS = (7, 30, 90, 366)


@router.get("/team")
def team_page(desk: AnyDesk, session: Transaction, now: Now, led: LedPage) -> Response:
    return _team(desk, session, led, now=now)


@router.post("/invitations")
def invite(
    desk: AnyDesk,
    session: Transaction,
    now: Now,
    led: LedForm,
    *,
    email: Annotated[str, Form(max_length=1000)] = "",
    role: Annotated[Role, Form()] = Role.MODERATOR,
) -> Response:
    lifetime = desk.settings.review.invitation_lifetime
    try:
        _, token = actions.invite(
            session, led.actor, led.site, email=email, role=role, now=now, lifetime=lifetime
        )
    except (Invalid, Conflict, Forbidden) as error:
        return _team(desk, session, led, now=now, refused=error)
    link = addresses.of_invitation(desk.settings, token)
    return _team(desk, session, led, now=now, link=link)


@router.post("/invitations/{invitation_id}/revoke")
def revoke_invitation(
    invitation_id: UUID, session: Transaction, now: Now, led: LedForm
) -> Response:
    actions.revoke_invitation(session, led.actor, led.site, invitation_id, now=now)
    return _back(led)


@router.post("/members/{moderator_id}/role")
def change_role(
    moderator_id: UUID,
    desk: AnyDesk,
    session: Transaction,
    now: Now,
    led: LedForm,
    *,
    role: Annotated[Role, Form()],
) -> Response:
    try:
        actions.change_role(session, led.actor, led.site, moderator_id, role, now=now)
    except (Conflict, Forbidden) as error:
        return _team(desk, session, led, now=now, refused=error)
    return _back(led)


@router.post("/members/{moderator_id}/remove")
def remove_member(
    moderator_id: UUID, desk: AnyDesk, session: Transaction, now: Now, led: LedForm
) -> Response:
    try:
        actions.remove_member(session, led.actor, led.site, moderator_id, now=now)
    except (Conflict, Forbidden) as error:
        return _team(desk, session, led, now=now, refused=error)
    return _back(led)


@router.post("/members/{moderator_id}/password-link")
def make_password_link(
    moderator_id: UUID, desk: AnyDesk, session: Transaction, now: Now, led: LedForm
) -> Response:
    led.actor.require(led.site.id, Role.ADMIN)
    who, _ = queries.member(session, led.site.id, moderator_id)
    lifetime = desk.settings.review.password_link_lifetime
    try:
        token = actions.password_link(session, led.actor, who, now=now, lifetime=lifetime)
    except Forbidden as error:
        return _team(desk, session, led, now=now, refused=error)
    link = addresses.of_password(desk.settings, token)
    return _team(desk, session, led, now=now, link=link)


@router.post("/tokens")
def issue_token(
    desk: AnyDesk,
    session: Transaction,
    now: Now,
    led: LedForm,
    *,
    name: Annotated[str, Form(max_length=1000)] = "",
    scopes: Annotated[list[TokenScope] | None, Form()] = None,
    days: Annotated[int, Form(ge=1, le=366)] = 30,
) -> Response:
    try:
        _, text = actions.issue_token(
            session,
            led.actor,
            led.site,
            name=name,
            scopes=scopes or (),
            now=now,
            expires_at=now + timedelta(days=days),
        )
    except Invalid as error:
        return _team(desk, session, led, now=now, refused=error)
    return _team(desk, session, led, now=now, issued=text)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(token_id: UUID, session: Transaction, now: Now, led: LedForm) -> Response:
    actions.revoke_token(session, led.actor, led.site, token_id, now=now)
    return _back(led)


def _back(led: Led) -> Response:
    return html.go_to(f"{SETTINGS}/{led.site.slug}/team")


def _team(
    desk: AnyDesk,
    session: Transaction,
    led: Led,
    *,
    now: Now,
    link: str | None = None,
    issued: str | None = None,
    refused: ModerationError | None = None,
) -> Response:
    site_id = led.site.id
    answer = desk.page(
        led,
        "team",
        refused=refused,
        members=queries.members(session, site_id, now=now),
        invitations=links.open_invitations(session, site_id, now=now),
        tokens=tokens.of_site(session, site_id),
        roles=list(Role),
        given=[role for role in Role if may_give(led.role, role)],
        scopes=list(TokenScope),
        meanings=TOKEN_MEANINGS,
        days=_TOKEN_DAYS,
        link=link,
        issued=issued,
        now=now,
    )
    if refused is not None:
        answer.status_code = status_of(refused)
    return answer
