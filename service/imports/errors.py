"""What can go wrong with imports."""

from service.errors import Conflict, Invalid


class FormatUnknown(Invalid):
    code = "import_format_unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is neither NDJSON, CSV, an export of Disqus nor one of WordPress by its name"
            " and beginning: say which with --format."
        )


class ImportRunning(Conflict):
    code = "import_running"

    def __init__(self) -> None:
        super().__init__("This file is being imported already; wait until that import has ended.")
