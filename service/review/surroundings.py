"""All that bears on whether a moderator may decide some comments, read at once for all of them.

The comments are locked first, in the order of their ids, so that two who decide many never wait for
each other in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from service.appeals import actions as appeals
from service.comments.errors import CommentNotFound
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Decision
from service.moderators import queries as moderators
from service.moderators.errors import RoleTooLow
from service.moderators.tables import Moderator, Role
from service.review import elsewhere, queries
from service.review.errors import (
    ClaimedByAnother,
    DecidedMeanwhile,
    EditedMeanwhile,
    LeftToLead,
    NotHeld,
    NotWaiting,
    WithdrawnMeanwhile,
)
from service.review.queue_names import OF_HELD, Queue
from service.review.tables import Choice, ChoiceState, Claim, Escalation
from service.sites.reasons import RejectReason, of_site
from service.sites.tables import Site


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around comments that are locked; of those that are not there, nothing."""

    session: Session
    moderator: Moderator
    comments: Mapping[UUID, Comment]
    newest_choices: Mapping[UUID, Choice]
    newest_decisions: Mapping[UUID, Decision]
    claims: Mapping[UUID, Claim]
    escalated: Collection[UUID]
    reasons: Mapping[UUID, Sequence[RejectReason]]
    leads_on: Collection[UUID]
    _waiting: dict[tuple[Queue, UUID], bool] = field(default_factory=dict)

    def comment(self, comment_id: UUID) -> Comment:
        """Return the comment.

        Raises:
            CommentNotFound: there is none on the moderator's sites.
        """
        if comment_id not in self.comments:
            raise CommentNotFound(comment_id)
        return self.comments[comment_id]

    def check_waits(self, comment: Comment, queue: Queue) -> None:
        """Refuse what does not wait in ``queue`` for this moderator.

        Raises:
            DecidedMeanwhile: somebody has just decided it.
            NotHeld: it stands decided, waits for its score, or is withdrawn.
            NotWaiting: it does not wait in this other queue any more, or not for this moderator.
            OwnDecision: the moderator made the decision that is appealed.
            LeftToLead, RoleTooLow: it waits for a lead of its site.
        """
        if queue in OF_HELD:
            self.check_held(comment)
        else:
            self.check_no_open_choice(comment)
            if queue is Queue.APPEALS:
                appeals.check_reader(self.session, comment.id, self.moderator.id)
            if not self._waits(queue, comment.id):
                raise NotWaiting
        self.check_role(comment, queue)

    def check_held(self, comment: Comment) -> None:
        """Refuse what is not held, or what somebody has just decided.

        Raises:
            NotHeld, DecidedMeanwhile: so it is.
        """
        if comment.status is not Status.HELD:
            raise NotHeld(comment.status)
        self.check_no_open_choice(comment)

    def check_undecided(self, comment: Comment, *, replaces: int | None) -> None:
        """Refuse to decide what is no longer as it was on the moderator's screen.

        Raises:
            DecidedMeanwhile: by somebody else, or by the policy.
            NotHeld: the classifier has yet to score it.
        """
        self.check_no_open_choice(comment)
        if comment.status is Status.PENDING:
            raise NotHeld(comment.status)
        if comment.status is Status.HELD:
            return
        decision = self.newest_decisions[comment.id]
        if replaces is None or replaces != decision.id:
            raise DecidedMeanwhile(comment.status, queries.decider(self.session, decision))

    def check_text(self, comment: Comment, *, revision: int) -> None:
        """Refuse what was judged by another text.

        Raises:
            WithdrawnMeanwhile, EditedMeanwhile: so it was.
        """
        if comment.status is Status.WITHDRAWN:
            raise WithdrawnMeanwhile
        if comment.revision != revision:
            raise EditedMeanwhile

    def check_no_open_choice(self, comment: Comment) -> None:
        """Refuse what somebody has chosen and can still undo.

        Raises:
            DecidedMeanwhile: says who.
        """
        newest = self.newest_choices.get(comment.id)
        if newest is not None and newest.state is ChoiceState.OPEN:
            raise DecidedMeanwhile(
                newest.status, queries.name_of(self.session, newest.moderator_id)
            )

    def check_role(self, comment: Comment, queue: Queue) -> None:
        """Refuse what waits for a lead to whoever is none on its site.

        Raises:
            LeftToLead: a colleague left it to one.
            RoleTooLow: a disagreement is settled by one.
        """
        if comment.site_id in self.leads_on:
            return
        if queue is Queue.DISAGREEMENT:
            raise RoleTooLow(Role.LEAD)
        if comment.status is Status.HELD and comment.id in self.escalated:
            raise LeftToLead

    def own_claim(self, comment: Comment, *, now: datetime) -> Claim | None:
        """Return the moderator's claim on the comment, if there is one.

        Raises:
            ClaimedByAnother: a colleague has it in hand.
        """
        claim = self.claims.get(comment.id)
        if claim is None or claim.moderator_id == self.moderator.id:
            return claim
        if claim.expires_at > now:
            raise ClaimedByAnother(queries.name_of(self.session, claim.moderator_id))
        return None

    def _waits(self, queue: Queue, comment_id: UUID) -> bool:
        key = (queue, comment_id)
        if key not in self._waiting:
            self._waiting[key] = elsewhere.waits(self.session, queue, comment_id, self.moderator)
        return self._waiting[key]


def look(
    session: Session, moderator: Moderator, site_ids: Sequence[UUID], comment_ids: Collection[UUID]
) -> Surroundings:
    """Lock the comments that are on these sites, and return what is known around them."""
    locked = (
        select(Comment)
        .where(Comment.id.in_(comment_ids), Comment.site_id.in_(site_ids))
        .order_by(Comment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    comments = {comment.id: comment for comment in session.scalars(locked)}
    left = select(Escalation.comment_id).where(Escalation.comment_id.in_(comments))
    claims = select(Claim).where(Claim.comment_id.in_(comments))
    sites = {comment.site_id for comment in comments.values()}
    reasons = select(Site.id, Site.reject_reasons).where(Site.id.in_(sites))
    return Surroundings(
        session=session,
        moderator=moderator,
        comments=comments,
        newest_choices=_newest_choices(session, comments),
        newest_decisions=_newest_decisions(session, comments),
        claims={
            claim.comment_id: claim
            for claim in session.scalars(claims.execution_options(populate_existing=True))
        },
        escalated=frozenset(session.scalars(left)),
        reasons={site_id: of_site(own) for site_id, own in session.execute(reasons)},
        leads_on=moderators.sites_with(session, moderator.id, sites, Role.LEAD),
    )


def _newest_choices(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Choice]:
    found = (
        select(Choice)
        .ext(distinct_on(Choice.comment_id))
        .where(Choice.comment_id.in_(comment_ids))
        .order_by(Choice.comment_id, Choice.id.desc())
        .execution_options(populate_existing=True)
    )
    return {choice.comment_id: choice for choice in session.scalars(found)}


def _newest_decisions(session: Session, comment_ids: Collection[UUID]) -> dict[UUID, Decision]:
    if not comment_ids:
        return {}
    found = (
        select(Decision)
        .ext(distinct_on(Decision.comment_id))
        .where(Decision.comment_id.in_(comment_ids))
        .order_by(Decision.comment_id, Decision.id.desc())
    )
    return {decision.comment_id: decision for decision in session.scalars(found)}
