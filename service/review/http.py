"""What the review routes share: cards as they are answered, counts, alerts, filters."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.comments.tables import Comment
from service.moderators.http import Responses, slugs
from service.moderators.queries import SignedIn
from service.review import claims
from service.review.cards import cards
from service.review.counts import Waiting
from service.review.filters import Filters
from service.review.queue_names import Queue
from service.review.schemas import AlertOut, CardOut, QueueOut
from service.sites.alerts import Alert, Source

NOT_FOUND: Responses = {404: {"description": "`comment_not_found`, `site_not_found`"}}


def seen(
    session: Session,
    comments: Sequence[Comment],
    who: SignedIn,
    *,
    queue: Queue = Queue.HELD,
    now: datetime,
) -> list[CardOut]:
    """Return the comments as this moderator may see them: blind, where it is for the audit."""
    ids = [comment.id for comment in comments]
    blind = (
        ids if queue is Queue.AUDIT else claims.taken_blind(session, who.moderator, ids, now=now)
    )
    names = slugs(who)
    found = cards(session, comments, blind=frozenset(blind), now=now)
    return [CardOut.of(card, who, names, now=now) for card in found]


def counts_out(who: SignedIn, found: Iterable[Waiting]) -> list[QueueOut]:
    """Return what waits for this moderator."""
    names = slugs(who)
    own = (each.as_seen_by(who.moderator.id) for each in found)
    return [
        QueueOut(
            queue=each.queue,
            site=names[each.site_id],
            count=each.count,
            is_capped=each.is_capped,
            oldest_at=each.oldest_at,
        )
        for each in own
        if each.site_id in names
    ]


def alerts_out(who: SignedIn, found: Iterable[Alert]) -> list[AlertOut]:
    names = slugs(who)
    return [
        AlertOut(site=names[each.site_id], code=each.code, sentence=each.sentence, since=each.since)
        for each in found
        if each.site_id in names
    ]


def alert_sources(request: Request) -> tuple[Source, ...]:
    sources: tuple[Source, ...] = request.app.state.alert_sources
    return sources


def _filters(
    *,
    article: Annotated[
        str | None, Query(max_length=255, description="The site's own id of an article.")
    ] = None,
    author: Annotated[UUID | None, Query(description="`author.id` of a card.")] = None,
    language: Annotated[Language | None, Query(description="As the classifier saw it.")] = None,
    label: Annotated[
        Label | None,
        Query(description="Whose score reached what the site holds or rejects at."),
    ] = None,
    reason: Annotated[
        str | None,
        Query(
            max_length=100,
            description="A code of why the policy held it, as in `why` and in `/facets`.",
            examples=["links"],
        ),
    ] = None,
    since: Annotated[
        AwareDatetime | None, Query(description="Only what arrived at this time or later.")
    ] = None,
    until: Annotated[
        AwareDatetime | None, Query(description="Only what arrived before this time.")
    ] = None,
) -> Filters:
    return Filters(
        article=article,
        author=author,
        language=language,
        label=label,
        reason=reason,
        since=since,
        until=until,
    )


FilterQuery = Annotated[Filters, Depends(_filters)]
