"""A decision about to be recorded, and what it does to the counts that rest on it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from ml.labels import Language
from service.comments.status import Status, may_become
from service.decisions.errors import CommentCannotBecome
from service.decisions.tables import Actor


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision that is about to be recorded, and the state of the comment that it rests on.

    ``reason`` is a stable code, ``reasons`` all that contributed, each with ``code`` and
    ``sentence``. ``margin`` is how far the nearest score lies from what the policy holds or rejects
    at.

    Raises:
        CommentCannotBecome: ``current`` does not allow ``wanted``.
    """

    comment_id: UUID
    site_id: UUID
    article_id: UUID
    author_id: UUID
    revision: int
    public_revision: int | None
    current: Status
    wanted: Status
    actor: Actor
    reason: str
    reasons: Sequence[dict[str, str]] = ()
    note: str | None = None
    moderator_id: UUID | None = None
    policy_id: UUID | None = None
    score_id: int | None = None
    urgency: float = 0.0
    score_wanted: bool = False
    language: Language | None = None
    margin: float | None = None

    def __post_init__(self) -> None:
        if not may_become(self.current, self.wanted):
            raise CommentCannotBecome(self.comment_id, self.current, self.wanted)

    @property
    def found_codes(self) -> str | None:
        """The codes of what the policy found, joined by commas; None: what was found holds."""
        if self.actor is not Actor.POLICY:
            return None
        return ",".join(dict.fromkeys(each["code"] for each in self.reasons))

    @property
    def public_afterwards(self) -> int | None:
        """Which revision readers see once this is recorded.

        An approved text stays public while its edit waits; a hold of that very text hides it.
        """
        if self.wanted is Status.APPROVED:
            return self.revision
        waits = self.wanted in (Status.PENDING, Status.HELD)
        is_of_an_older_text = self.public_revision != self.revision
        return self.public_revision if waits and is_of_an_older_text else None

    @property
    def published_change(self) -> int:
        """1 when readers begin to see the comment, -1 when they no longer do, else 0."""
        return (self.public_afterwards is not None) - (self.public_revision is not None)


@dataclass(frozen=True, slots=True)
class AuthorChange:
    """What is added to an author's record."""

    approved: int
    rejected: int

    def __add__(self, other: "AuthorChange") -> "AuthorChange":
        return AuthorChange(self.approved + other.approved, self.rejected + other.rejected)


def published_changes(verdicts: Iterable[Verdict]) -> dict[UUID, int]:
    """Return what is added to the published count of each article, without zeros."""
    changes: Counter[UUID] = Counter()
    for verdict in verdicts:
        if verdict.published_change:
            changes[verdict.article_id] += verdict.published_change
    return {article: change for article, change in changes.items() if change}


def reply_changes(
    verdicts: Iterable[Verdict], thread_of: Mapping[UUID, UUID | None]
) -> dict[tuple[UUID, UUID], int]:
    """Return what is added to the replies of each thread, by thread and article, without zeros.

    ``thread_of`` says in which thread a comment stands; None is at the top.
    """
    changes: Counter[tuple[UUID, UUID]] = Counter()
    for verdict in verdicts:
        thread = thread_of[verdict.comment_id]
        if verdict.published_change and thread is not None:
            changes[thread, verdict.article_id] += verdict.published_change
    return {where: change for where, change in changes.items() if change}


def author_changes(verdicts: Iterable[Verdict]) -> dict[UUID, AuthorChange]:
    """Return what is added to the record of each author, without zeros.

    A record counts the comments that stand approved and those that stand rejected. Withdrawing a
    comment leaves it in the record, or a rejected author could wash it clean.
    """
    changes: dict[UUID, AuthorChange] = {}
    for verdict in verdicts:
        change = _CHANGES.get((verdict.current, verdict.wanted))
        if change is not None:
            before = changes.get(verdict.author_id)
            changes[verdict.author_id] = change if before is None else before + change
    return {author: change for author, change in changes.items() if change != NO_CHANGE}


def _author_change(current: Status, wanted: Status) -> AuthorChange:
    if wanted is Status.WITHDRAWN:
        return NO_CHANGE
    return AuthorChange(
        approved=(wanted is Status.APPROVED) - (current is Status.APPROVED),
        rejected=(wanted is Status.REJECTED) - (current is Status.REJECTED),
    )


NO_CHANGE = AuthorChange(0, 0)
_MOVES = {
    (current, wanted): _author_change(current, wanted)
    for current, wanted in product(Status, Status)
}
_CHANGES = {move: change for move, change in _MOVES.items() if change != NO_CHANGE}
