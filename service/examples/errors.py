"""What can go wrong with labelled examples."""

from service.errors import Conflict, Invalid, NotFound


class ExampleMeaningless(Invalid):
    code = "example_meaningless"


class QuarantineNotFound(NotFound):
    code = "quarantine_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such quarantine on your sites.")


class QuarantineSettled(Conflict):
    code = "quarantine_settled"

    def __init__(self, state: str) -> None:
        super().__init__(f"A lead has settled this already: its labels were {state}.")
