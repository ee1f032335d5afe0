"""The pieces of a text that led the classifier: read them, confirm them, call them harmless."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request, status
from sqlalchemy.orm import Session

from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.waiting import language_of
from service.examples import highlights as examples
from service.examples import rules
from service.examples.highlights import Span
from service.examples.queries import sender_names
from service.moderators.auth import CurrentModerator, PersonModerator
from service.moderators.http import Responses
from service.moderators.queries import SignedIn
from service.request import Now, Transaction
from service.review import claims, queries
from service.review.errors import EditedMeanwhile, ReadBlind, WithdrawnMeanwhile
from service.review.evidence import evidence
from service.review.highlight_schemas import HighlightIn, HighlightOut, PieceIn
from service.review.highlights import Explainer, Highlight, highlights, told
from service.review.http import NOT_FOUND
from service.scoring import live

router = APIRouter(prefix="/comments/{comment_id}/highlights")

_SAYING: Final[Responses] = {
    **NOT_FOUND,
    403: {"description": "`person_needed`, `foreign_request`"},
    409: {"description": "`edited_meanwhile`, `withdrawn_meanwhile`, `read_blind`"},
    422: {"description": "`highlight_unfit`, `fields_invalid`"},
}
_FULL: Final = "`edited_meanwhile`, `withdrawn_meanwhile`, `read_blind`, `too_many_highlights`"
_NOT_YOURS: Final = "`person_needed`, `foreign_request`, `highlight_of_another`"


@router.get("", responses=NOT_FOUND, summary="Read what led the classifier")
def read_highlights(
    comment_id: UUID, request: Request, session: Transaction, now: Now, who: CurrentModerator
) -> list[HighlightOut]:
    """Answer which pieces of the text carried the scores, by the classifier that is live now.

    With what moderators said of them. The classifier names none where it cannot explain itself, or
    has not scored the text. Nothing is answered where the comment is read blind.
    """
    comment = queries.comment_of(session, who.site_ids, comment_id)
    if _is_blind(session, comment, who, now=now):
        return []
    found: Sequence[Highlight] = ()
    classifier = live.of_site(request.app.state, comment.site_id)
    if isinstance(classifier, Explainer):
        scores = evidence(session, comment, now=now).scores
        hint = language_of(comment.language_hint)
        found = highlights(classifier, comment.body, scores, hint=hint)
    said = examples.of_text(session, comment)
    names = sender_names(session, [each.sender for each in said])
    reader = rules.moderator(who.moderator.id)
    return [HighlightOut.of(each) for each in told(found, said, names, reader=reader)]


@router.put(
    "",
    responses={**_SAYING, 409: {"description": _FULL}},
    summary="Confirm a piece, or call it harmless",
)
def say(
    comment_id: UUID, sent: HighlightIn, session: Transaction, now: Now, who: PersonModerator
) -> HighlightOut:
    """Say that a piece is what is wrong, or that it is harmless, as far as the label goes.

    The next run learns from it, with less weight than from a decision; the comment stays as it is.
    A later word on the same piece and label takes the place of the one before, whoever said it;
    sending one twice keeps one. A comment has at most 100. It is for persons: what a program
    repeats of the classifier teaches it nothing.
    """
    comment = _to_speak_of(session, comment_id, sent, who, now=now)
    row = examples.say(
        session,
        comment,
        Span(sent.start, sent.end),
        sent.label,
        is_right=sent.is_right,
        sender=rules.moderator(who.moderator.id),
        now=now,
    )
    (found,) = told((), [row], {row.sender: who.moderator.name}, reader=row.sender)
    return HighlightOut.of(found)


@router.delete(
    "",
    status_code=status.HTTP_204_NO_CONTENT,
    responses={
        **_SAYING,
        403: {"description": _NOT_YOURS},
        422: {"description": "`fields_invalid`"},
    },
    summary="Take back what was said of a piece",
)
def take_back(
    comment_id: UUID,
    gone: Annotated[PieceIn, Query()],
    session: Transaction,
    now: Now,
    who: PersonModerator,
) -> None:
    """Have nothing learned any more of what you said of the piece. Twice is once."""
    comment = _to_speak_of(session, comment_id, gone, who, now=now)
    examples.take_back(
        session,
        comment,
        Span(gone.start, gone.end),
        gone.label,
        now=now,
        only_of=rules.moderator(who.moderator.id),
    )


def _to_speak_of(
    session: Session, comment_id: UUID, sent: PieceIn, who: SignedIn, *, now: Now
) -> Comment:
    """Return the comment, locked, if the moderator has its text before them and its highlights.

    Raises:
        CommentNotFound: it is none of their sites'.
        WithdrawnMeanwhile: its text is erased.
        EditedMeanwhile: it has another text now.
        ReadBlind: they have it in hand from the audit.
    """
    queries.comment_of(session, who.site_ids, comment_id)
    comment = comments.lock(session, comment_id)
    if comment.status is Status.WITHDRAWN:
        raise WithdrawnMeanwhile
    if comment.revision != sent.revision:
        raise EditedMeanwhile
    if _is_blind(session, comment, who, now=now):
        raise ReadBlind
    return comment


def _is_blind(session: Session, comment: Comment, who: SignedIn, *, now: Now) -> bool:
    return bool(claims.taken_blind(session, who.moderator, [comment.id], now=now))
