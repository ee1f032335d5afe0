"""``Prefer: wait=N`` (RFC 7240): the caller would rather wait N seconds than ask again."""

import re
from collections.abc import Iterable
from datetime import timedelta

# A number of ten digits is nobody's patience; what cannot be read is ignored, says the RFC.
_WAIT = re.compile(r'(?:^|,)\s*wait\s*=\s*"?(\d{1,9})"?\s*(?=[;,]|$)', re.IGNORECASE)


def wait_asked(headers: Iterable[str], *, most: timedelta) -> timedelta:
    """Return how long the caller would wait; the first wish counts, ``most`` is its limit."""
    found = _WAIT.search(", ".join(headers))
    return min(timedelta(seconds=int(found[1])), most) if found else timedelta(0)
