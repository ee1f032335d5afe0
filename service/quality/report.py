"""How good a site's decisions are: what was judged blind, and what people decided, put together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, aliased

from ml.labels import Language
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions.tables import Actor, Decision
from service.quality import rules
from service.quality.rules import Agreement, Drawn, Estimate, Stream
from service.quality.tables import AuditJudgement, AuditSample, SampleState
from service.registry.tables import ModelVersion
from service.scoring.tables import Score

# Any number will do, as long as it is the same: the same judgements then give the same bounds.
_SEED: Final = 2026


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the sample."""

    drawn: int
    judged: int
    waiting: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many decisions there were; those of the policy are estimated from the sample."""

    approved: float
    rejected: float
    held_approved: int
    held_rejected: int
    approvals_reversed: int
    rejections_reversed: int
    rejections_reversed_on_appeal: int


@dataclass(frozen=True, slots=True)
class Group:
    """Decisions that have a rule, a model version or a language in common.

    ``wrong``: the share of automatic ones that a blind judge would have decided otherwise.
    ``released``: the share of held ones that people published.
    """

    name: str
    wrong: Estimate
    released: Estimate


@dataclass(frozen=True, slots=True)
class QualityReport:
    """A site's quality in some time.

    ``precision``: of what was rejected automatically, the share that people would reject.
    ``missed``: of what was published automatically, the share that people would reject.
    ``recall``: of what people would reject, the share that was not published unseen.
    ``prevalence``: of all that was decided, the share that people would reject.
    """

    since: datetime
    until: datetime
    progress: Progress
    counts: Counts
    precision: Estimate
    missed: Estimate
    recall: Estimate
    prevalence: Estimate
    agreement: Agreement
    by_reason: Sequence[Group]
    by_model_version: Sequence[Group]
    by_language: Sequence[Group]


@dataclass(frozen=True, slots=True)
class _Sampled:
    """A drawn decision; ``verdict`` is None until somebody has judged it."""

    status: Status
    verdict: Status | None
    state: SampleState
    inclusion: float
    reason: str
    model_version: str | None
    language: Language | None

    @property
    def weight(self) -> float:
        return 1 / self.inclusion

    def drawn(self) -> Drawn:
        return Drawn(self.weight, self.verdict is not self.status)


@dataclass(frozen=True, slots=True)
class _Decided:
    """How many decisions of people came after which of the policy's."""

    before: Status
    status: Status
    actor: Actor
    reason: str
    model_version: str | None
    language: Language | None
    count: int


def report(session: Session, site_id: UUID, *, since: datetime, now: datetime) -> QualityReport:
    """Return how good the site's decisions since then were."""
    sampled = _sampled(session, site_id, since=since)
    decided = _decided(session, site_id, since=since)
    counts = _counts(sampled, decided)
    rejected = _would_reject(sampled, Status.REJECTED)
    approved = _would_reject(sampled, Status.APPROVED)
    stream = Stream(
        rejected,
        approved,
        counts.rejected,
        counts.approved,
        counts.held_rejected,
        counts.held_approved,
    )
    return QualityReport(
        since=since,
        until=now,
        progress=_progress(sampled),
        counts=counts,
        precision=rules.share(rejected),
        missed=rules.share(approved),
        recall=rules.recall(stream),
        prevalence=rules.prevalence(stream),
        agreement=rules.agreement(_verdicts(session, site_id, since=since), seed=_SEED),
        by_reason=_groups(sampled, decided, lambda each: each.reason),
        by_model_version=_groups(sampled, decided, lambda each: each.model_version),
        by_language=_groups(sampled, decided, lambda each: each.language),
    )


def _sampled(session: Session, site_id: UUID, *, since: datetime) -> list[_Sampled]:
    rows = session.execute(
        select(
            AuditSample.status,
            AuditSample.verdict,
            AuditSample.state,
            AuditSample.inclusion,
            AuditSample.reason,
            ModelVersion.digest,
            AuditSample.language,
        )
        .outerjoin(ModelVersion, ModelVersion.id == AuditSample.model_version_id)
        .where(AuditSample.site_id == site_id, AuditSample.drawn_at >= since)
    )
    return [_Sampled(*row) for row in rows]


