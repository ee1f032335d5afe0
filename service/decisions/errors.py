"""What can go wrong when a comment is decided."""

from uuid import UUID

from service.comments.status import Status
from service.errors import Conflict, Gone


class CommentCannotBecome(Conflict):
    code = "comment_cannot_become"

    def __init__(self, comment_id: UUID, current: Status, wanted: Status) -> None:
        super().__init__(f"Comment {comment_id} is {current} and cannot become {wanted}.")


class CommentChanged(Conflict):
    """Somebody else was first: the decision rested on what is no longer so."""

    code = "comment_changed"

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(f"Comment {comment_id} has changed meanwhile: read it again.")


class CommentWithdrawn(Gone):
    code = "comment_withdrawn"

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(f"Comment {comment_id} was withdrawn, and its text is erased.")
