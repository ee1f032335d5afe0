"""How one model came about: told in a file beside it, of no other model.

What was looked at while a model was chosen belongs into its card, and into no card of a model that
somebody trains elsewhere.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FILE = "history.toml"


@dataclass(frozen=True, slots=True)
class History:
    """What a model's figures alone do not tell.

    Attributes:
        model: digest of the model that this tells of.
        choices: what was seen of the suites while it was made.
        blind: how often the blind set was measured before, and what came of it.
    """

    model: str
    choices: str
    blind: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the file's content.

        Raises:
            ValueError: no TOML, or an entry is missing or not known.
        """
        try:
            return cls(**tomllib.loads(text))
        except TypeError as error:
            raise ValueError(f"{FILE} needs model, choices and blind ({error})") from error


def beside(models: Path, digest: str) -> History | None:
    """Return the history that stands in a model's folder, if it is that model's.

    Raises:
        ValueError: the file cannot be read as one.
    """
    path = models / FILE
    if not path.is_file():
        return None
    found = History.read(path.read_text(encoding="utf-8"))
    return found if found.model == digest else None
