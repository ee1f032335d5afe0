"""A decision about to be recorded, and what it does to the counts that rest on it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from service.comments.status import Status, may_become
from service.decisions.errors import CommentCannotBecome
from service.decisions.tables import Actor


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision that is about to be recorded, and the state of the comment that it rests on.

    ``reason`` is a stable code, ``reasons`` all that contributed, each with ``code`` and
    ``sentence``.

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

    def __post_init__(self) -> None:
        if not may_become(self.current, self.wanted):
            raise CommentCannotBecome(self.comment_id, self.current, self.wanted)

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


@dataclass(frozen=True, slots=True)
class AuthorChange:
    """What is added to an author's record."""

    approved: int
    rejected: int


def published_changes(verdicts: Iterable[Verdict]) -> dict[UUID, int]:
    """Return what is added to the published count of each article, without zeros."""
    changes: Counter[UUID] = Counter()
    for verdict in verdicts:
        was = verdict.public_revision is not None
        will_be = verdict.public_afterwards is not None
        if was != will_be:
            changes[verdict.article_id] += will_be - was
    return {article: change for article, change in changes.items() if change}


def author_changes(verdicts: Iterable[Verdict]) -> dict[UUID, AuthorChange]:
    """Return what is added to the record of each author, without zeros.

    A record counts the comments that stand approved and those that stand rejected. Withdrawing a
    comment leaves it in the record, or a rejected author could wash it clean.
    """
    approved: Counter[UUID] = Counter()
    rejected: Counter[UUID] = Counter()
    for verdict in verdicts:
        if verdict.wanted is Status.WITHDRAWN or verdict.wanted is verdict.current:
            continue
        for status, count in ((Status.APPROVED, approved), (Status.REJECTED, rejected)):
            change = (verdict.wanted is status) - (verdict.current is status)
            if change:
                count[verdict.author_id] += change
    return {
        author: AuthorChange(approved[author], rejected[author])
        for author in approved.keys() | rejected.keys()
        if approved[author] or rejected[author]
    }