def _decided(session: Session, site_id: UUID, *, since: datetime) -> list[_Decided]:
    """Count what people decided, by the policy's decision that it came after."""
    later = aliased(Decision)
    newest_before = (
        select(Decision)
        .where(Decision.comment_id == later.comment_id, Decision.id < later.id)
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(later)
        .lateral()
    )
    before = aliased(Decision, newest_before)
    what = (
        before.status,
        later.status,
        later.actor,
        before.reason,
        ModelVersion.digest,
        Score.language,
    )
    rows = session.execute(
        select(*what, func.count())
        .select_from(later)
        .join(Comment, Comment.id == later.comment_id)
        .join(before, true())
        .outerjoin(Score, Score.id == before.score_id)
        .outerjoin(ModelVersion, ModelVersion.id == Score.model_version_id)
        .where(
            later.moderator_id.is_not(None),
            later.decided_at >= since,
            Comment.site_id == site_id,
            before.actor == Actor.POLICY,
        )
        .group_by(*what)
    )
    return [_Decided(*row) for row in rows]


def _verdicts(session: Session, site_id: UUID, *, since: datetime) -> list[tuple[int, int]]:
    """Return of each comment that several people judged how many would approve and reject it."""
    approving = func.count().filter(AuditJudgement.verdict == Status.APPROVED)
    rejecting = func.count().filter(AuditJudgement.verdict == Status.REJECTED)
    rows = session.execute(
        select(approving, rejecting)
        .join(AuditSample, AuditSample.id == AuditJudgement.sample_id)
        .where(AuditSample.site_id == site_id, AuditSample.drawn_at >= since)
        .group_by(AuditSample.id)
        .having(func.count() > 1)
        .order_by(AuditSample.id)
    )
    return [(a, r) for a, r in rows]


def _progress(sampled: Sequence[_Sampled]) -> Progress:
    return Progress(
        drawn=len(sampled),
        judged=sum(each.verdict is not None for each in sampled),
        waiting=sum(each.state is SampleState.WAITING for each in sampled),
        given_up=sum(each.state is SampleState.GIVEN_UP for each in sampled),
    )


def _counts(sampled: Sequence[_Sampled], decided: Sequence[_Decided]) -> Counts:
    def automatic(status: Status) -> float:
        return rules.total(each.weight for each in sampled if each.status is status)

    def people(before: Status, status: Status, actor: Actor | None = None) -> int:
        return sum(
            each.count
            for each in decided
            if (each.before, each.status) == (before, status) and actor in (None, each.actor)
        )

    return Counts(
        approved=automatic(Status.APPROVED),
        rejected=automatic(Status.REJECTED),
        held_approved=people(Status.HELD, Status.APPROVED),
        held_rejected=people(Status.HELD, Status.REJECTED),
        approvals_reversed=people(Status.APPROVED, Status.REJECTED),
        rejections_reversed=people(Status.REJECTED, Status.APPROVED),
        rejections_reversed_on_appeal=people(Status.REJECTED, Status.APPROVED, Actor.APPEAL),
    )


def _would_reject(sampled: Sequence[_Sampled], status: Status) -> list[Drawn]:
    return [
        Drawn(each.weight, each.verdict is Status.REJECTED)
        for each in sampled
        if each.status is status and each.verdict is not None
    ]


def _groups(
    sampled: Sequence[_Sampled],
    decided: Sequence[_Decided],
    name_of: Callable[[_Sampled | _Decided], str | None],
) -> list[Group]:
    """Return the groups by name, those with most judgements first."""
    wrong: dict[str, list[Drawn]] = defaultdict(list)
    for each in sampled:
        name = name_of(each)
        if name is not None and each.verdict is not None:
            wrong[name].append(each.drawn())
    released: dict[str, list[Drawn]] = defaultdict(list)
    for group in decided:
        name = name_of(group)
        if name is not None and group.before is Status.HELD:
            released[name] += [Drawn(1.0, group.status is Status.APPROVED)] * group.count
    return _ordered(wrong, released)


def _ordered(
    wrong: Mapping[str, Sequence[Drawn]], released: Mapping[str, Sequence[Drawn]]
) -> list[Group]:
    names: Iterable[str] = {*wrong, *released}
    groups = [
        Group(name, rules.share(wrong.get(name, ())), rules.share(released.get(name, ())))
        for name in names
    ]
    return sorted(groups, key=lambda each: (-each.wrong.count - each.released.count, each.name))
