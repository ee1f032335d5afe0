"""Looks for labels that a lead should see before anybody learns from them, and sets them aside."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from ml.comparison import harm
from ml.dataset import LABELS, Floats
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
    matters = [_matter(each, name) for each, name in zip(gathered, names, strict=True)]
    others: dict[tuple[UUID, Hashable], set[tuple[str, bool]]] = defaultdict(set)
    for each, matter in zip(gathered, matters, strict=True):
        others[each.site_id, matter].add((each.sender, _says_so(each)))
    recent = [
        (each, matter)
        for each, matter in zip(gathered, matters, strict=True)
        if each.said_at >= since and not each.is_released
    ]
    texts = [each.text for each, _ in recent]
    scores = _scores([each for each, _ in recent], unled.score(texts))
    read = normalise_many(texts).folded.texts()
    found: dict[UUID, list[Said]] = defaultdict(list)
    for (each, matter), score, plain in zip(recent, scores.tolist(), read, strict=True):
        disputed = any(
            sender != each.sender and is_harmful != _says_so(each)
            for sender, is_harmful in others[each.site_id, matter]
        )
        words = frozenset(_WORD.findall(plain))
        found[each.site_id].append(
            Said(each.id, each.sender, _says_so(each), score, disputed, words)
        )
    return dict(found)


def _says_so(example: Gathered) -> bool:
    """Return whether it says harm; of a piece of a comment, what its one label says."""
    return any(example.labels.values()) if example.is_piece else example.is_harmful


def _matter(example: Gathered, name: Hashable) -> Hashable:
    """Return what somebody else may dispute: of a piece of a comment, one label of the text."""
    return (name, *example.labels) if example.is_piece else name


def _scores(examples: Sequence[Gathered], scores: Floats) -> Floats:
    """Return what the model gives each text at the worst; a piece, in the label in question."""
    found = harm(scores)
    for row, each in enumerate(examples):
        if each.is_piece:
            found[row] = max(scores[row, LABELS.index(label)] for label in each.labels)
    return found
