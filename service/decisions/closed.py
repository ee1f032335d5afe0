"""What a person decided, told to what waited for it: reports, notices, appeals. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.comments.status import Status


@dataclass(frozen=True, slots=True)
class Closed:
    """One comment's new status, who decided so, and which of its texts was judged.

    ``chosen_at`` is when: what came in later was not read, and goes on waiting. None: just now.
    """

    status: Status
    moderator_id: UUID
    revision: int
    chosen_at: datetime | None = None

    def has_heard(self, said_at: datetime) -> bool:
        """Say whether what was said at that time could be read before the decision."""
        return self.chosen_at is None or said_at <= self.chosen_at
