"""The review page, and a plain one that needs no script; both behind sign-in."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from service import html
from service.errors import Conflict, Invalid, ModerationError
from service.moderators import auth
from service.moderators.auth import FormModerator, PageModerator
from service.moderators.page_route import PageRoute
from service.moderators.queries import SignedIn
from service.request import AppSettings, Now, Transaction
from service.review import actions, claims, plain
from service.review.boot import start_of
from service.review.errors import LeftToLead, TooManyClaims
from service.review.notes import NOTE_MAX_CHARS
from service.settings import Settings

router = APIRouter(prefix="/review", include_in_schema=False, route_class=PageRoute)

_PLAIN = "/review/plain"
_CommentField = Annotated[UUID, Form(alias="comment")]


@router.get("")
def desk_page(request: Request, settings: AppSettings, who: PageModerator) -> Response:
    csrf = auth.csrf_of(who, settings)
    boot = start_of(who, settings, csrf=csrf)
    return html.page(request, "review/desk.html", who=who, csrf=csrf, boot=boot)


@router.get("/plain")
def plain_page(
    request: Request, session: Transaction, settings: AppSettings, now: Now, who: PageModerator
) -> Response:
    return _plain(request, session, settings, now=now, who=who)


@router.post("/plain/next")
def take_next(
    request: Request, session: Transaction, settings: AppSettings, now: Now, who: FormModerator
) -> Response:
    try:
        _take_next(session, settings, now=now, who=who)
    except TooManyClaims as error:
        return _plain(request, session, settings, now=now, who=who, refusal=error)
    return html.go_to(_PLAIN)


@router.post("/plain/decide")
def decide(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    comment_id: _CommentField,
    revision: Annotated[int, Form(ge=1, le=2**31 - 1)],
    outcome: Annotated[str, Form(max_length=120)],
    note: Annotated[str, Form(max_length=NOTE_MAX_CHARS)] = "",
) -> Response:
    """Decide, and take the next comment in hand, where there is room for it."""
    window = settings.review.undo_window
    claims.lock_hand(session, who.moderator)
    try:
        wish = plain.wish_of(outcome, revision=revision, note=note)
        actions.decide(
            session, who.moderator, who.site_ids, comment_id, wish, now=now, window=window
        )
    except (Conflict, Invalid, LeftToLead) as error:
        claims.release(session, who.moderator, comment_id)
        return _plain(request, session, settings, now=now, who=who, refusal=error)
    with suppress(TooManyClaims):
        _take_next(session, settings, now=now, who=who)
    return html.go_to(_PLAIN)


@router.post("/plain/release")
def release(session: Transaction, who: FormModerator, comment_id: _CommentField) -> Response:
    claims.release(session, who.moderator, comment_id)
    return html.go_to(_PLAIN)


@router.post("/plain/undo")
def undo(
    request: Request,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    who: FormModerator,
    choice_id: Annotated[UUID, Form(alias="decision")],
) -> Response:
    """Take the last decision back, and its comment in hand again in place of the one there."""
    try:
        choice = actions.undo(session, who.moderator, choice_id, now=now)
    except Conflict as error:
        return _plain(request, session, settings, now=now, who=who, refusal=error)
    for comment_id in claims.mine(session, who.moderator, now=now):
        if comment_id != choice.comment_id:
            claims.release(session, who.moderator, comment_id)
    return html.go_to(_PLAIN)


def _take_next(session: Session, settings: Settings, *, now: Now, who: SignedIn) -> None:
    review = settings.review
    claims.claim_next(
        session,
        who.moderator,
        who.site_ids,
        most=review.claims_max,
        now=now,
        lease=review.lease,
    )


def _plain(
    request: Request,
    session: Session,
    settings: Settings,
    *,
    now: Now,
    who: SignedIn,
    refusal: ModerationError | None = None,
) -> Response:
    return html.page(
        request,
        "review/plain.html",
        status=409 if refusal else 200,
        csrf=auth.csrf_of(who, settings),
        who=who,
        refused=refusal,
        **plain.desk(session, who, now=now),
    )
