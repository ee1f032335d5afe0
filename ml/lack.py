"""Why a model judges without the second tier that it was trained with."""

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """What is wrong with the encoder."""

    NOT_INSTALLED = "not_installed"  # the package with its weights is not there
    DAMAGED = "damaged"  # a file is missing, cut short, or not what its digest says
    ANOTHER_VERSION = "another_version"  # its vectors would mean nothing to this model


class Lack(NamedTuple):
    """A reason, and a sentence that says what to do."""

    reason: Reason
    detail: str
