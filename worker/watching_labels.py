"""Looks for labels that a lead should see before anybody learns from them, and sets them aside."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ml.comparison import harm
from ml.duel import Contender
from ml.normalise import normalise
from service.examples import quarantines
from service.examples.suspicion import Burst, Limits, Said, bursts
from service.learning.gathering import Gathered

WITHIN = timedelta(days=30)
_WORD = re.compile(r"[^\W\d_]{3,}")


def set_aside(
    session: Session,
    gathered: Sequence[Gathered],
    names: Sequence[Hashable],
    champion: Contender,
    *,
    now: datetime,
) -> list[tuple[UUID, Burst]]:
    """Set aside what is suspicious among the labels of the last weeks; return it by site.

    Args:
        session: of the transaction.
        gathered: examples that may teach.
        names: of their texts, the same for copies and near copies.
        champion: what decides now; its sure scores are what labels are held against.
        now: the time.
    """
    said = _said(gathered, names, champion, since=now - WITHIN)
    found = []
    for site_id, own in said.items():
        for burst in bursts(own, Limits()):
            quarantines.set_aside(session, site_id, burst, now=now)
            found.append((site_id, burst))
    return found


def _said(
    gathered: Sequence[Gathered],
    names: Sequence[Hashable],
    champion: Contender,
    *,
    since: datetime,
) -> dict[UUID, list[Said]]:
    """Return what was said since then and no lead has released, by site."""
    others: dict[tuple[UUID, Hashable], set[tuple[str, bool]]] = defaultdict(set)
    for each, name in zip(gathered, names, strict=True):
        others[each.site_id, name].add((each.sender, each.is_harmful))
    recent = [
        (each, name)
        for each, name in zip(gathered, names, strict=True)
        if each.said_at >= since and not each.is_released
    ]
    scores = harm(champion.score([each.text for each, _ in recent]))
    found: dict[UUID, list[Said]] = defaultdict(list)
    for (each, name), score in zip(recent, scores.tolist(), strict=True):
        disputed = any(
            sender != each.sender and is_harmful != each.is_harmful
            for sender, is_harmful in others[each.site_id, name]
        )
        words = frozenset(_WORD.findall(normalise(each.text)))
        found[each.site_id].append(
            Said(each.id, each.sender, each.is_harmful, score, disputed, words)
        )
    return dict(found)
