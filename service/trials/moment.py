"""What only the moment knew of a comment, worked out again from a site's past. Pure.

Floods, raids, exact copies and an author's last decisions are counted in the order in which the
comments came, as far as the past reaches back. What readers' networks sent is not: networks are
forgotten long before comments are.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from service.authors.sanction_kind import SanctionKind
from service.comments.status import Status
from service.policy.evidence import CopyCounts, Counted
from service.policy.rules import Policy

_Key = TypeVar("_Key")


_ONCE = CopyCounts()


@dataclass(frozen=True, slots=True)
class PastSanction:
    """A measure against an author, and when it was in force; ``to`` is None while it is."""

    kind: SanctionKind
    since: datetime
    to: datetime | None


@dataclass(frozen=True, slots=True)
class Came:
    """A comment that came, by whom and where; ``text`` is what its exact copies have alike."""

    at: datetime
    author_id: UUID
    article_id: UUID
    approved: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What was true when a comment came."""

    floods: Mapping[Counted, int] = field(default_factory=dict)
    is_raided: bool = False
    recent_rejected: int = 0
    copies: CopyCounts = _ONCE
    sanction: SanctionKind | None = None


class Moments:
    """Counts a site's comments in the order in which they came."""

    def __init__(
        self, policy: Policy, sanctions: Mapping[UUID, Sequence[PastSanction]] | None = None
    ) -> None:
        self._policy = policy
        self._sanctions = sanctions or {}
        self._by_author, self._by_article = _Windows[UUID](), _Windows[UUID]()
        self._newcomers: dict[UUID, dict[UUID, datetime]] = defaultdict(dict)
        self._raided_until: dict[UUID, datetime] = {}
        self._copies = _Windows[str]()
        recent = policy.authors.recent_rejections if policy.authors else None
        self._kept = recent.of if recent else 0
        self._last: dict[UUID, deque[bool]] = defaultdict(lambda: deque(maxlen=self._kept))

    def of(self, came: Came) -> Moment:
        """Return what was true when the next comment came."""
        return Moment(
            floods=self._floods(came),
            is_raided=self._is_raided(came),
            recent_rejected=sum(self._last[came.author_id]) if self._kept else 0,
            copies=self._copied(came),
            sanction=_in_force(self._sanctions.get(came.author_id, ()), came.at),
        )

    def decided(self, author_id: UUID, status: Status) -> None:
        """Note what became of the comment that came last."""
        if self._kept and status in (Status.APPROVED, Status.REJECTED):
            self._last[author_id].append(status is Status.REJECTED)

    def _floods(self, came: Came) -> dict[Counted, int]:
        floods = self._policy.floods
        if floods is None:
            return {}
        found: dict[Counted, int] = {}
        if floods.author is not None:
            within = timedelta(minutes=floods.author.minutes)
            found[Counted.AUTHOR] = self._by_author.count(came.author_id, came.at, within)
        if floods.article is not None:
            within = timedelta(minutes=floods.article.minutes)
            found[Counted.ARTICLE] = self._by_article.count(came.article_id, came.at, within)
        return found

    def _is_raided(self, came: Came) -> bool:
        raids = self._policy.raids
        if raids is None:
            return False
        if came.approved == 0:
            first = came.at - timedelta(minutes=raids.minutes)
            seen = self._newcomers[came.article_id]
            seen.pop(came.author_id, None)
            seen[came.author_id] = came.at  # the newest last
            for author_id in [each for each, at in seen.items() if at <= first]:
                del seen[author_id]
            if len(seen) > raids.new_authors:
                self._raided_until[came.article_id] = came.at + timedelta(hours=raids.hours)
        until = self._raided_until.get(came.article_id)
        return until is not None and came.at < until

    def _copied(self, came: Came) -> CopyCounts:
        copies = self._policy.copies
        if copies is None or copies.exact is None or came.text is None:
            return _ONCE
        within = timedelta(hours=copies.within_hours)
        return CopyCounts(exact=self._copies.count(came.text, came.at, within))


class _Windows(defaultdict[_Key, deque[datetime]]):
    """Sliding windows: when something came, by key, oldest first."""

    def __init__(self) -> None:
        super().__init__(deque)

    def count(self, key: _Key, at: datetime, within: timedelta) -> int:
        """Note one more, and return how many came within the window, this one included."""
        times = self[key]
        times.append(at)
        while times[0] <= at - within:
            times.popleft()
        return len(times)


def _in_force(sanctions: Iterable[PastSanction], at: datetime) -> SanctionKind | None:
    for each in sanctions:
        if each.since <= at and (each.to is None or at < each.to):
            return each.kind
    return None
