"""Taking a snapshot of the examples, and getting its texts back as long as they are there."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from service.examples.caps import Cap, Caps, capped
from service.examples.origin import Origin, Trust
from service.examples.tables import LabelledExample, RemovedExample
from service.learning import gathering
from service.learning.errors import SnapshotChanged, SnapshotNotFound
from service.learning.gathering import Gathered
from service.learning.splitting import Placeable, Sides, families_of, place
from service.learning.states import PARTS, Part
from service.learning.tables import Snapshot

NameTexts = Callable[[Sequence[str]], Sequence[Hashable]]

# A comment that was drawn with a chance of one in a thousand must not outweigh all others.
INVERSE_MAX = 20.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example of a snapshot: its part, its weight, and its family (see ``splitting``)."""

    example: Gathered
    part: Part
    weight: float
    family: str


def take(
    session: Session,
    site_id: UUID | None,
    site_ids: Collection[UUID],
    gathered: Sequence[Gathered],
    texts: Sequence[Hashable],
    *,
    caps: Caps,
    sides: Sides,
    seed: int,
    now: datetime,
) -> tuple[Snapshot, list[Lesson]]:
    """Keep which examples teach what, and return them with their texts.

    Args:
        session: of the transaction.
        site_id: whose model it is for; None: for the shared one.
        site_ids: the sites that the examples are of.
        gathered: the examples.
        texts: a name for each example's text, the same for copies and near copies.
        caps: how much one author, text or sender may count.
        sides: how many judge.
        seed: decides what calibrates.
        now: the time.
    """
    placeable = _placeable(gathered, texts)
    parts = place(placeable, sides, seed=seed)
    families = families_of(placeable)
    weights = weights_of(gathered, texts, parts, caps)
    lessons = [
        Lesson(each, part, weight, family)
        for each, part, weight, family in zip(gathered, parts, weights, families, strict=True)
    ]
    snapshot = Snapshot(
        site_id=site_id,
        digest=digest_of(lessons),
        seed=seed,
        taken_at=now,
        newest_at=max((each.said_at for each in gathered), default=None),
        example_ids=[each.id for each in gathered],
        parts=[PARTS.index(part) for part in parts],
        weights=weights,
        facts=_facts(lessons)
        | _left_out(session, site_id, site_ids, [each.id for each in gathered]),
    )
    session.add(snapshot)
    session.flush()
    return snapshot, lessons


def _placeable(gathered: Sequence[Gathered], texts: Sequence[Hashable]) -> list[Placeable]:
    return [
        Placeable(each.id, each.said_at, each.thread or each.id, name, each.is_piece)
        for each, name in zip(gathered, texts, strict=True)
    ]


def weights_of(
    gathered: Sequence[Gathered],
    texts: Sequence[Hashable],
    parts: Sequence[Part],
    caps: Caps,
) -> list[float]:
    """Return how much each example counts: what was drawn stands for what was not, within caps.

    Those that judge stand for themselves, so that nobody's cap decides what is better.
    """
    found = [each.weight * min(1 / each.inclusion, INVERSE_MAX) for each in gathered]
    learned = [row for row, part in enumerate(parts) if part is not Part.TEST]
    authors: list[Hashable | None] = [each.author_id for each in gathered]
    senders: list[Hashable | None] = [each.sender for each in gathered]
    of_sender = [_cap_of_sender(each, caps) for each in gathered]
    capping: tuple[tuple[Sequence[Hashable | None], Sequence[Cap]], ...] = (
        (authors, [caps.author] * len(found)),
        (texts, [caps.text] * len(found)),
        (senders, of_sender),
    )
    for holders, limits in capping:
        some = capped(
            [found[row] for row in learned],
            [holders[row] for row in learned],
            [limits[row] for row in learned],
        )
        for row, weight in zip(learned, some, strict=True):
            found[row] = weight
    # As many digits as the column keeps, so that the digest is the same when it is read again.
    return [float(f"{weight:.5g}") for weight in found]


def _cap_of_sender(example: Gathered, caps: Caps) -> Cap:
    return caps.moderator if example.trust is Trust.MODERATOR else caps.other_sender


def get(session: Session, snapshot_id: UUID) -> Snapshot:
    """Return a snapshot.

    Raises:
        SnapshotNotFound: there is none of this id.
    """
    found = session.get(Snapshot, snapshot_id)
    if found is None:
        raise SnapshotNotFound
    return found


