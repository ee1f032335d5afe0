"""Replays a policy on a site's past, from stored scores. Pure.

Each comment meets its author's record as it was when the comment came, the floods, raids and exact
copies that it was part of, and the sanctions in force, as far as the past reaches. What nothing is
kept of is not replayed, and the answer says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from uuid import UUID

from ml.normalise import normalise_many
from service.comments.status import Status
from service.policy.evidence import ArticleState, AuthorRecord, Evidence
from service.policy.gathering import LANGUAGE_IS_SURE
from service.policy.in_force import InForce
from service.policy.outcomes import Outcome, Ruling
from service.policy.rules import rule
from service.policy.text_evidence import Part, TextEvidence, read_text
from service.policy.throwaway import is_throwaway
from service.policy.words import Matcher
from service.texts import said
from service.trials.moment import Came, Moments, PastSanction
from service.trials.past import PastComment

_CHUNK = 1000
_DONE: Mapping[Status | None, Outcome] = MappingProxyType(
    {
        Status.APPROVED: Outcome.APPROVE,
        Status.HELD: Outcome.HOLD,
        Status.REJECTED: Outcome.REJECT,
    }
)
_NOTHING = TextEvidence()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A comment that the policy would settle against what a moderator decided.

    ``severity``, in [0, 1], is how sure the policy would be.
    """

    comment_id: UUID
    would: Outcome
    judged: Status
    severity: float
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Replay:
    """What a policy would have done, and what was done: how many of each outcome.

    ``days`` is how far the comments reach back. Those in ``was`` may be fewer: a comment of an
    import was never ruled on.
    """

    would: Mapping[Outcome, int]
    was: Mapping[Outcome, int]
    days: float
    disagreements: tuple[Disagreement, ...]
    judged: int
    not_replayed: tuple[str, ...]

    @property
    def count(self) -> int:
        return sum(self.would.values())

    def held_per_day(self, counts: Mapping[Outcome, int]) -> float:
        return counts.get(Outcome.HOLD, 0) / self.days


def replay(
    in_force: InForce,
    past: Sequence[PastComment],
    *,
    now: datetime,
    sanctions: Mapping[UUID, Sequence[PastSanction]] | None = None,
    not_kept: Sequence[str] = (),
) -> Replay:
    """Return what the policy would have done with each comment.

    Args:
        in_force: the policy.
        past: oldest first.
        now: the end of the past.
        sanctions: by author, those in force then.
        not_kept: what else is known not to be known.
    """
    would: Counter[Outcome] = Counter()
    was: Counter[Outcome] = Counter()
    disagreements = []
    for comment, ruling in _ruled(in_force, past, sanctions or {}):
        would[ruling.outcome] += 1
        if comment.done in _DONE:
            was[_DONE[comment.done]] += 1
        if _disagree(ruling.outcome, comment.judged):
            disagreements.append(_disagreement(comment, ruling))
    disagreements.sort(key=lambda each: (-each.severity, each.comment_id))
    return Replay(
        would=would,
        was=was,
        days=_days(past, now),
        disagreements=tuple(disagreements),
        judged=sum(comment.judged is not None for comment in past),
        not_replayed=(*_not_replayed(in_force), *not_kept),
    )


def _days(past: Sequence[PastComment], now: datetime) -> float:
    """Return how many days the comments span; never less than one."""
    if not past:
        return 1.0
    return max((now - past[0].created_at) / timedelta(days=1), 1.0)


def _not_replayed(in_force: InForce) -> tuple[str, ...]:
    policy = in_force.policy
    asked = {
        said("near copies"): policy.copies and policy.copies.near,
        said("floods from one network"): policy.floods and policy.floods.network,
    }
    return tuple(name for name, bounds in asked.items() if bounds is not None)


def _disagree(outcome: Outcome, judged: Status | None) -> bool:
    return (outcome is Outcome.REJECT and judged is Status.APPROVED) or (
        outcome is Outcome.APPROVE and judged is Status.REJECTED
    )


def _disagreement(comment: PastComment, ruling: Ruling) -> Disagreement:
    assert comment.judged is not None  # noqa: S101 - or nobody could disagree
    rejects = ruling.outcome is Outcome.REJECT
    severity = ruling.urgency if rejects else 1 - ruling.urgency
    return Disagreement(comment.id, ruling.outcome, comment.judged, severity, ruling)


def _ruled(
    in_force: InForce,
    past: Sequence[PastComment],
    sanctions: Mapping[UUID, Sequence[PastSanction]],
) -> Iterator[tuple[PastComment, Ruling]]:
    records = _records(past)
    moments = Moments(in_force.policy, sanctions)
    asked = in_force.policy.authors
    suspects_email = asked is not None and asked.throwaway_email is not None
    for comment, read in zip(past, _texts(in_force, past), strict=True):
        record = records[comment.author_id]
        email = comment.author_email
        moment = moments.of(_came(comment, record[0], in_force))
        author = AuthorRecord(
            approved=record[0],
            rejected=record[1],
            recent_rejected=moment.recent_rejected,
            sanction=moment.sanction,
            has_throwaway_email=bool(suspects_email and email and is_throwaway(email)),
            is_allowed=comment.author_external_id in in_force.allowed_authors,
        )
        evidence = Evidence(
            scores=comment.scores,
            author=author,
            language=comment.language,
            language_probability=comment.language_probability,
            text=read,
            copies=moment.copies,
            floods=moment.floods,
            article=ArticleState(
                max(comment.created_at - comment.article_created_at, timedelta(0)),
                is_pre_moderated=moment.is_raided,
            ),
        )
        yield comment, rule(in_force.policy, evidence)
        _count(record, comment.status, 1)
        moments.decided(comment.author_id, comment.status)


def _came(comment: PastComment, approved: int, in_force: InForce) -> Came:
    bounds, alike = in_force.policy.copies, None
    if bounds is not None and len(comment.body) >= bounds.min_chars:
        alike = "".join(filter(str.isalnum, comment.body.casefold()))
    return Came(comment.created_at, comment.author_id, comment.article_id, approved, alike)


def _records(past: Sequence[PastComment]) -> dict[UUID, list[int]]:
    """Return approved and rejected of each author before the first of these comments."""
    records = {each.author_id: [each.approved, each.rejected] for each in past}
    for each in past:
        _count(records[each.author_id], each.status, -1)
    return records


def _count(record: list[int], status: Status, change: int) -> None:
    if status is Status.APPROVED:
        record[0] += change
    elif status is Status.REJECTED:
        record[1] += change


def _texts(in_force: InForce, past: Sequence[PastComment]) -> Iterator[TextEvidence | None]:
    """Yield what is read of each text. Listed words are looked for where there may be any."""
    parts = in_force.parts & ~Part.FINGERPRINT
    if not parts:
        yield from (None for _ in past)
        return
    matcher = in_force.matcher
    comments = iter(past)
    while chunk := list(islice(comments, _CHUNK)):
        may_find = _may_find(matcher, [each.body for each in chunk])
        for each, may in zip(chunk, may_find, strict=True):
            wanted = parts if may else parts & ~Part.WORDS
            if not wanted:
                yield _NOTHING
                continue
            sure = each.language_probability >= LANGUAGE_IS_SURE
            language = each.language if sure else None
            yield read_text(each.body, language=language, matcher=matcher, parts=wanted)


def _may_find(matcher: Matcher | None, bodies: Sequence[str]) -> list[bool]:
    if matcher is None:
        return [False] * len(bodies)
    normalised = normalise_many(bodies).folded.texts()
    return [matcher.may_find(*each) for each in zip(bodies, normalised, strict=True)]
