"""Statements for whoever has their link, and appeals for moderators, as JSON."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, status

from service.appeals import actions, queries
from service.appeals.opening import opened
from service.appeals.schemas import (
    AppealIn,
    DecidedAppealOut,
    OutcomeIn,
    StatementOut,
    ToReadOut,
)
from service.moderators.auth import CurrentModerator, PersonModerator
from service.moderators.http import SIGNED_IN, Responses, SiteQuery, site_ids, slugs
from service.paging import Cursor, CursorQuery, LimitQuery, Page
from service.request import AppSettings, Now, Transaction
from service.sites.reader_language import ReaderLanguage

public = APIRouter(prefix="/v1/statements", tags=["statements and appeals"])
review = APIRouter(prefix="/v1/review/appeals", tags=["review: appeals"], responses=SIGNED_IN)

_OPENING: Responses = {
    404: {"description": "`link_not_known`"},
    410: {"description": "`link_expired`"},
}
TokenPath = Annotated[str, Path(max_length=200, description="The last part of the link.")]
LanguageQuery = Annotated[
    ReaderLanguage, Query(alias="lang", description="The statement's language.")
]


@public.get("/{token}", summary="Read why a comment was rejected", responses=_OPENING)
def read_statement(
    token: TokenPath,
    *,
    session: Transaction,
    settings: AppSettings,
    now: Now,
    language: LanguageQuery = ReaderLanguage.ENGLISH,
) -> StatementOut:
    """Answer the statement of reasons. The link is the key: nobody signs in.

    The address for people, `statement_url` of a rejected comment, ends with the same token.
    """
    stated = opened(session, settings, token, language, now=now)
    return StatementOut.of(stated, language)


@public.post(
    "/{token}/appeal",
    summary="Appeal",
    status_code=status.HTTP_201_CREATED,
    responses=_OPENING
    | {409: {"description": "`nothing_to_appeal`, `already_appealed`, `appeal_too_late`"}},
)
def make_appeal(
    token: TokenPath, sent: AppealIn, *, session: Transaction, settings: AppSettings, now: Now
) -> StatementOut:
    """Ask that another person look at the comment; once for each decision.

    The same text again is no error. The outcome comes into the statement.
    """
    stated = opened(session, settings, token, sent.language, now=now)
    window = settings.appeals.window
    actions.appeal(
        session, stated.comment, sent.text, language=sent.language, now=now, window=window
    )
    return StatementOut.of(opened(session, settings, token, sent.language, now=now), sent.language)


@review.get(
    "",
    summary="List the appeals that wait",
    responses={404: {"description": "`site_not_found`"}},
)
def read_appeals(
    *,
    session: Transaction,
    who: CurrentModerator,
    site: SiteQuery = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ToReadOut]:
    """List what one may read oneself, oldest first: not what one rejected."""
    after = Cursor.decode(cursor).after if cursor else None
    found = queries.to_read(
        session, site_ids(who, site), who.moderator.id, after=after, limit=limit + 1
    )
    names = slugs(who)
    more = Cursor(found[limit - 1].appeal.id).encode() if len(found) > limit else None
    items = [ToReadOut.of(each, names[each.appeal.site_id]) for each in found[:limit]]
    return Page[ToReadOut](items=items, next=more)


@review.post(
    "/{appeal_id}/outcome",
    summary="Decide an appeal",
    responses={
        403: {"description": "`own_decision`, `person_needed`, `foreign_request`"},
        404: {"description": "`appeal_not_found`"},
        409: {"description": "`appeal_decided`, `edited_meanwhile`"},
    },
)
def decide_appeal(
    appeal_id: UUID, sent: OutcomeIn, *, session: Transaction, now: Now, who: PersonModerator
) -> DecidedAppealOut:
    """Uphold the rejection, or overturn it: then the comment is published, and the site is told.

    Whoever rejected the comment cannot decide its appeal. There is no undo.
    """
    appeal = queries.get(session, who.site_ids, appeal_id)
    decided = actions.decide(
        session,
        appeal,
        sent.outcome,
        moderator_id=who.moderator.id,
        revision=sent.revision,
        answer=sent.answer,
        now=now,
    )
    return DecidedAppealOut.of(decided)
