"""Deciding claimed comments by their site's policy, with a score or without."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from service.comments.status import Status
from service.decisions import actions
from service.decisions.tables import Actor
from service.decisions.verdict import Verdict
from service.decisions.waiting import Waiting
from service.policy import queries as policies
from service.policy.evidence import AuthorRecord, Evidence
from service.policy.outcomes import Outcome, Ruling
from service.policy.rules import Policy, rule
from service.scoring import actions as scoring
from service.scoring.actions import Scored

_STATUS: Mapping[Outcome, Status] = {
    Outcome.APPROVE: Status.APPROVED,
    Outcome.HOLD: Status.HELD,
    Outcome.REJECT: Status.REJECTED,
}


def decide_scored(
    session: Session,
    waiting: Sequence[Waiting],
    scored: Sequence[Scored],
    *,
    model_version_id: int,
    now: datetime,
) -> frozenset[UUID]:
    """Keep the scores and decide by them; return the ids of the comments that were decided.

    ``scored`` holds the classifier's opinion of each claimed comment, in the same order.
    """
    score_ids = scoring.record(session, scored, model_version_id=model_version_id, now=now)
    ruled_by = _ruled_by(session, waiting)
    verdicts = []
    for each, opinion in zip(waiting, scored, strict=True):
        policy_id, policy = ruled_by[each.site_id]
        ruling = rule(policy, Evidence(opinion.scores, _record_of(each)))
        score_id = score_ids[each.comment_id]
        verdicts.append(_verdict(each, ruling, policy_id, score_id=score_id))
    return actions.record_many(session, verdicts, now=now)


def decide_unscored(
    session: Session, waiting: Sequence[Waiting], *, now: datetime
) -> frozenset[UUID]:
    """Decide without a score, by the site's degradation choice; the score is still wanted."""
    ruled_by = _ruled_by(session, waiting)
    verdicts = []
    for each in waiting:
        policy_id, policy = ruled_by[each.site_id]
        ruling = rule(policy, Evidence(None, _record_of(each)))
        verdicts.append(_verdict(each, ruling, policy_id, score_id=None))
    return actions.record_many(session, verdicts, now=now)


def _ruled_by(
    session: Session, waiting: Sequence[Waiting]
) -> dict[UUID, tuple[UUID | None, Policy]]:
    current = policies.current_by_site(session, {each.site_id for each in waiting})
    return {site: (version.id, version.document.policy()) for site, version in current.items()}


def _record_of(waiting: Waiting) -> AuthorRecord:
    return AuthorRecord(approved=waiting.approved_count, rejected=waiting.rejected_count)


def _verdict(
    waiting: Waiting, ruling: Ruling, policy_id: UUID | None, *, score_id: int | None
) -> Verdict:
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
        policy_id=policy_id,
        score_id=score_id,
        urgency=ruling.urgency,
        score_wanted=score_id is None,
    )
