"""What a site is told, as values."""

from dataclasses import dataclass
from uuid import UUID

from service.comments.status import Status


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A comment of the site has a new status. Thin on purpose: texts and names are asked for."""

    site_id: UUID
    comment_id: UUID
    external_id: str | None
    article_id: UUID
    revision: int
    status: Status
    reason: str

    @property
    def event(self) -> str:
        return f"comment.{self.status}"
