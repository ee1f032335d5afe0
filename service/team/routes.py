"""What leads and admins look after, as JSON: everything that the settings pages do."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from service.moderators import links, tokens
from service.moderators.http import SIGNED_IN
from service.request import AppSettings, Now, Transaction
from service.sites import actions as sites
from service.sites import configuring, log, policy_texts
from service.sites import queries as site_queries
from service.sites.routes import Language
from service.sites.schemas import SiteIn, SiteOut, TextIn, TextOut, TextsOut
from service.team import actions, addresses, queries
from service.team.led import AdministeredSite, LedSite
from service.team.schemas import (
    ChangeOut,
    ChangesOut,
    InvitationIn,
    InvitationOut,
    InvitedOut,
    IssuedKeyOut,
    IssuedTokenOut,
    KeyIn,
    KeyOut,
    KeysOut,
    LinkOut,
    RoleIn,
    TeamOut,
    TokenIn,
    TokenOut,
)

_Responses = dict[int | str, dict[str, Any]]
_LED: _Responses = {
    **SIGNED_IN,
    403: {"description": "`role_too_low`, `person_needed`, `foreign_request`"},
    404: {"description": "`site_not_found`"},
}
_MEMBER: _Responses = {404: {"description": "`site_not_found`, `moderator_not_found`"}}
_OWN: _Responses = {409: {"description": "`own_membership`"}}

router = APIRouter(
    prefix="/v1/review/sites/{site}", tags=["review: settings and team"], responses=_LED
)


@router.get("/settings", summary="Read the site's settings")
def read_settings(led: LedSite) -> SiteOut:
    """Answer every setting, whether chosen or the default."""
    return SiteOut.of(led.site)


@router.patch(
    "/settings",
    summary="Change the site's settings",
    responses={422: {"description": "`site_invalid`, `fields_invalid`"}},
)
def change_settings(sent: SiteIn, session: Transaction, now: Now, led: LedSite) -> SiteOut:
    """Change what is sent, and leave the rest; nothing is changed where anything is wrong."""
    by = led.actor.name
    return SiteOut.of(configuring.configure(session, led.site, sent.wanted(), by=by, now=now))


@router.get("/policy-texts", summary="Read the comment policy that readers see")
def read_policy_texts(session: Transaction, led: LedSite) -> TextsOut:
    """Answer the newest version in each language in which there is one."""
    found = policy_texts.current(session, led.site.id)
    return TextsOut(items=[TextOut.of(each) for each in found.values()])


@router.put(
    "/policy-texts/{language}",
    summary="Change the comment policy that readers see",
    response_model=TextOut,
    responses={
        204: {"description": "There is no policy in this language, and there was none."},
        422: {"description": "`site_invalid`, `fields_invalid`"},
    },
)
def save_policy_text(
    language: Language, sent: TextIn, session: Transaction, now: Now, *, led: LedSite
) -> TextOut | Response:
    """Show this text from now on, as another version; an empty one takes the policy back."""
    by = led.actor.name
    saved = policy_texts.save(session, led.site.id, language, sent.markdown, saved_by=by, now=now)
    if saved is None:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return TextOut.of(saved)


@router.get("/changes", summary="Read the site's log")
def read_changes(
    session: Transaction, led: LedSite, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> ChangesOut:
    """Answer who changed what about settings, keys and team, newest first."""
    found = log.newest(session, led.site.id, limit=limit)
    return ChangesOut(items=[ChangeOut.of(each) for each in found])


@router.get("/team", summary="Read who works on the site")
def read_team(session: Transaction, now: Now, led: LedSite) -> TeamOut:
    """Answer the people, the open invitations, and the programs with their tokens."""
    site_id = led.site.id
    return TeamOut.of(
        queries.members(session, site_id, now=now),
        links.open_invitations(session, site_id, now=now),
        tokens.of_site(session, site_id),
    )


@router.post(
    "/invitations",
    summary="Invite somebody",
    status_code=status.HTTP_201_CREATED,
    responses={
        409: {"description": "`already_member`"},
        422: {"description": "`email_invalid`, `fields_invalid`"},
    },
)
def invite(
    sent: InvitationIn, session: Transaction, settings: AppSettings, now: Now, led: LedSite
) -> InvitedOut:
    """Make a one-time link, to be handed on: Parley sends no mail. An earlier one ends.

    Leads give every role but an admin's. Whoever has an account uses its password.
    """
    link, token = actions.invite(
        session,
        led.actor,
        led.site,
        email=sent.email,
        role=sent.role,
        now=now,
        lifetime=settings.review.invitation_lifetime,
    )
    return InvitedOut(
        invitation=InvitationOut.of(link), url=addresses.of_invitation(settings, token)
    )


@router.delete(
    "/invitations/{invitation_id}",
    summary="Take an invitation back",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"description": "`site_not_found`, `link_not_good`"}},
)
def revoke_invitation(invitation_id: UUID, session: Transaction, now: Now, led: LedSite) -> None:
    """End an open invitation."""
    actions.revoke_invitation(session, led.actor, led.site, invitation_id, now=now)


@router.put(
    "/members/{moderator_id}",
    summary="Change somebody's role",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_MEMBER, **_OWN},
)
def change_role(
    moderator_id: UUID, sent: RoleIn, session: Transaction, now: Now, led: LedSite
) -> None:
    """Give somebody of the site another role; leads neither give nor take an admin's."""
    actions.change_role(session, led.actor, led.site, moderator_id, sent.role, now=now)


