"""Drawing automatic decisions by lot, and keeping what people say of them without knowing them.

The comment is locked first, here as everywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions.closed import Closed
from service.decisions.tables import Actor, Decision
from service.decisions.waiting import Waiting
from service.examples import actions as examples
from service.examples import rules as teaching
from service.examples.origin import Origin
from service.examples.rules import Taught
from service.quality import lots
from service.quality.rules import Opinion
from service.quality.tables import AuditJudgement, AuditSample, SampleState
from service.scoring.tables import Score
from service.sites import preferences, reasons
from service.sites.tables import Site

_AUTOMATIC = (Status.APPROVED, Status.REJECTED)


def draw(
    session: Session, decided: Sequence[Waiting], *, judged_twice: float, now: datetime
) -> None:
    """Draw among comments that were just decided by policy; drawing again draws the same.

    What was held is not drawn: a person decides it anyway.

    Args:
        session: of the decisions.
        decided: the comments, as they were when they were claimed.
        judged_twice: the share of what is drawn that a second person judges too.
        now: the time.
    """
    if not decided:
        return
    shares = _shares(session, {each.site_id for each in decided})
    drawn = {
        each.comment_id: each
        for each in decided
        if lots.is_drawn(each.comment_id, each.revision, share=shares[each.site_id])
    }
    if not drawn:
        return
    rows: list[dict[str, object]] = [
        {
            "id": new_id(),
            "site_id": drawn[decision.comment_id].site_id,
            "comment_id": decision.comment_id,
            "revision": decision.revision,
            "decision_id": decision.id,
            "status": decision.status,
            "reason": decision.reason,
            "language": None if score is None else score.language,
            "model_version_id": None if score is None else score.model_version_id,
            "inclusion": shares[drawn[decision.comment_id].site_id],
            "judgements_wanted": 1 + _is_twice(decision, judged_twice),
            "drawn_at": now,
            "state": SampleState.WAITING,
        }
        for decision, score in _automatic(session, drawn)
    ]
    if rows:
        _keep(session, rows)


def second_opinion(
    session: Session, opinions: Sequence[Opinion], *, now: datetime
) -> frozenset[UUID]:
    """Keep what people said of drawn comments, and teach it; return those decided otherwise.

    An opinion on a text that was not drawn, or that the same person gave before, is left out.
    """
    found = _drawn(session, [each.comment_id for each in opinions])
    kept: list[tuple[Opinion, AuditSample]] = []
    for opinion in opinions:
        sample = found.get((opinion.comment_id, opinion.revision))
        if sample is not None and _keep_judgement(session, sample, opinion):
            kept.append((opinion, sample))
    sites = {site.id: site for site in _sites(session, {sample.site_id for _, sample in kept})}
    for opinion, sample in kept:
        _count_in(session, sample, opinion)
        taught = _taught(opinion, sample, sites[sample.site_id])
        examples.teach(session, [taught], now=now)
    session.flush()
    return frozenset(
        opinion.comment_id for opinion, sample in kept if opinion.status is not sample.status
    )


def settle(session: Session, outcomes: Mapping[UUID, Closed]) -> None:
    """Take a lead's word on comments that a judge would have decided otherwise for the truth."""
    judged = select(AuditSample).where(
        AuditSample.comment_id.in_(outcomes), AuditSample.verdict.is_not(None)
    )
    for sample in session.scalars(judged.order_by(AuditSample.id).with_for_update()):
        closed = outcomes[sample.comment_id]
        if closed.revision == sample.revision:
            sample.verdict, sample.settled_by = closed.status, closed.moderator_id
            sample.state = SampleState.JUDGED
    session.flush()


