"""What happens, told to the page as it happens: server-sent events."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from service.moderators.auth import WatchingModerator
from service.moderators.http import Responses, SiteQuery, site_ids, slugs
from service.moderators.queries import SignedIn
from service.request import Now, Transaction
from service.review import standing
from service.review.http import alerts_out, counts_out
from service.review.listening import Arrived, Changed, Counted, Listener, Listening, Told
from service.review.schemas import AlertOut, QueueOut, StandingOut

router = APIRouter()

# How soon a page comes back after the line broke.
_RETRY_MS: Final = 2_000
# Whoever was away longer has another list on the screen anyway.
_MADE_UP_FOR: Final = timedelta(minutes=10)
_READ_TIME: Final = TypeAdapter(AwareDatetime)
_RESPONSES: Responses = {
    404: {"description": "`site_not_found`"},
    503: {"description": "`too_many_listeners`: poll `/v1/review/changes` instead"},
}


class CountsEvent(BaseModel):
    """`counts`: what waits now, and what is to be known; at once, and whenever it changes."""

    as_of: datetime
    queues: list[QueueOut]
    alerts: list[AlertOut]


class ArrivedEvent(BaseModel):
    """`arrived`: comments that are held from now on."""

    as_of: datetime
    site: str | None = Field(description="Null for what arrived on any of the sites, while away.")
    comments: list[UUID] = Field(description="At most 200 of them.")
    count: int


class CommentsEvent(BaseModel):
    """`comments`: where these stand now that something happened to them."""

    as_of: datetime
    comments: list[StandingOut]


class MissedEvent(BaseModel):
    """`missed`: for a while nothing was heard; ask `/v1/review/changes` for what is shown."""

    as_of: datetime


async def _joined(request: Request, who: WatchingModerator, site: SiteQuery = None) -> Listener:
    listening: Listening = request.app.state.listening
    sign_in = None if who.sign_in is None else who.sign_in.token_digest
    return listening.join(who.moderator.id, sign_in, site_ids(who, site))


def _made_up(
    *,
    session: Transaction,
    now: Now,
    who: WatchingModerator,
    site: SiteQuery = None,
    last_event_id: Annotated[
        str | None,
        Header(max_length=64, description="`id` of the last event that was heard, if any."),
    ] = None,
) -> list[ServerSentEvent]:
    """Return what came about while the page was away."""
    since = _time(last_event_id)
    if since is None or now - since > _MADE_UP_FOR:
        return []
    sites = site_ids(who, site)
    count = standing.arrived(session, sites, who.moderator, since=since, now=now)
    found = standing.standings(
        session, sites, standing.changed_since(session, sites, since=since), now=now
    )
    comments = [StandingOut.of(each, who.moderator.id) for each in found]
    return [
        _event("arrived", ArrivedEvent(as_of=now, site=None, comments=[], count=count), now),
        _event("comments", CommentsEvent(as_of=now, comments=comments), now),
    ]


@router.get("/events", response_class=EventSourceResponse, responses=_RESPONSES)
async def listen(
    request: Request,
    who: WatchingModerator,
    made_up: Annotated[list[ServerSentEvent], Depends(_made_up)],
    listener: Annotated[Listener, Depends(_joined)],
) -> AsyncIterator[ServerSentEvent]:
    """Tell what happens on the moderator's sites: `counts`, `arrived`, `comments`, `missed`.

    The data of each event is JSON: what waits in every queue, which comments are newly held, and
    where comments stand that somebody decided, took in hand or gave back. The counts come at once.
    A page that comes back with `Last-Event-ID` is told first what came about while it was away. It
    does not keep the session from ending, and ends with it. A line that is silent for fifteen
    seconds carries a comment, so that nobody takes it for broken.
    """
    listening: Listening = request.app.state.listening
    yield ServerSentEvent(retry=_RETRY_MS, comment="Welcome.")
    for event in made_up:
        yield event
    async for told in listening.stream(listener):
        yield _said(told, who)


def _said(told: Told, who: SignedIn) -> ServerSentEvent:
    match told:
        case Counted(overview, at):
            data: BaseModel = CountsEvent(
                as_of=at,
                queues=counts_out(who, overview.waiting),
                alerts=alerts_out(who, overview.alerts),
            )
            return _event("counts", data, at)
        case Arrived(site_id, comment_ids, count, at):
            site = slugs(who)[site_id]
            data = ArrivedEvent(as_of=at, site=site, comments=list(comment_ids), count=count)
            return _event("arrived", data, at)
        case Changed(standings, at):
            found = [StandingOut.of(each, who.moderator.id) for each in standings]
            return _event("comments", CommentsEvent(as_of=at, comments=found), at)
        case _:
            return _event("missed", MissedEvent(as_of=told.at), told.at)


def _event(name: str, data: BaseModel, at: datetime) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=data, id=at.isoformat())


def _time(text: str | None) -> datetime | None:
    """Return the time that an event's id is; None for what is none of ours."""
    if text is None:
        return None
    try:
        return _READ_TIME.validate_python(text)
    except ValidationError:
        return None
