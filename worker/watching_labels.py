"""Looks for labels that a lead should see before anybody learns from them, and sets them aside."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from ml.comparison import harm
from ml.duel import Contender
from ml.normalise import normalise_many
from service.examples import quarantines
from service.examples.suspicion import Burst, Limits, Said, bursts
from service.learning.gathering import Gathered

_log = structlog.get_logger(__name__)

WITHIN = timedelta(days=30)
_WORD = re.compile(r"[^\W\d_]{3,}")


def suspicious(
    gathered: Sequence[Gathered],
    names: Sequence[Hashable],
    unled: Contender,
    *,
    now: datetime,
) -> list[tuple[UUID, Burst]]:
    """Return what is suspicious among the labels of the last weeks, each with its site.

    Args:
        gathered: examples that may teach.
        names: of their texts, the same for copies and near copies.
        unled: a model that none of these labels has taught; its sure scores are what they are
            held against.
        now: the time.
    """
    said = _said(gathered, names, unled, since=now - WITHIN)
    return [(site_id, burst) for site_id, own in said.items() for burst in bursts(own, Limits())]


def set_aside(
    session: Session, found: Sequence[tuple[UUID, Burst]], *, now: datetime
) -> frozenset[UUID]:
    """Set suspicious labels aside, and return the ids of their examples."""
    for site_id, burst in found:
        quarantines.set_aside(session, site_id, burst, now=now)
        _log.warning(
            "labels_set_aside",
            site=str(site_id),
            cause=burst.cause.value,
            count=len(burst.example_ids),
        )
    return frozenset(each for _, burst in found for each in burst.example_ids)


def _said(
    gathered: Sequence[Gathered],
    names: Sequence[Hashable],
    unled: Contender,
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
    texts = [each.text for each, _ in recent]
    scores = harm(unled.score(texts))
    read = normalise_many(texts).folded.texts()
    found: dict[UUID, list[Said]] = defaultdict(list)
    for (each, name), score, plain in zip(recent, scores.tolist(), read, strict=True):
        disputed = any(
            sender != each.sender and is_harmful != each.is_harmful
            for sender, is_harmful in others[each.site_id, name]
        )
        words = frozenset(_WORD.findall(plain))
        found[each.site_id].append(
            Said(each.id, each.sender, each.is_harmful, score, disputed, words)
        )
    return dict(found)
