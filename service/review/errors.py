"""What can go wrong when a moderator reviews. Each sentence also stands on the page."""

from service.comments.status import Status
from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unavailable


class ChoiceNotFound(NotFound):
    code = "decision_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such decision of yours.")


class ClaimedByAnother(Conflict):
    code = "claimed_by_another"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has this comment in hand; take the next one.")


class LeftToLead(Forbidden):
    code = "left_to_lead"

    def __init__(self) -> None:
        super().__init__(
            "This comment was left to a lead; only whoever left it can put it back into the queue."
        )


class TooManyClaims(Conflict):
    code = "too_many_claims"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} comments in hand, the most there can be: decide some.")


class DecidedMeanwhile(Conflict):
    code = "decided_meanwhile"

    def __init__(self, status: Status, by: str) -> None:
        super().__init__(
            f"The comment is {status} already, by {by}. To decide otherwise, look at that decision "
            "and send its id as `replaces`."
        )


class EditedMeanwhile(Conflict):
    code = "edited_meanwhile"

    def __init__(self) -> None:
        super().__init__("The author has changed the text: read the new one before you decide.")


class WithdrawnMeanwhile(Conflict):
    code = "withdrawn_meanwhile"

    def __init__(self) -> None:
        super().__init__("The comment has been withdrawn, so there is nothing left to decide.")


class NotHeld(Conflict):
    code = "not_held"

    def __init__(self, status: Status) -> None:
        super().__init__(f"The comment is {status}; only a held comment can be taken in hand.")


class NotWaiting(Conflict):
    code = "not_waiting"

    def __init__(self) -> None:
        super().__init__(
            "The comment does not wait in this queue any more, or not for you: take the next one."
        )


class TooManyListeners(Unavailable):
    code = "too_many_listeners"

    def __init__(self) -> None:
        super().__init__(
            "As many pages listen as can: ask /v1/review/changes every few seconds instead."
        )


class NoteNotFound(NotFound):
    code = "note_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such note.")


class NotYourNote(Forbidden):
    code = "not_your_note"

    def __init__(self) -> None:
        super().__init__("A note is removed by whoever wrote it.")


class ReasonMissing(Invalid):
    code = "reason_required"

    def __init__(self, codes: list[str]) -> None:
        super().__init__(
            f"A rejection needs one of the site's reasons: {', '.join(codes)}.",
            fields=(FieldProblem("/reason", f"must be one of {', '.join(codes)}"),),
        )


class UndoTooLate(Conflict):
    code = "undo_too_late"

    def __init__(self, decision_id: int | None) -> None:
        again = "decide again" if decision_id is None else f"send `replaces: {decision_id}`"
        super().__init__(
            "It is too late to undo: the decision has left the house. To reverse it, find the "
            f"comment under Recent decisions and decide anew ({again})."
        )
