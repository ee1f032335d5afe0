"""What a person decided, told to what waited for it: reports, notices, appeals. Pure."""

from dataclasses import dataclass
from uuid import UUID

from service.comments.status import Status


@dataclass(frozen=True, slots=True)
class Closed:
    """One comment's new status, who decided so, and which of its texts was judged."""

    status: Status
    moderator_id: UUID
    revision: int
