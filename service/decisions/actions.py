"""The one door to a comment's status: every change of it is a decision, appended and never changed.

Only withdrawing a comment takes out of its decisions what they quote of it.

Locks are taken in one order everywhere: comments by id, then threads by id, then articles, then
authors, these two by their site's own ids.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.comments import news
from service.comments import queries as comments
from service.comments.rules import NO_FINGERPRINT
from service.comments.status import Status
from service.comments.tables import Comment, Revision
from service.decisions import queries, statements, verdict
from service.decisions.errors import CommentChanged, CommentWithdrawn
from service.decisions.quotes import without_quotes
from service.decisions.tables import Actor, Decision
from service.decisions.verdict import Verdict
from service.examples import actions as examples
from service.examples.origin import Removal
from service.jobs import ScoreComments, enqueue
from service.policy import copy_counts
from service.webhooks import actions as webhooks
from service.webhooks.events import StatusChange


def record_many(
    session: Session, verdicts: Sequence[Verdict], *, announce: bool = True, now: datetime
) -> frozenset[UUID]:
    """Record decisions on different comments, and return the ids of those that were decided.

    A verdict that rests on a text or a status that is no longer so is void, and left out. So that
    none is, lock the comments first, in the order of their ids.

    It takes the same few statements whatever the number: it moves the comments, appends the
    decisions, keeps the counts of threads, articles and authors, and owes the deliveries; without
    ``announce`` the site is told nothing, because it knows.
    """
    if not verdicts:
        return frozenset()
    moved = _decide(session, verdicts, now=now)
    decided = verdicts
    if len(moved) < len(verdicts):
        decided = [each for each in verdicts if each.comment_id in moved]
    if announce:
        changes = [
            _change(each, moved[each.comment_id].external_id) for each in decided if _is_news(each)
        ]
        webhooks.announce(session, changes, now=now)
    _tell(session, decided)
    _count_replies(session, decided, {which: each.thread_id for which, each in moved.items()})
    # Last: articles and authors are what batches have in common, and each waits here for the other.
    _count(session, decided, now=now)
    return frozenset(moved)


def verdict_on(comment: Comment, wanted: Status, *, actor: Actor, reason: str) -> Verdict:
    """Return a verdict that rests on ``comment`` as it stands.

    Raises:
        CommentCannotBecome: the comment's status does not allow it.
    """
    return Verdict(
        comment_id=comment.id,
        site_id=comment.site_id,
        article_id=comment.article_id,
        author_id=comment.author_id,
        revision=comment.revision,
        public_revision=comment.public_revision,
        current=comment.status,
        wanted=wanted,
        actor=actor,
        reason=reason,
        urgency=comment.urgency,
        score_wanted=comment.score_wanted and wanted is not Status.WITHDRAWN,
        language=comment.language,
        margin=comment.margin,
    )


def record(
    session: Session,
    comment: Comment,
    wanted: Status,
    *,
    actor: Actor,
    reason: str,
    reasons: Sequence[dict[str, str]] = (),
    note: str | None = None,
    moderator_id: UUID | None = None,
    policy_id: UUID | None = None,
    score_id: int | None = None,
    now: datetime,
) -> Decision:
    """Move ``comment`` to ``wanted``, keep the reason, and bring ``comment`` up to date.

    Raises:
        CommentCannotBecome: the comment's status does not allow it.
        CommentChanged: it rests on a text or a status that is no longer so.
    """
    session.flush()
    wish = replace(
        verdict_on(comment, wanted, actor=actor, reason=reason),
        reasons=reasons,
        note=note,
        moderator_id=moderator_id,
        policy_id=policy_id,
        score_id=score_id,
    )
    if not record_many(session, [wish], now=now):
        raise CommentChanged(comment.id)
    session.refresh(comment)
    newest = select(Decision).where(Decision.comment_id == comment.id)
    return session.scalars(newest.order_by(Decision.id.desc()).limit(1)).one()


def withdraw(
    session: Session, comment: Comment, *, actor: Actor = Actor.SITE, now: datetime
) -> Comment:
    """Erase what the comment says and who it says wrote it, for good; harmless to repeat.

    With it go what could confirm a guess of the text, what decisions quote of it, and what was
    noted beside them. The author's own record stays: it is of other comments too.
    """
    comment = comments.lock(session, comment.id)
    if comment.status is Status.WITHDRAWN:
        return comment
    record(session, comment, Status.WITHDRAWN, actor=actor, reason="withdrawn", now=now)
    _erase(session, comment, now=now)
    return comment


def edit(
    session: Session, comment: Comment, body: str, *, actor: Actor = Actor.SITE, now: datetime
) -> Comment:
    """Put ``body`` in the place of the comment's text, keep the old one, and have it decided again.

    What readers saw stays public until then. An edit never lifts a rejection: a rejected comment
    keeps its status, whatever its text becomes.

    Raises:
        CommentWithdrawn: there is nothing left to edit.
    """
    comment = comments.lock(session, comment.id)
    if comment.status is Status.WITHDRAWN:
        raise CommentWithdrawn(comment.id)
    if body == comment.body:
        return comment
    _replace_text(session, comment, body, now=now)
    if comment.status is not Status.REJECTED:
        record(session, comment, Status.PENDING, actor=actor, reason="edited", now=now)
        enqueue(session, ScoreComments())
    return comment


def _erase(session: Session, comment: Comment, *, now: datetime) -> None:
    # First, because copies of the text are found by the text.
    examples.forget_comments(session, [comment.id], why=Removal.WITHDRAWN, now=now)
    comment.body = comment.author_name = ""
    comment.fingerprint = NO_FINGERPRINT
    comment.reader_network = None
    session.execute(update(Revision).where(Revision.comment_id == comment.id).values(body=""))
    copy_counts.forget(session, comment.id)
    for decision in queries.history(session, comment.id):
        decision.reasons = without_quotes(decision.reasons)
        decision.note = None
    session.flush()


def stop_wanting_scores(session: Session, comment_ids: Sequence[UUID]) -> None:
    """Say that these comments have their score at last, or will never have one."""
    session.execute(
        update(Comment)
        .where(Comment.id.in_(comment_ids))
        .values(score_wanted=False)
        .execution_options(synchronize_session=False)
    )


def _replace_text(session: Session, comment: Comment, body: str, *, now: datetime) -> None:
    session.add(
        Revision(
            comment_id=comment.id,
            number=comment.revision,
            body=comment.body,
            written_at=comment.edited_at or comment.created_at,
        )
    )
    comment.body = body
    comment.revision += 1
    comment.edited_at = now
    # What was known of the old text says nothing of the new one.
    comment.urgency, comment.score_wanted = 0.0, False
    comment.language = comment.margin = comment.reason_codes = None
    session.flush()


class _Moved(NamedTuple):
    """A comment that moved: the site's own id of it, and the thread of a reply."""

    external_id: str | None
    thread_id: UUID | None


