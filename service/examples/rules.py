"""What must be true of a labelled example. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from ml.labels import Label, Language
from service.examples.errors import ExampleMeaningless
from service.examples.origin import Origin, Trust

TOKEN_MAX_CHARS = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A text and what is said of it; ``token`` is the client's own name for it, if it has one."""

    text: str
    labels: Mapping[Label, float]
    language: Language
    origin: Origin
    trust: Trust
    token: str | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or "\0" in self.text:
            raise ExampleMeaningless("An example needs a text that can be stored.")
        if not self.labels or not all(0 <= each <= 1 for each in self.labels.values()):
            raise ExampleMeaningless("An example needs a label, each between 0 and 1.")

    @property
    def subject(self) -> str:
        """What the judgement is about: a later one on the same takes its place."""
        if self.token and len(self.token) <= TOKEN_MAX_CHARS and "\0" not in self.token:
            return f"token:{self.token}"
        named = self.text if not self.token else self.token
        kind = "text" if not self.token else "long-token"
        return f"{kind}:{hashlib.sha256(named.encode()).hexdigest()}"
