"""What can go wrong with policies."""

from service.errors import Conflict, FieldProblem, Invalid, NotFound
from service.policy.word_lists import RowProblem


class PolicyVersionNotFound(NotFound):
    code = "policy_version_not_found"
    lines = ("This site has no policy version {number}.",)

    def __init__(self, number: int) -> None:
        super().__init__(self.lines[0].format(number=number))


class WordListInvalid(Invalid):
    """A file of words with wrong rows; nothing of it is taken."""

    code = "word_list_invalid"
    lines = (
        "Row {row}: {wrong} ({more} more).",
        "Row {row}: {wrong}.",
    )

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        first, more = problems[0], len(problems) - 1
        line = self.lines[0] if more else self.lines[1]
        super().__init__(
            line.format(row=first.row, wrong=first.detail, more=more),
            fields=tuple(
                FieldProblem(
                    f"/{each.row}" + (f"/{each.column}" if each.column else ""), each.detail
                )
                for each in problems
            ),
        )


class SavedMeanwhile(Conflict):
    code = "policy_saved_meanwhile"
    lines = (
        (
            "Somebody saved version {version} while you were writing. Your draft is kept below: "
            "look at what was changed in the history, then save again to put yours over it."
        ),
        (
            "{name} saved version {version} while you were writing. Your draft is kept below: "
            "look at what was changed in the history, then save again to put yours over it."
        ),
    )

    def __init__(self, by: str | None, version: int) -> None:
        line = self.lines[0] if by is None else self.lines[1]
        super().__init__(line.format(name=by, version=version))