def read(session: Session, snapshot: Snapshot, name_texts: NameTexts) -> list[Lesson]:
    """Return the examples as they were when the snapshot was taken.

    ``name_texts`` gives copies and near copies one name.

    Raises:
        SnapshotChanged: some have been withdrawn, erased or corrected since.
    """
    found = gathering.by_ids(session, snapshot.example_ids)
    if len(found) < len(snapshot.example_ids):
        raise SnapshotChanged(_why_gone(session, set(snapshot.example_ids) - set(found)))
    gathered = [found[each] for each in snapshot.example_ids]
    names = name_texts([each.text for each in gathered])
    families = families_of(_placeable(gathered, names))
    lessons = [
        Lesson(example, PARTS[part], float(f"{weight:.5g}"), family)
        for example, part, weight, family in zip(
            gathered, snapshot.parts, snapshot.weights, families, strict=True
        )
    ]
    if digest_of(lessons) != snapshot.digest:
        raise SnapshotChanged({"edited": 1})
    return lessons


def digest_of(lessons: Sequence[Lesson]) -> str:
    """Return a digest over all that is learned from: ids, texts, labels, parts and weights."""
    hashed = hashlib.sha256()
    for each in sorted(lessons, key=lambda lesson: lesson.example.id):
        example = each.example
        line = {
            "id": str(example.id),
            "text": example.text,
            "labels": {label.value: value for label, value in example.labels.items()},
            "language": example.language.value,
            "part": each.part.value,
            "weight": f"{each.weight:.5g}",
        }
        hashed.update(json.dumps(line, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return f"sha256:{hashed.hexdigest()}"


def _facts(lessons: Sequence[Lesson]) -> dict[str, Any]:
    examples = [each.example for each in lessons]
    return {
        "examples": len(lessons),
        "harmful": sum(each.is_harmful for each in examples),
        "by_part": _counted(each.part for each in lessons),
        "by_origin": _counted(each.origin for each in examples),
        "weight_by_origin": _weights_by_origin(lessons),
        "by_language": _counted(each.language for each in examples),
        "by_label": _counted(
            label
            for each in examples
            for label, value in each.labels.items()
            if value > 0.5  # noqa: PLR2004
        ),
        "senders": len({each.sender for each in examples}),
        "sites": len({each.site_id for each in examples}),
    }


def _counted(names: Any) -> dict[str, int]:  # noqa: ANN401 - enums of several kinds
    return dict(sorted(Counter(each.value for each in names).items()))


def _weights_by_origin(lessons: Sequence[Lesson]) -> dict[str, float]:
    found: dict[Origin, float] = {}
    for each in lessons:
        if each.part is Part.TRAIN:
            origin = each.example.origin
            found[origin] = found.get(origin, 0.0) + each.weight
    return {origin.value: round(weight, 2) for origin, weight in sorted(found.items())}


def _left_out(
    session: Session, site_id: UUID | None, site_ids: Collection[UUID], kept: Collection[UUID]
) -> dict[str, Any]:
    """Return what waits for a lead, and which examples of the snapshot before are gone, and why."""
    before = session.scalars(
        select(Snapshot)
        .where(Snapshot.site_id.is_not_distinct_from(site_id))
        .order_by(Snapshot.id.desc())
        .limit(1)
    ).one_or_none()
    missing = set() if before is None else set(before.example_ids) - set(kept)
    gone = _removed(session, missing)
    waiting = session.scalar(
        select(func.count()).where(
            LabelledExample.site_id.in_(site_ids), LabelledExample.quarantine_id.is_not(None)
        )
    )
    return {
        "in_quarantine": waiting,
        "removed": _counted(each.why for each in gone),
        "removed_examples": [{"id": str(each.example_id), "why": each.why.value} for each in gone],
        "before": None if before is None else str(before.id),
    }


def _removed(session: Session, example_ids: Collection[UUID]) -> Sequence[RemovedExample]:
    """Return what is remembered of those that are gone, in the order in which they went."""
    wanted = select(RemovedExample).where(
        RemovedExample.example_id == any_(literal(list(example_ids), ARRAY(Uuid)))
    )
    ordered = wanted.order_by(RemovedExample.removed_at, RemovedExample.example_id)
    return session.scalars(ordered).all() if example_ids else ()


def _why_gone(session: Session, example_ids: Collection[UUID]) -> Mapping[str, int]:
    found = _removed(session, example_ids)
    counted = Counter(each.why.value for each in found)
    if len(example_ids) > len(found):
        counted["erased"] += len(example_ids) - len(found)
    return counted
