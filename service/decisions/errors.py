"""What can go wrong when a comment is decided."""

from uuid import UUID

from service.comments.status import Status
from service.errors import Conflict, Gone


class CommentCannotBecome(Conflict):
    code = "comment_cannot_become"
    lines = ("Comment {id} is {status} and cannot become {wanted}.",)

    def __init__(self, comment_id: UUID, current: Status, wanted: Status) -> None:
        super().__init__(self.lines[0].format(id=comment_id, status=current, wanted=wanted))


class CommentChanged(Conflict):
    """Somebody else was first: the decision rested on what is no longer so."""

    code = "comment_changed"
    lines = ("Comment {id} has changed meanwhile: read it again.",)

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(self.lines[0].format(id=comment_id))


class CommentWithdrawn(Gone):
    code = "comment_withdrawn"
    lines = ("Comment {id} was withdrawn, and its text is erased.",)

    def __init__(self, comment_id: UUID) -> None:
        super().__init__(self.lines[0].format(id=comment_id))
