"""The queues as JSON: lists, counts, filters, and what changed on the screen."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from ml.labels import Language
from service.decisions import priority
from service.moderators.auth import CurrentModerator, WatchingModerator
from service.moderators.http import SiteQuery, site_ids
from service.paging import Cursor, CursorQuery, LimitQuery
from service.request import Now, Transaction
from service.review import alerts, counts, elsewhere, queries, queue, standing
from service.review.facets import facets
from service.review.http import (
    NOT_FOUND,
    FilterQuery,
    alert_sources,
    alerts_out,
    counts_out,
    seen,
)
from service.review.places import Place
from service.review.queue_names import OF_HELD, Queue, Sort
from service.review.schemas import (
    ChangesOut,
    FacetOut,
    FacetsOut,
    PaceOut,
    QueuePage,
    QueuesOut,
    RejectReasonOut,
    StandingOut,
)
from service.review.shared_counts import SHARED
from service.sites import reasons
from service.sites.alerts import Source
from service.texts import said

router = APIRouter()

QueueQuery = Annotated[Queue, Query(alias="queue", description="Which one.")]
SortQuery = Annotated[
    Sort | None,
    Query(
        alias="sort",
        description="Its order. Without it: `priority`, and `nearest` for `uncertain`. Only what "
        "is held can be put into any order; the others go by `oldest` or `newest`, and `recent` "
        "has its own.",
    ),
]
Sources = Annotated[tuple[Source, ...], Depends(alert_sources)]

_ORDERS = {
    Sort.PRIORITY: priority.SENTENCE,
    Sort.OLDEST: said("What has waited longest comes first."),
    Sort.NEWEST: said("What came last comes first."),
    Sort.HIGHEST: said("The highest probability of harm comes first."),
    Sort.LOWEST: said("The lowest probability of harm comes first."),
    Sort.NEAREST: said("What lies nearest to where the site holds or rejects comes first."),
}
_LANGUAGES = {
    Language.ENGLISH: "English",
    Language.RUSSIAN: "Russian",
    Language.UZBEK: "Uzbek",
    Language.KAZAKH: "Kazakh",
    Language.OTHER: "Other",
}


@router.get("/queues", responses=NOT_FOUND)
def read_counts(
    session: Transaction, now: Now, who: CurrentModerator, sources: Sources, site: SiteQuery = None
) -> QueuesOut:
    """Answer how many comments wait on each site, since when, and what else is to be known.

    Appeals and audits that others have to take, because one has decided them oneself, are left out.
    """
    sites = site_ids(who, site)
    return QueuesOut(
        queues=counts_out(who, counts.waiting(session, sites)),
        alerts=alerts_out(who, alerts.gather(session, sources, sites, now=now)),
    )


@router.get("/queue", responses=NOT_FOUND)
def read_queue(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: SiteQuery = None,
    name: QueueQuery = Queue.HELD,
    sort: SortQuery = None,
    filters: FilterQuery,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> QueuePage:
    """List what waits, without what a colleague has in hand; or what was decided, newest first.

    Every filter narrows the list. `label` and `reason` go by what the policy found in the text.
    In the queue `audit` comments are read blind: without status, scores, reasons and decisions.
    """
    sites = site_ids(who, site)
    if name is Queue.RECENT:
        before = Cursor.decode(cursor).after if cursor else None
        chosen = queue.recent(session, sites, filters=filters, before=before, limit=limit + 1)
        ids = dict.fromkeys(choice.comment_id for choice in chosen[:limit])
        here = queries.comments_of(session, sites, list(ids))
        more = Cursor(chosen[limit - 1].id).encode() if len(chosen) > limit else None
        order = _ORDERS[Sort.NEWEST]
    elif name in OF_HELD:
        by = sort or queue.natural(name)
        after = Place.decode(cursor) if cursor else None
        held = queue.page(
            session,
            sites,
            who.moderator,
            queue=name,
            sort=by,
            filters=filters,
            after=after,
            limit=limit + 1,
            now=now,
        )
        here = held[:limit]
        more = Place.of(here[-1], by).encode() if len(held) > limit else None
        order = _ORDERS[by]
    else:
        newest_first = sort is Sort.NEWEST
        last = Cursor.decode(cursor).after if cursor else None
        waiting = elsewhere.page(
            session,
            sites,
            who.moderator,
            queue=name,
            filters=filters,
            newest_first=newest_first,
            after=last,
            limit=limit + 1,
            now=now,
        )
        here = [each.comment for each in waiting[:limit]]
        more = Cursor(waiting[limit - 1].item_id).encode() if len(waiting) > limit else None
        order = _ORDERS[Sort.NEWEST if newest_first else Sort.OLDEST]
    items = seen(session, here, who, queue=name, now=now)
    return QueuePage(as_of=now, items=items, next=more, order=order)


@router.get("/facets", responses=NOT_FOUND)
def read_facets(
    *,
    session: Transaction,
    now: Now,
    who: CurrentModerator,
    site: SiteQuery = None,
    name: QueueQuery = Queue.HELD,
    filters: FilterQuery,
) -> FacetsOut:
    """Answer by what a queue can be narrowed, and how many it leaves, over its first 2,000."""
    found = facets(session, site_ids(who, site), who.moderator, name=name, filters=filters, now=now)
    return FacetsOut(
        counted=found.counted,
        languages=[
            FacetOut(value=value, title=_LANGUAGES[Language(value)], count=n)
            for value, n in found.languages
        ],
        labels=[FacetOut(value=value, title=_title(value), count=n) for value, n in found.labels],
        reasons=[FacetOut(value=value, title=_title(value), count=n) for value, n in found.reasons],
        articles=[
            FacetOut(value=article.external_id, title=article.title, count=n)
            for article, n in found.articles
        ],
    )


@router.get("/changes", responses=NOT_FOUND)
def read_changes(
    *,
    session: Transaction,
    now: Now,
    who: WatchingModerator,
    sources: Sources,
    since: Annotated[
        AwareDatetime, Query(description="`as_of` of the list that is on the screen.")
    ],
    comments: Annotated[
        list[UUID] | None, Query(max_length=100, description="Those on the screen.")
    ] = None,
    site: SiteQuery = None,
    name: QueueQuery = Queue.HELD,
) -> ChangesOut:
    """Answer what a page asks every few seconds. It does not keep the session from ending.

    The counts may be a second old: pages that watch the same sites share them. A page that listens
    to `/v1/review/events` needs this only where the line breaks. With `queue=audit` the comments
    are told of blind.
    """
    sites = site_ids(who, site)
    found = standing.standings(session, who.site_ids, comments or [], now=now)
    overview = SHARED.of(session, sites, sources=sources, now=now)
    pace = standing.pace(session, who.moderator, now=now)
    is_blind = name is Queue.AUDIT
    return ChangesOut(
        as_of=now,
        queues=counts_out(who, overview.waiting),
        alerts=alerts_out(who, overview.alerts),
        arrived=standing.arrived(session, sites, who.moderator, since=since, now=now),
        comments=[StandingOut.of(each, who.moderator.id, blind=is_blind) for each in found],
        pace=PaceOut.model_validate(pace, from_attributes=True),
    )


@router.get("/sites/{site}/reasons", responses=NOT_FOUND)
def read_reasons(site: str, who: CurrentModerator) -> list[RejectReasonOut]:
    """List the reasons for which the site rejects, in the order of their keys."""
    return [RejectReasonOut.of(each) for each in reasons.of_site(who.site(site).reject_reasons)]


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize()
