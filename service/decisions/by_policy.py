"""Deciding claimed comments by their site's policy, with a score or without."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.comments.status import Status
from service.decisions import actions
from service.decisions.tables import Actor
from service.decisions.verdict import Verdict
from service.decisions.waiting import Waiting
from service.policy import in_force as policies
from service.policy.evidence import Evidence
from service.policy.floods import FloodCounter
from service.policy.gathering import Subject, gather
from service.policy.in_force import InForce
from service.policy.outcomes import Outcome
from service.policy.rules import margin, rule
from service.scoring import actions as scoring
from service.scoring.actions import Scored

Solve = Callable[[Session, UUID, InForce], InForce]

_STATUS: Mapping[Outcome, Status] = {
    Outcome.APPROVE: Status.APPROVED,
    Outcome.HOLD: Status.HELD,
    Outcome.REJECT: Status.REJECTED,
}


def rule_scored(
    session: Session,
    waiting: Sequence[Waiting],
    scored: Sequence[Scored],
    *,
    model_version_id: int,
    left: Collection[UUID] = (),
    floods: FloodCounter | None = None,
    solve: Solve | None = None,
    now: datetime,
) -> list[Verdict]:
    """Keep the scores, and return what the policies make of them, to be recorded.

    Args:
        session: of the claim.
        waiting: claimed comments.
        scored: the classifier's opinion of each, in the same order.
        model_version_id: the classifier's.
        left: those of them that somebody else will decide: they came too, so they count in floods
            and as copies, and nothing else is done about them.
        floods: counts arrivals; without it no flood is found.
        solve: works out the operating points of a policy that has none for this model version yet;
            without it, everything that they are to settle is held.
        now: the time.
    """
    own = [each for each in scored if each.comment_id not in left]
    score_ids = scoring.record(session, own, model_version_id=model_version_id, now=now)
    in_force = _in_force(session, waiting, model_version_id)
    if solve is not None:
        unsolved = {site: ruling for site, ruling in in_force.items() if ruling.unsolved}
        in_force |= {site: solve(session, site, ruling) for site, ruling in unsolved.items()}
    subjects = [_subject(each, opinion) for each, opinion in zip(waiting, scored, strict=True)]
    found = gather(session, subjects, in_force, floods=floods, now=now)
    return [
        _verdict(each, in_force[each.site_id], evidence, score_id=score_ids[each.comment_id])
        for each, evidence in zip(waiting, found, strict=True)
        if each.comment_id not in left
    ]


def decide_unscored(
    session: Session,
    waiting: Sequence[Waiting],
    *,
    floods: FloodCounter | None = None,
    now: datetime,
) -> frozenset[UUID]:
    """Decide without a score, by the site's degradation choice; the score is still wanted."""
    if not waiting:
        return frozenset()
    in_force = _in_force(session, waiting, None)
    subjects = [_subject(each, None) for each in waiting]
    found = gather(session, subjects, in_force, floods=floods, now=now)
    verdicts = [
        _verdict(each, in_force[each.site_id], evidence, score_id=None)
        for each, evidence in zip(waiting, found, strict=True)
    ]
    return actions.record_many(session, verdicts, now=now)


def _in_force(
    session: Session, waiting: Sequence[Waiting], model_version_id: int | None
) -> dict[UUID, InForce]:
    sites = {each.site_id for each in waiting}
    return policies.by_site(session, sites, model_version_id=model_version_id)


def _subject(waiting: Waiting, opinion: Scored | None) -> Subject:
    return Subject(
        comment_id=waiting.comment_id,
        site_id=waiting.site_id,
        article_id=waiting.article_id,
        author_id=waiting.author_id,
        body=waiting.body,
        approved=waiting.approved_count,
        rejected=waiting.rejected_count,
        scores=None if opinion is None else opinion.scores,
        language=None if opinion is None else opinion.language,
        language_probability=0.0 if opinion is None else opinion.language_probability,
    )


def _verdict(
    waiting: Waiting, in_force: InForce, evidence: Evidence, *, score_id: int | None
) -> Verdict:
    ruling = rule(in_force.policy, evidence)
    return Verdict(
        comment_id=waiting.comment_id,
        site_id=waiting.site_id,
        article_id=waiting.article_id,
        author_id=waiting.author_id,
        revision=waiting.revision,
        public_revision=waiting.public_revision,
        current=waiting.status,
        wanted=_STATUS[ruling.outcome],
        actor=Actor.POLICY,
        reason=ruling.reasons[0].code,
        reasons=[{"code": each.code, "sentence": each.sentence} for each in ruling.reasons],
        policy_id=in_force.policy_id,
        score_id=score_id,
        urgency=ruling.urgency,
        score_wanted=score_id is None,
        language=evidence.language,
        margin=margin(in_force.policy, evidence) if ruling.outcome is Outcome.HOLD else None,
    )
