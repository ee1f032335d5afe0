"""Perspective's attributes and our labels: only those that our labels honestly cover."""

from collections.abc import Mapping
from typing import Final

from ml.labels import Label

_PRODUCTION: Final = {
    "TOXICITY": Label.TOXICITY,
    "SEVERE_TOXICITY": Label.SEVERE_TOXICITY,
    "IDENTITY_ATTACK": Label.IDENTITY_ATTACK,
    "INSULT": Label.INSULT,
    "PROFANITY": Label.OBSCENITY,
    "THREAT": Label.THREAT,
}
ATTRIBUTES: Final[Mapping[str, Label]] = {
    **_PRODUCTION,
    **{f"{name}_EXPERIMENTAL": label for name, label in _PRODUCTION.items()},
    "TOXICITY_FAST": Label.TOXICITY,
    "OBSCENE": Label.OBSCENITY,
    "SEXUALLY_EXPLICIT": Label.SEXUAL,
    "SPAM": Label.SPAM,
}
