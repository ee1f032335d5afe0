"""What the plain page shows and sends."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.errors import Invalid
from service.moderators.queries import SignedIn
from service.review import claims, counts, queries
from service.review.actions import Wish
from service.review.cards import cards
from service.review.notes import clean_note
from service.review.queue_names import Queue
from service.review.tables import Choice
from service.review.trail import trail
from service.sites import reasons


class OutcomeUnknown(Invalid):
    code = "outcome_unknown"
    lines = ("A comment is approved, or rejected for a reason.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NoteUnfit(Invalid):
    code = "note_unfit"
    lines = ("The note {wrong}.",)

    def __init__(self, wrong: str) -> None:
        super().__init__(self.lines[0].format(wrong=wrong))


def wish_of(outcome: str, *, revision: int, note: str) -> Wish:
    """Return what a button of the page says: ``approved``, or ``rejected:`` and a reason's code.

    Raises:
        OutcomeUnknown: it says something else.
        NoteUnfit: the note has a character that cannot be stored.
    """
    status, _, reason = outcome.partition(":")
    if status not in {Status.APPROVED, Status.REJECTED}:
        raise OutcomeUnknown
    try:
        cleaned = clean_note(note)
    except ValueError as error:
        raise NoteUnfit(str(error)) from error
    return Wish(Status(status), revision=revision, reason=reason or None, note=cleaned)


def desk(session: Session, who: SignedIn, *, now: datetime) -> dict[str, Any]:
    """Return what fills the template: counts, the comment in hand if any, what can be undone."""
    in_hand = claims.mine(session, who.moderator, now=now)[:1]
    comments = queries.comments_of(session, who.site_ids, in_hand)
    sites = {site.id: site for site in who.sites.values()}
    shown: dict[str, Any] = {
        "counts": [
            each for each in counts.waiting(session, who.site_ids) if each.queue is Queue.HELD
        ],
        "names": {site.id: site.name for site in sites.values()},
        "undoable": _undoable(session, who, now=now),
        "card": None,
    }
    if comments:
        (comment,) = comments
        shown["card"] = cards(session, comments, now=now)[0]
        shown["reasons"] = reasons.of_site(sites[comment.site_id].reject_reasons)
        shown["trail"] = trail(session, comment.id)
    return shown


def _undoable(session: Session, who: SignedIn, *, now: datetime) -> Choice | None:
    newest = (
        select(Choice)
        .where(Choice.moderator_id == who.moderator.id, queries.IS_OPEN, Choice.settles_at > now)
        .order_by(Choice.chosen_at.desc(), Choice.id.desc())
        .limit(1)
    )
    choice: Choice | None = session.scalar(newest)
    return choice
