"""Signing in and out, and who one is, as JSON."""

from fastapi import APIRouter, Request, Response, status

from service.moderators import actions, attempts, auth, forgery, queries
from service.moderators.auth import CurrentModerator
from service.moderators.schemas import MembershipOut, MeOut, ModeratorOut, SignInIn, SignInOut
from service.request import AppSettings, Now, Transaction

router = APIRouter(prefix="/v1/review", tags=["review: moderators"])


@router.post(
    "/sign-in",
    responses={
        401: {"description": "`sign_in_refused`"},
        403: {"description": "`foreign_request`"},
        429: {"description": "`rate_limited`: come back after `Retry-After` seconds"},
    },
)
def sign_in(
    sent: SignInIn,
    *,
    request: Request,
    response: Response,
    session: Transaction,
    settings: AppSettings,
    now: Now,
) -> SignInOut:
    """Open a session with e-mail and password.

    A wrong password, an unknown e-mail address and a moderator who has left get one answer.
    """
    forgery.check_origin(request, settings)
    attempts.spend_attempt(request, settings, sent.email)
    lifetime = settings.review.session_lifetime
    token = actions.sign_in(session, sent.email, sent.password, now=now, lifetime=lifetime)
    who = queries.signed_in(session, token, now=now)
    assert who.sign_in is not None  # noqa: S101 - it has just been opened
    attempts.remember(request, response, settings, sent.email)
    if sent.cookie:
        auth.set_cookie(response, token, settings)
    return SignInOut(
        token=None if sent.cookie else token,
        csrf_token=auth.csrf_of(who, settings),
        expires_at=who.sign_in.expires_at,
        moderator=ModeratorOut.model_validate(who.moderator, from_attributes=True),
    )


@router.post("/sign-out", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(
    request: Request,
    response: Response,
    session: Transaction,
    settings: AppSettings,
    _: CurrentModerator,
) -> None:
    """End this session."""
    actions.sign_out(session, auth.token_of(request) or "")
    auth.clear_cookie(response, settings)


@router.get("/me")
def me(settings: AppSettings, who: CurrentModerator) -> MeOut:
    """Answer who is signed in, and the role on each site."""
    return MeOut(
        id=who.moderator.id,
        email=who.moderator.email,
        name=who.moderator.name,
        csrf_token=auth.csrf_of(who, settings) if who.sign_in else None,
        sites=[
            MembershipOut(site=site.slug, name=site.name, role=who.roles[site.id])
            for site in who.sites.values()
        ],
    )
