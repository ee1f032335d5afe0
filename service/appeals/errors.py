"""What can go wrong with statements and appeals."""

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class AppealTextUnfit(Invalid):
    """``line`` names what is wrong among the texts for readers, ``count`` how long it is."""

    code = "appeal_text_unfit"

    def __init__(self, wrong: str, *, line: str, count: int = 0, field: str = "text") -> None:
        super().__init__(f"{field} {wrong}.", fields=(FieldProblem(f"/{field}", wrong),))
        self.line = line
        self.count = count


class NothingToAppeal(Conflict):
    code = "nothing_to_appeal"

    def __init__(self) -> None:
        super().__init__("The comment does not stand rejected, so there is nothing to appeal.")


class AlreadyAppealed(Conflict):
    code = "already_appealed"

    def __init__(self) -> None:
        super().__init__("This decision has been appealed, and there is one appeal for each.")


class AppealTooLate(Conflict):
    code = "appeal_too_late"

    def __init__(self) -> None:
        super().__init__("The time in which this decision could be appealed is over.")


class AppealNotFound(NotFound):
    code = "appeal_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such appeal.")


class OwnDecision(Forbidden):
    code = "own_decision"

    def __init__(self) -> None:
        super().__init__(
            "You rejected this comment, so somebody else reads the appeal: leave it to a colleague."
        )


class AppealDecided(Conflict):
    code = "appeal_decided"

    def __init__(self) -> None:
        super().__init__("The appeal has been decided, or the comment was decided anew meanwhile.")


class AppealedTextChanged(Conflict):
    code = "edited_meanwhile"

    def __init__(self) -> None:
        super().__init__("The author has changed the text: read the new one before you decide.")
