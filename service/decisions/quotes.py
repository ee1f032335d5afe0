"""What the reasons of a decision repeat of a comment's text, and the reasons without it. Pure."""

import re
from collections.abc import Iterable

# From the first mark to the last: what is quoted may have such marks itself.
_QUOTED = re.compile(r"«.*»", re.DOTALL)
_LINKED_HOSTS = re.compile(r"(?<= to ).*(?=;)", re.DOTALL)
_LEFT_OUT = "…"


def without_quotes(reasons: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return the reasons with an ellipsis for the words and hosts that their sentences repeat."""
    return [{**each, "sentence": _blanked(each["code"], each["sentence"])} for each in reasons]


def _blanked(code: str, sentence: str) -> str:
    blanked = _QUOTED.sub(_LEFT_OUT, sentence)
    return _LINKED_HOSTS.sub(_LEFT_OUT, blanked) if code == "links" else blanked
