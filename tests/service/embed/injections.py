"""What readers might type to be taken for markup, for code or for a template.

Wherever it is shown it must be seen as it stands, and ``parleyInjected`` must never be called.
"""

from html.parser import HTMLParser
from pathlib import Path

INJECTIONS = tuple(
    Path(__file__).with_name("injections.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
)


class Shown(HTMLParser):
    """What a browser makes of a page: its elements with their attributes, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """The elements and the names of their attributes: nothing that was typed is in it."""
        return [(tag, tuple(sorted(attributes))) for tag, attributes in self.elements]