@router.delete(
    "/members/{moderator_id}",
    summary="Take somebody off the site",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={**_MEMBER, **_OWN},
)
def remove_member(moderator_id: UUID, session: Transaction, now: Now, led: LedSite) -> None:
    """End every session of the person, give back what is in hand, and end what they handed out.

    Open invitations and programs' tokens that the person has made end too. Decisions stay.
    """
    actions.remove_member(session, led.actor, led.site, moderator_id, now=now)


@router.post(
    "/members/{moderator_id}/password-link",
    summary="Make a link for a new password",
    status_code=status.HTTP_201_CREATED,
    responses={
        **_MEMBER,
        403: {
            "description": "`password_link_elsewhere`, `role_too_low`, `person_needed`, "
            "`foreign_request`"
        },
    },
)
def make_password_link(
    moderator_id: UUID,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    led: AdministeredSite,
) -> LinkOut:
    """Make a one-time link, to be handed on, by which somebody chooses a new password.

    For admins of every site of the installation; else `parley moderator reset` makes it.
    """
    who, _ = queries.member(session, led.site.id, moderator_id)
    lifetime = settings.review.password_link_lifetime
    token = actions.password_link(session, led.actor, who, now=now, lifetime=lifetime)
    return LinkOut(url=addresses.of_password(settings, token), expires_at=now + lifetime)


@router.post(
    "/tokens",
    summary="Issue a program's token",
    status_code=status.HTTP_201_CREATED,
    responses={422: {"description": "`name_invalid`, `token_invalid`, `fields_invalid`"}},
)
def issue_token(sent: TokenIn, session: Transaction, now: Now, led: LedSite) -> IssuedTokenOut:
    """Let a program, or a team outside the house, work on the site's queue under this name."""
    token, text = actions.issue_token(
        session,
        led.actor,
        led.site,
        name=sent.name,
        scopes=sent.scopes,
        now=now,
        expires_at=sent.expires_at,
    )
    return IssuedTokenOut(token=TokenOut.of(token, sent.name), text=text)


@router.delete(
    "/tokens/{token_id}",
    summary="Revoke a program's token",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"description": "`site_not_found`, `token_not_found`"}},
)
def revoke_token(token_id: UUID, session: Transaction, now: Now, led: LedSite) -> None:
    """End a token; what the program has in hand is free again, and its decisions stay."""
    actions.revoke_token(session, led.actor, led.site, token_id, now=now)


@router.get("/keys", summary="List the site's keys")
def read_keys(session: Transaction, led: AdministeredSite) -> KeysOut:
    """Answer what each key begins with and may do; the whole is kept nowhere. For admins."""
    found = site_queries.keys(session, led.site)
    return KeysOut(items=[KeyOut.of(each) for each in found])


@router.post(
    "/keys",
    summary="Issue a key of the site",
    status_code=status.HTTP_201_CREATED,
    responses={422: {"description": "`key_invalid`, `fields_invalid`"}},
)
def issue_key(sent: KeyIn, session: Transaction, now: Now, led: AdministeredSite) -> IssuedKeyOut:
    """Issue a key for the site's own systems. For admins."""
    key, text = sites.issue_key(
        session,
        led.site,
        name=sent.name,
        scopes=sent.scopes,
        for_host_names=sent.for_host_names,
        by=led.actor.name,
        now=now,
    )
    return IssuedKeyOut(key=KeyOut.of(key), text=text)


@router.delete(
    "/keys/{prefix}",
    summary="Revoke a key of the site",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={404: {"description": "`site_not_found`, `key_not_found`"}},
)
def revoke_key(
    prefix: Annotated[str, Path(max_length=20)],
    session: Transaction,
    now: Now,
    led: AdministeredSite,
) -> None:
    """End a key within a second. For admins."""
    key = site_queries.key_by_prefix(session, led.site, prefix)
    sites.revoke_key(session, key, by=led.actor.name, now=now)
