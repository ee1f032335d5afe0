"""What can go wrong when one learns from decisions."""

from collections.abc import Mapping, Sequence

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

    def __init__(self, gone: Mapping[str, int]) -> None:
        counts = ", ".join(f"{count:,} {why}" for why, count in sorted(gone.items()))
        super().__init__(
            f"The snapshot cannot be learned from again: of its examples, {counts} since. Take a"
            " new one."
        )


class NotLearned(Conflict):
    code = "model_version_not_learned"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Model version {number} was not learned here: it has no snapshot to be made from"
            " again."
        )


class TooFewExamples(Conflict):
    code = "too_few_examples"

    def __init__(self, found: int, harmful: int, *, least: int, least_harmful: int) -> None:
        super().__init__(
            f"There are {found:,} examples to learn from, {harmful:,} of them of harm: {least:,}"
            f" and {least_harmful:,} are needed. They come with moderators' decisions."
        )


class PlanInvalid(Invalid):
    code = "plan_invalid"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        sentences = " ".join(f"{each.pointer[1:]} {each.detail}." for each in problems)
        super().__init__(sentences, fields=tuple(problems))
