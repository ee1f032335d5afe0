"""Answering a notice of illegal content, as JSON: here, for it minds what was left to a lead."""

from uuid import UUID

from fastapi import APIRouter

from service.moderators.auth import PersonModerator
from service.reports import closing
from service.reports import queries as reports
from service.reports.routes import NOT_FOUND, out
from service.reports.schemas import AnswerIn, NoticeOut
from service.request import Now, Transaction
from service.review import surroundings
from service.review.queue_names import Queue

router = APIRouter(prefix="/notices")


@router.post(
    "/{notice_id}/answer",
    summary="Answer a notice",
    tags=["review: notices"],
    responses=NOT_FOUND
    | {
        403: {"description": "`left_to_lead`, `person_needed`, `foreign_request`"},
        409: {"description": "`notice_answered`, `comment_cannot_become`"},
        410: {"description": "`comment_withdrawn`"},
    },
)
def answer_notice(
    notice_id: UUID, sent: AnswerIn, *, session: Transaction, now: Now, who: PersonModerator
) -> NoticeOut:
    """Take the comment down for being illegal, or say why not. There is no undo.

    To act also answers the other notices on the same comment, and resolves the reports of it. No
    program answers: the law asks for a person.
    """
    notice = reports.notice(session, who.site_ids, notice_id)
    around = surroundings.look(session, who.moderator, who.site_ids, [notice.comment_id])
    around.check_role(around.comment(notice.comment_id), Queue.NOTICES)
    answered = closing.answer_notice(
        session,
        notice,
        acted=sent.acted,
        answer=sent.answer,
        moderator_id=who.moderator.id,
        now=now,
    )
    return out(answered, who)
