"""How an explanation finds out what a piece of a text adds to a score."""

from enum import StrEnum


class ExplanationMethod(StrEnum):
    """How it was found out what a piece of a text adds to the logit of a label.

    - `exact`: the first tier judged, which is a sum: the piece's own part of it. The parts of all
      pieces, and what an empty text would get, are the logit.
    - `occlusion`: the second tier judged, which reads meaning: what the logit loses when the text
      is read without the piece. What pieces mean only together is in none of these numbers.
    """

    EXACT = "exact"
    OCCLUSION = "occlusion"