def _decide(session: Session, verdicts: Sequence[Verdict], *, now: datetime) -> dict[UUID, _Moved]:
    """Move and append; return each comment that moved, by our id."""
    if len({each.comment_id for each in verdicts}) < len(verdicts):
        raise ValueError("one verdict for each comment")
    found = session.execute(
        statements.DECIDE,
        {
            "now": now,
            "comment_id_each": [each.comment_id for each in verdicts],
            "revision_each": [each.revision for each in verdicts],
            "public_revision_each": [each.public_revision for each in verdicts],
            "current_each": [each.current.value for each in verdicts],
            "status_each": [each.wanted.value for each in verdicts],
            "public_afterwards_each": [each.public_afterwards for each in verdicts],
            "urgency_each": [each.urgency for each in verdicts],
            "score_wanted_each": [each.score_wanted for each in verdicts],
            "actor_each": [each.actor.value for each in verdicts],
            "moderator_id_each": [each.moderator_id for each in verdicts],
            "reason_each": [each.reason for each in verdicts],
            "reasons_joined": statements.SEPARATOR.join(
                json.dumps(list(each.reasons)) for each in verdicts
            ),
            "note_each": [each.note for each in verdicts],
            "policy_id_each": [each.policy_id for each in verdicts],
            "score_id_each": [each.score_id for each in verdicts],
            "language_each": [each.language and each.language.value for each in verdicts],
            "margin_each": [each.margin for each in verdicts],
            "found_codes_each": [each.found_codes for each in verdicts],
        },
    )
    return {row.id: _Moved(row.external_id, row.thread_id) for row in found}


def _count_replies(
    session: Session, decided: Sequence[Verdict], thread_of: Mapping[UUID, UUID | None]
) -> None:
    changes = verdict.reply_changes(decided, thread_of)
    if changes:
        session.execute(
            statements.COUNT_REPLIES,
            {
                "thread_id_each": [thread for thread, _ in changes],
                "article_id_each": [article for _, article in changes],
                "change_each": list(changes.values()),
            },
        )


def _count(session: Session, decided: Sequence[Verdict], *, now: datetime) -> None:
    published = verdict.published_changes(decided)
    if published:
        session.execute(
            statements.COUNT_PUBLISHED,
            {
                "article_id_each": list(published),
                "change_each": list(published.values()),
                "now": now,
            },
        )
    outcomes = verdict.author_changes(decided)
    if outcomes:
        session.execute(
            statements.COUNT_OUTCOMES,
            {
                "author_id_each": list(outcomes),
                "approved_each": [each.approved for each in outcomes.values()],
                "rejected_each": [each.rejected for each in outcomes.values()],
            },
        )


def _tell(session: Session, decided: Sequence[Verdict]) -> None:
    """Have the pages that watch hear what is newly held, and what became of all they may show."""
    told: dict[news.Kind, dict[UUID, list[UUID]]] = {kind: {} for kind in news.Kind}
    for each in decided:
        if each.current is each.wanted:
            continue
        if each.wanted is Status.HELD:
            told[news.Kind.ARRIVED].setdefault(each.site_id, []).append(each.comment_id)
        elif each.current is not Status.PENDING:
            told[news.Kind.CHANGED].setdefault(each.site_id, []).append(each.comment_id)
    for kind, by_site in told.items():
        news.tell(session, kind, by_site)


def _is_news(decided: Verdict) -> bool:
    """Say whether a site is told; that a comment waits, or stands as it stood, is no news."""
    return decided.wanted not in (Status.PENDING, decided.current)


def _change(decided: Verdict, external_id: str | None) -> StatusChange:
    return StatusChange(
        site_id=decided.site_id,
        comment_id=decided.comment_id,
        external_id=external_id,
        article_id=decided.article_id,
        revision=decided.revision,
        status=decided.wanted,
        reason=decided.reason,
    )
