"""What can go wrong with labelled examples."""

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class ExampleMeaningless(Invalid):
    code = "example_meaningless"
    lines = (
        "A label lies between 0 and 1.",
        "An inclusion probability lies above 0, and is at most 1.",
        "An example needs a text that can be stored.",
        "An example needs a label, each between 0 and 1.",
    )


class HighlightUnfit(Invalid):
    code = "highlight_unfit"
    lines = ("A highlight lies within the text and is not blank.",)

    def __init__(self) -> None:
        said = "must end a piece of the text that is not blank"
        super().__init__(self.lines[0], fields=(FieldProblem("/end", said),))


class TooManyHighlights(Conflict):
    code = "too_many_highlights"
    lines = ("Of {most} pieces of this comment something is said, the most there can be.",)

    def __init__(self, most: int) -> None:
        super().__init__(self.lines[0].format(most=most))


class HighlightOfAnother(Forbidden):
    code = "highlight_of_another"
    lines = ("Another moderator said this of the piece: say otherwise, or leave it.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class QuarantineNotFound(NotFound):
    code = "quarantine_not_found"
    lines = ("There is no such quarantine on your sites.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class QuarantineSettled(Conflict):
    code = "quarantine_settled"
    lines = ("A lead has settled this already: its labels were {state}.",)

    def __init__(self, state: str) -> None:
        super().__init__(self.lines[0].format(state=state))