def give_up(session: Session, *, waited: timedelta, now: datetime) -> None:
    """End what nobody has judged for so long, or what is withdrawn; one judgement is enough then.

    What is left out was left out whatever it says, so the rest still stands for all.
    """
    is_old = AuditSample.drawn_at < now - waited
    is_gone = AuditSample.comment_id.in_(
        select(Comment.id).where(
            Comment.id == AuditSample.comment_id,
            (Comment.status == Status.WITHDRAWN) | (Comment.revision != AuditSample.revision),
        )
    )
    for is_judged, state in (
        (AuditSample.verdict.is_not(None), SampleState.JUDGED),
        (AuditSample.verdict.is_(None), SampleState.GIVEN_UP),
    ):
        session.execute(
            update(AuditSample)
            .where(AuditSample.state == SampleState.WAITING, is_judged, is_old | is_gone)
            .values(state=state)
            .execution_options(synchronize_session=False)
        )


def _shares(session: Session, site_ids: set[UUID]) -> dict[UUID, float]:
    found = _sites(session, site_ids)
    return {site.id: preferences.of_site(site).audit_share for site in found}


def _sites(session: Session, site_ids: set[UUID]) -> Sequence[Site]:
    return session.scalars(select(Site).where(Site.id.in_(site_ids))).all()


def _automatic(
    session: Session, comment_ids: Collection[UUID]
) -> list[tuple[Decision, Score | None]]:
    """Return the newest decision on each of these that the policy approved or rejected."""
    newest = (
        select(func.max(Decision.id))
        .where(Decision.comment_id.in_(comment_ids))
        .group_by(Decision.comment_id)
    )
    rows = session.execute(
        select(Decision, Score)
        .outerjoin(Score, Score.id == Decision.score_id)
        .where(
            Decision.id.in_(newest),
            Decision.actor == Actor.POLICY,
            Decision.status.in_(_AUTOMATIC),
        )
    )
    return [(decision, score) for decision, score in rows]


def _is_twice(decision: Decision, share: float) -> bool:
    return lots.is_judged_twice(decision.comment_id, decision.revision, share=share)


def _keep(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Store what was drawn; a text decided again before it was judged counts as decided so."""
    put = insert(AuditSample)
    renewed = ("decision_id", "status", "reason", "language", "model_version_id")
    session.execute(
        put.on_conflict_do_update(
            index_elements=["comment_id", "revision"],
            set_={name: put.excluded[name] for name in renewed},
            where=(AuditSample.state == SampleState.WAITING) & AuditSample.verdict.is_(None),
        ),
        rows,
    )


def _drawn(session: Session, comment_ids: Collection[UUID]) -> dict[tuple[UUID, int], AuditSample]:
    found = (
        select(AuditSample)
        .where(AuditSample.comment_id.in_(comment_ids), AuditSample.state != SampleState.GIVEN_UP)
        .order_by(AuditSample.id)
        .with_for_update()
    )
    return {(each.comment_id, each.revision): each for each in session.scalars(found)}


def _keep_judgement(session: Session, sample: AuditSample, opinion: Opinion) -> bool:
    stored = session.scalar(
        insert(AuditJudgement)
        .values(
            sample_id=sample.id,
            moderator_id=opinion.moderator_id,
            verdict=opinion.status,
            reason=opinion.reason,
            judged_at=opinion.judged_at,
        )
        .on_conflict_do_nothing()
        .returning(AuditJudgement.sample_id)
    )
    return stored is not None


def _count_in(session: Session, sample: AuditSample, opinion: Opinion) -> None:
    if sample.verdict is None:
        sample.verdict, sample.first_judge = opinion.status, opinion.moderator_id
    judged = select(func.count()).where(AuditJudgement.sample_id == sample.id)
    if session.scalars(judged).one() >= sample.judgements_wanted:
        sample.state = SampleState.JUDGED


def _taught(opinion: Opinion, sample: AuditSample, site: Site) -> Taught:
    """Return what the opinion teaches; a reason that says nothing of tone teaches nothing."""
    labels = teaching.NONE_OF_THEM
    if opinion.status is Status.REJECTED:
        found = reasons.find(reasons.of_site(site.reject_reasons), opinion.reason or "")
        labels = {} if found is None else found.taught()
    return Taught(
        comment_id=opinion.comment_id,
        site_id=site.id,
        revision=opinion.revision,
        labels=labels,
        origin=Origin.AUDIT,
        sender=teaching.moderator(opinion.moderator_id),
        inclusion=sample.inclusion,
    )
