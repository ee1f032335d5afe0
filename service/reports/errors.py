"""What can go wrong with reports and notices."""

from service.errors import Conflict, FieldProblem, Gone, Invalid, NotFound


class NothingToReport(Gone):
    code = "nothing_to_report"
    lines = ("The comment is not published any more: there is nothing left to report.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class WordsUnfit(Invalid):
    code = "words_unfit"
    lines = ("{field} {wrong}.",)

    def __init__(self, field: str, wrong: str) -> None:
        super().__init__(
            self.lines[0].format(field=field, wrong=wrong),
            fields=(FieldProblem(f"/{field}", wrong),),
        )


class GoodFaithMissing(Invalid):
    code = "good_faith_required"

    def __init__(self) -> None:
        super().__init__(
            "A notice needs your confirmation that what it says is true as far as you know.",
            fields=(FieldProblem("/good_faith", "must be confirmed"),),
        )


class NoticeNotFound(NotFound):
    code = "notice_not_found"
    lines = ("There is no such notice.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NoticeAnswered(Conflict):
    code = "notice_answered"
    lines = ("The notice has been answered already.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])
