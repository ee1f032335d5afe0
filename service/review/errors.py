"""What can go wrong when a moderator reviews. Each sentence also stands on the page."""

from service.comments.status import Status
from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unavailable


class ChoiceNotFound(NotFound):
    code = "decision_not_found"
    lines = ("There is no such decision of yours.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ClaimedByAnother(Conflict):
    code = "claimed_by_another"
    lines = ("{name} has this comment in hand; take the next one.",)

    def __init__(self, name: str) -> None:
        super().__init__(self.lines[0].format(name=name))


class LeftToLead(Forbidden):
    code = "left_to_lead"
    lines = (
        "This comment was left to a lead; only whoever left it can put it back into the queue.",
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class TooManyClaims(Conflict):
    code = "too_many_claims"
    lines = ("You have {most} comments in hand, the most there can be: decide some.",)

    def __init__(self, most: int) -> None:
        super().__init__(self.lines[0].format(most=most))


class DecidedMeanwhile(Conflict):
    code = "decided_meanwhile"
    lines = (
        (
            "The comment is {status} already, by {by}. To decide otherwise, look at that decision"
            " and send its id as `replaces`."
        ),
    )

    def __init__(self, status: Status, by: str) -> None:
        super().__init__(self.lines[0].format(status=status, by=by))


class EditedMeanwhile(Conflict):
    code = "edited_meanwhile"
    lines = ("The author has changed the text: read the new one before you decide.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ReadBlind(Conflict):
    code = "read_blind"
    lines = ("You read this comment blind: decide first; what led the classifier is shown then.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class WithdrawnMeanwhile(Conflict):
    code = "withdrawn_meanwhile"
    lines = ("The comment has been withdrawn, so there is nothing left to decide.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NotHeld(Conflict):
    code = "not_held"
    lines = ("The comment is {status}; only a held comment can be taken in hand.",)

    def __init__(self, status: Status) -> None:
        super().__init__(self.lines[0].format(status=status))


class NotWaiting(Conflict):
    code = "not_waiting"
    lines = (
        "The comment does not wait in this queue any more, or not for you: take the next one.",
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class TooManyListeners(Unavailable):
    code = "too_many_listeners"
    lines = ("As many pages listen as can: ask /v1/review/changes every few seconds instead.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NoteNotFound(NotFound):
    code = "note_not_found"
    lines = ("There is no such note.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NotYourNote(Forbidden):
    code = "not_your_note"
    lines = ("A note is removed by whoever wrote it.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ReasonMissing(Invalid):
    code = "reason_required"
    lines = ("A rejection needs one of the site's reasons: {codes}.",)

    def __init__(self, codes: list[str]) -> None:
        super().__init__(
            self.lines[0].format(codes=", ".join(codes)),
            fields=(FieldProblem("/reason", f"must be one of {', '.join(codes)}"),),
        )


class UndoTooLate(Conflict):
    code = "undo_too_late"
    lines = (
        (
            "It is too late to undo: the decision has left the house. To reverse it, find the "
            "comment under Recent decisions and decide anew (decide again)."
        ),
        (
            "It is too late to undo: the decision has left the house. To reverse it, find the "
            "comment under Recent decisions and decide anew (send `replaces: {id}`)."
        ),
    )

    def __init__(self, decision_id: int | None) -> None:
        line = self.lines[0] if decision_id is None else self.lines[1]
        super().__init__(line.format(id=decision_id))
