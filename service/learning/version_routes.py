"""Model versions as JSON: which decides, which scores beside it, and taking over."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from service.learning import access, shadows
from service.learning.errors import NoShadow
from service.learning.routes import LEADS
from service.learning.schemas import (
    DecidingOut,
    PromoteIn,
    PromotionOut,
    RollBackIn,
    ShadowOut,
    VersionOut,
    VersionsOut,
)
from service.moderators.auth import CurrentModerator, PersonModerator
from service.moderators.http import SIGNED_IN, Responses, slugs
from service.registry import actions, queries
from service.registry.tables import ModelVersion
from service.request import Now, Transaction

UNKNOWN_SITE: Responses = {404: {"description": "`site_not_found`"}}
router = APIRouter(
    prefix="/v1/review/models", tags=["review: models"], responses=SIGNED_IN | UNKNOWN_SITE
)

_VERSION: Responses = LEADS | {404: {"description": "`model_version_not_found`"}}
_CHANGING: Responses = {
    403: {"description": "`role_too_low`, `model_shared_by_others`, `person_needed`"},
    404: {"description": "`model_version_not_found`"},
    409: {"description": "`artifact_damaged`"},
}
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The version's number.")]
Slug = Annotated[str, Query(alias="site", max_length=100, description="Slug.")]


@router.get("/versions", summary="List model versions", responses=LEADS)
def list_versions(
    session: Transaction,
    who: CurrentModerator,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> VersionsOut:
    """Answer the shared versions and those of the sites that one leads, newest first."""
    own = access.led_ids(who)
    found = queries.versions(session, own, after=after, limit=limit + 1)
    return VersionsOut(
        items=[VersionOut.of(each, slugs(who)) for each in found[:limit]],
        next=found[limit - 1].id if len(found) > limit else None,
    )


@router.get("/versions/{number}", summary="Read a model version", responses=_VERSION)
def read_version(number: Number, session: Transaction, who: CurrentModerator) -> VersionOut:
    """Answer where it stands and what it was made of."""
    return VersionOut.of(access.version(session, who, number), slugs(who))


@router.get(
    "/deciding",
    summary="Read what decides on a site",
    responses=LEADS | {404: {"description": "`site_not_found`"}},
)
def read_deciding(site: Slug, session: Transaction, who: CurrentModerator) -> DecidingOut:
    """Answer the version that decides now, its shadow, and the last promotions."""
    [found] = access.led(who, site)
    champion = queries.champion(session, found.id)
    scope = None if champion is None else champion.site_id
    beside = queries.shadow(session, scope)
    return DecidingOut(
        champion=_maybe(champion, who),
        shadow=_maybe(beside, who),
        promotions=[PromotionOut.of(each) for each in queries.promotions(session, scope, limit=50)],
    )


def _maybe(version: ModelVersion | None, who: CurrentModerator) -> VersionOut | None:
    return None if version is None else VersionOut.of(version, slugs(who))


@router.post("/versions/{number}/promote", summary="Have a version decide", responses=_CHANGING)
def promote_version(
    number: Number, sent: PromoteIn, session: Transaction, now: Now, who: PersonModerator
) -> VersionOut:
    """Make it the champion of its site, or the shared one; every process swaps by itself.

    An earlier version too: that is how to go back further than one step.
    """
    version = access.version(session, who, number)
    access.check_may_change(session, who, version.site_id)
    by = who.moderator.name
    return VersionOut.of(
        actions.promote(session, version, by=by, why=sent.why, now=now), slugs(who)
    )


@router.post(
    "/versions/{number}/shadow",
    summary="Have a version score beside the champion",
    responses=_CHANGING | {409: {"description": "`model_version_is_champion`"}},
)
def shadow_version(number: Number, session: Transaction, who: PersonModerator) -> VersionOut:
    """Have it score whatever is decided, and decide nothing, in the place of any other."""
    version = access.version(session, who, number)
    access.check_may_change(session, who, version.site_id)
    return VersionOut.of(actions.shadow(session, version), slugs(who))


@router.delete(
    "/versions/{number}/shadow",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="End a version's scoring beside the champion",
    responses=_CHANGING,
)
def end_shadow(number: Number, session: Transaction, who: PersonModerator) -> None:
    """Have it score nothing any more; it stays a candidate."""
    version = access.version(session, who, number)
    access.check_may_change(session, who, version.site_id)
    actions.end_shadow(session, version.site_id)


@router.get(
    "/shadow",
    summary="Read where a shadow would decide otherwise",
    responses=LEADS | {404: {"description": "`site_not_found`, `no_shadow`"}},
)
def read_shadow(
    site: Slug,
    session: Transaction,
    who: CurrentModerator,
    limit: Annotated[int, Query(ge=1, le=200, description="Most comments listed.")] = 50,
) -> ShadowOut:
    """Answer the newest comments of a site on which champion and shadow differ, by scores alone."""
    [found] = access.led(who, site)
    champion = queries.champion(session, found.id)
    beside = None if champion is None else queries.shadow(session, champion.site_id)
    if champion is None or beside is None:
        raise NoShadow
    compared = shadows.compare(session, champion, beside, [found.id])
    return ShadowOut.of(compared, champion, beside, limit=limit)


@router.post(
    "/rollback",
    summary="Take the last promotion back",
    responses=_CHANGING | {409: {"description": "`nothing_to_roll_back`, `artifact_damaged`"}},
)
def roll_back(
    sent: RollBackIn, session: Transaction, now: Now, who: PersonModerator
) -> VersionOut | None:
    """Have the version decide that did before; null: the site goes by the shared one again."""
    scope = None
    if sent.site is not None:
        scope = access.led(who, sent.site)[0].id
    access.check_may_change(session, who, scope)
    found = actions.roll_back(session, scope, by=who.moderator.name, why=sent.why, now=now)
    return _maybe(found, who)
