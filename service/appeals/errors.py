"""What can go wrong with statements and appeals."""

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class AppealTextUnfit(Invalid):
    """``line`` names what is wrong among the texts for readers, ``count`` how long it is."""

    code = "appeal_text_unfit"
    lines = ("{field} {wrong}.",)

    def __init__(self, wrong: str, *, line: str, count: int = 0, field: str = "text") -> None:
        super().__init__(
            self.lines[0].format(field=field, wrong=wrong),
            fields=(FieldProblem(f"/{field}", wrong),),
        )
        self.line = line
        self.count = count


class NothingToAppeal(Conflict):
    code = "nothing_to_appeal"
    lines = ("The comment does not stand rejected, so there is nothing to appeal.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class AlreadyAppealed(Conflict):
    code = "already_appealed"
    lines = ("This decision has been appealed, and there is one appeal for each.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class AppealTooLate(Conflict):
    code = "appeal_too_late"
    lines = ("The time in which this decision could be appealed is over.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class AppealNotFound(NotFound):
    code = "appeal_not_found"
    lines = ("There is no such appeal.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class OwnDecision(Forbidden):
    code = "own_decision"
    lines = (
        "You rejected this comment, so somebody else reads the appeal: leave it to a colleague.",
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class AppealDecided(Conflict):
    code = "appeal_decided"
    lines = ("The appeal has been decided, or the comment was decided anew meanwhile.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class AppealedTextChanged(Conflict):
    code = "edited_meanwhile"
    lines = ("The author has changed the text: read the new one before you decide.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])
