"""What can go wrong when one learns from decisions."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class RunNotFound(NotFound):
    code = "run_not_found"
    lines = ("There is no such run on your sites: see the list of runs.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class SnapshotNotFound(NotFound):
    code = "snapshot_not_found"
    lines = ("There is no such snapshot on your sites.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ReportMissing(NotFound):
    code = "report_missing"
    lines = ("This run ended before there was anything to report.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NoShadow(NotFound):
    code = "no_shadow"
    lines = ("No version scores beside the champion here: have one do so first.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class SharedByOthers(Forbidden):
    code = "model_shared_by_others"
    lines = (
        (
            "Sites of others go by this model too: ask whoever runs the service, who has `parley "
            "model` and `parley retrain`."
        ),
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class RunUnderWay(Conflict):
    code = "run_under_way"
    lines = ("A run is under way or asked for already: wait until it has ended.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class SnapshotChanged(Conflict):
    """What was learned from is not there any more as it was."""

    code = "snapshot_changed"
    lines = (
        (
            "The snapshot cannot be learned from again: of its examples, {words} since. Take a"
            " new one."
        ),
    )

    def __init__(self, gone: Mapping[str, int]) -> None:
        counts = ", ".join(GONE[why].format(count=f"{n:,}") for why, n in sorted(gone.items()))
        super().__init__(self.lines[0].format(words=counts))


# Why examples of a snapshot are not there any more: of ``Removal``, and that the text was edited.
GONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "corrected": "{count} corrected",
        "dropped": "{count} dropped",
        "edited": "{count} edited",
        "erased": "{count} erased",
        "withdrawn": "{count} withdrawn",
    }
)


class NotLearned(Conflict):
    code = "model_version_not_learned"
    lines = (
        ("Model version {number} was not learned here: it has no snapshot to be made from again."),
    )

    def __init__(self, number: int) -> None:
        super().__init__(self.lines[0].format(number=number))


class TooFewExamples(Conflict):
    code = "too_few_examples"
    lines = (
        (
            "There are {found} examples to learn from, {harmful} of them of harm: {least} and"
            " {least_harmful} are needed. They come with moderators' decisions."
        ),
    )

    def __init__(self, found: int, harmful: int, *, least: int, least_harmful: int) -> None:
        super().__init__(
            self.lines[0].format(
                found=f"{found:,}",
                harmful=f"{harmful:,}",
                least=f"{least:,}",
                least_harmful=f"{least_harmful:,}",
            )
        )


class PlanInvalid(Invalid):
    code = "plan_invalid"
    lines = ("{field} {wrong} ({more} more).", "{field} {wrong}.")

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        line = self.lines[0 if len(problems) > 1 else 1]
        sentence = line.format(
            field=first.pointer[1:] or "The plan", wrong=first.detail, more=len(problems) - 1
        )
        super().__init__(sentence, fields=tuple(problems))
