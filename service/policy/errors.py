"""What can go wrong with policies."""

from service.errors import Conflict, FieldProblem, Invalid, NotFound
from service.policy.word_lists import RowProblem


class PolicyVersionNotFound(NotFound):
    code = "policy_version_not_found"

    def __init__(self, number: int) -> None:
        super().__init__(f"This site has no policy version {number}.")


class WordListInvalid(Invalid):
    """A file of words with wrong rows; nothing of it is taken."""

    code = "word_list_invalid"

    def __init__(self, problems: tuple[RowProblem, ...]) -> None:
        first, more = problems[0], len(problems) - 1
        also = f" ({more} more)" if more else ""
        super().__init__(
            f"Row {first.row}: {first.detail}{also}.",
            fields=tuple(
                FieldProblem(
                    f"/{each.row}" + (f"/{each.column}" if each.column else ""), each.detail
                )
                for each in problems
            ),
        )


class SavedMeanwhile(Conflict):
    code = "policy_saved_meanwhile"

    def __init__(self, by: str | None, version: int) -> None:
        super().__init__(
            f"{by or 'Somebody'} saved version {version} while you were writing. Your draft is kept"
            " below: look at what was changed in the history, then save again to put yours over it."
        )
