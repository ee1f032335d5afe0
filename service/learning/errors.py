"""What can go wrong when one learns from decisions."""

from collections.abc import Mapping, Sequence

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound


class RunNotFound(NotFound):
    code = "run_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such run on your sites: see the list of runs.")


class SnapshotNotFound(NotFound):
    code = "snapshot_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such snapshot on your sites.")


class ReportMissing(NotFound):
    code = "report_missing"

    def __init__(self) -> None:
        super().__init__("This run ended before there was anything to report.")


class NoShadow(NotFound):
    code = "no_shadow"

    def __init__(self) -> None:
        super().__init__("No version scores beside the champion here: have one do so first.")


class SharedByOthers(Forbidden):
    code = "model_shared_by_others"

    def __init__(self) -> None:
        super().__init__(
            "Sites of others go by this model too: ask whoever runs the service, who has"
            " `parley model` and `parley retrain`."
        )


class RunUnderWay(Conflict):
    code = "run_under_way"

    def __init__(self) -> None:
        super().__init__("A run is under way or asked for already: wait until it has ended.")


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
