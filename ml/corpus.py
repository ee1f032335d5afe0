"""One public corpus: where it comes from, on what terms, and whether its files are as they were."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from ml.labels import Language
from ml.readers import Example

Read = Callable[[Path], Iterable[Example]]


class CorporaMissing(Exception):
    """The folder of corpora, or a file in it, is not there."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One public data set as it was found.

    ``ships`` says whether its licence lets a model trained on it be given away; what does not ship
    is read for checks alone. ``sha256`` starts each file's digest (sixteen hex digits are plenty
    to tell a changed file). ``weight`` is what one of its texts counts in training.
    """

    name: str
    folder: str
    language: Language
    source: str
    commit: str
    licence: str
    attribution: str
    read: Read
    sha256: dict[str, str]
    ships: bool = True
    trains: bool = True
    weight: float = 1.0
    note: str = field(default="")

    def __post_init__(self) -> None:
        if self.trains and not self.ships:
            raise ValueError(f"{self.name} may not train a model that ships")

    def examples(self, root: Path) -> Iterator[Example]:
        """Read every usable text of this corpus below ``root``.

        Raises:
            CorporaMissing: a file is not there.
        """
        folder = root / self.folder
        for file in self.sha256:
            if not (folder / file).is_file():
                raise CorporaMissing(f"{self.name}: no file {self.folder}/{file} in {root}")
        yield from self.read(folder)

    def changed_files(self, root: Path) -> list[str]:
        """Name the files whose content is not what the shipped model was trained on."""
        return [
            file
            for file, begins in self.sha256.items()
            if not _sha256(root / self.folder / file).startswith(begins)
        ]


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
