"""The forms in which comments come, and how each is told by its file."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from service.imports.disqus import read_disqus
from service.imports.errors import FormatUnknown
from service.imports.plain import read_csv, read_ndjson
from service.imports.rows import Problem, Row
from service.imports.wordpress import read_wordpress

Reader = Callable[[Path], Iterator[Row | Problem]]
_HEAD_BYTES = 4096


class Format(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"
    DISQUS = "disqus"
    WORDPRESS = "wordpress"


READERS: dict[Format, Reader] = {
    Format.NDJSON: read_ndjson,
    Format.CSV: read_csv,
    Format.DISQUS: read_disqus,
    Format.WORDPRESS: read_wordpress,
}


def format_of(path: Path) -> Format:
    """Return what the file is, by its name and its beginning.

    Raises:
        FormatUnknown: it is none that we read.
    """
    suffix = path.suffix.lower()
    if suffix in (".ndjson", ".jsonl"):
        return Format.NDJSON
    if suffix == ".csv":
        return Format.CSV
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if b"disqus.com" in head:
        return Format.DISQUS
    if b"wordpress.org/export" in head:
        return Format.WORDPRESS
    raise FormatUnknown(path.name)
