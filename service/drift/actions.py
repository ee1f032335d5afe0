"""Measures each site's drift, keeps it, and says where it is alarming."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ml.drift import in_cells, stability_index, told_apart
from ml.labels import Label, Language
from service.drift import rules
from service.drift.rules import Measures
from service.drift.tables import DriftReading

_log = structlog.get_logger(__name__)

# What a model version meets first is what it is measured by.
FIRST: Final = 2_000
NEWEST: Final = 2_000
NEWEST_WITHIN: Final = timedelta(days=7)
# Of a version too young for that, so many of the newest are held against what came before them.
YOUNG: Final = 300
# So many texts of each side are read for words that are new.
TEXTS: Final = 300
# And so many are looked at again where the version is too young to have scored what came before.
READ_AGAIN: Final = 1_000
_HALF: Final = 0.5
_LABELS = (Label.TOXICITY, Label.SPAM)

# Share of the n-grams of some texts that the live version never met.
Unseen = Callable[[Sequence[str]], float]
# What the live version thinks of texts, quickly.
Look = Callable[[Sequence[str]], Sequence[Mapping[Label, float]]]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the live version reads texts, which a young one is asked to do again."""

    unseen: Unseen
    look: Look


@dataclass(frozen=True, slots=True)
class _Side:
    """Comments of one time, as the version scored them."""

    rows: Sequence[Row[Any]]

    def index(self, other: "_Side") -> float:
        """Return the largest stability index of the labels that were scored on both sides."""
        found = [0.0]
        for label in _LABELS:
            before, now = (_scores(each.rows, label) for each in (self, other))
            if before and now:
                found.append(stability_index(in_cells(before), in_cells(now)))
        return max(found)

    def languages(self) -> list[int]:
        return [sum(row.language == each for row in self.rows) for each in Language]

    def held(self) -> float:
        return len([row for row in self.rows if row.was_held]) / len(self.rows)

    def disagreement(self) -> float | None:
        """Return how often a moderator's word and the score stand on different sides of a half."""
        judged = [row for row in self.rows if row.judged is not None and row.toxicity is not None]
        if len(judged) < rules.JUDGED_MIN:
            return None
        wrong = [row for row in judged if (row.judged == "rejected") != (row.toxicity >= _HALF)]
        return len(wrong) / len(judged)

    def texts(self, most: int = TEXTS) -> list[str]:
        step = max(len(self.rows) // most, 1)
        return [row.body for row in self.rows[::step] if row.body][:most]

    def index_as_read(self, other: "_Side", look: Look) -> float:
        """Return the same index where one version's scores are not on both sides: by a new look."""
        found = [0.0]
        before, now = (look(each.texts(READ_AGAIN)) for each in (self, other))
        for label in _LABELS:
            scores = [[one[label] for one in side if label in one] for side in (before, now)]
            if all(scores):
                found.append(stability_index(*map(in_cells, scores)))
        return max(found)


def measure(
    session: Session,
    site_id: UUID,
    *,
    model_version_id: int,
    reader: Reader | None,
    now: datetime,
) -> DriftReading | None:
    """Measure and keep how far the site has moved; None where there is too little to tell.

    A version's newest comments are held against those that it met first. One that is too young for
    that (where a better one goes live every few nights, each is) is asked to look again at those
    that came before it, which are those that it has learned from.

    Args:
        session: of the caller.
        site_id: the site.
        model_version_id: the one that decides there.
        reader: reads texts; None: they are not read.
        now: the time.
    """
    first, newest = _sides(session, site_id, model_version_id, now)
    if min(len(first.rows), len(newest.rows)) >= rules.COMMENTS_MIN:
        measures = _measured(first, newest, None if reader is None else reader.unseen)
    else:
        young = _against_before(session, site_id, _Side(first.rows[-YOUNG:]), reader)
        if young is None:
            return None
        measures = young
    reading = DriftReading(
        site_id=site_id,
        model_version_id=model_version_id,
        measures=measures.stored(),
        alarms=rules.alarms(measures),
        measured_at=now,
    )
    session.add(reading)
    if reading.alarms:
        _log.warning("drift", site=str(site_id), of=sorted(reading.alarms))
    return reading


def _measured(first: _Side, newest: _Side, unseen: Unseen | None) -> Measures:
    disagreement = first.disagreement(), newest.disagreement()
    before, now = disagreement
    return Measures(
        comments=len(newest.rows),
        scores=first.index(newest),
        languages=stability_index(first.languages(), newest.languages()),
        held=(first.held(), newest.held()),
        disagreement=None if before is None or now is None else (before, now),
        unseen=None if unseen is None else (unseen(first.texts()), unseen(newest.texts())),
        topic=_topic(first, newest),
    )


def _against_before(
    session: Session, site_id: UUID, own: _Side, reader: Reader | None
) -> Measures | None:
    """Measure the newest that a young version has scored against what came before.

    What was held then is no measure: it was held by other thresholds.
    """
    if reader is None or len(own.rows) < rules.COMMENTS_MIN:
        return None
    asked = {"site_id": site_id, "before": own.rows[0].score_id, "limit": FIRST}
    found = session.execute(_BEFORE, asked).all()
    before = _Side(list({row.comment_id: row for row in found}.values()))
    if len(before.rows) < rules.COMMENTS_MIN:
        return None
    disagreement = before.disagreement(), own.disagreement()
    earlier, now = disagreement
    return Measures(
        comments=len(own.rows),
        scores=before.index_as_read(own, reader.look),
        languages=stability_index(before.languages(), own.languages()),
        disagreement=None if earlier is None or now is None else (earlier, now),
        unseen=(reader.unseen(before.texts()), reader.unseen(own.texts())),
        topic=_topic(before, own),
    )


def _topic(before: _Side, now: _Side) -> float | None:
    """Return how far words tell the sides apart; None where comments were erased since."""
    texts = before.texts(READ_AGAIN), now.texts(YOUNG)
    if min(map(len, texts)) < rules.COMMENTS_MIN:
        return None
    return told_apart(*texts)


def _scores(rows: Sequence[Row[Any]], label: Label) -> list[float]:
    return [value for row in rows if (value := getattr(row, label.value)) is not None]


def _sides(session: Session, site_id: UUID, version_id: int, now: datetime) -> tuple[_Side, _Side]:
    asked = {"site_id": site_id, "version": version_id, "since": now - NEWEST_WITHIN}
    newest = session.execute(_NEWEST, {**asked, "limit": NEWEST}).all()
    first = session.execute(_FIRST, {**asked, "limit": FIRST}).all()
    # On a young version both are the same comments: then nothing can have moved.
    seen = {row.score_id for row in first}
    return _Side(first), _Side([row for row in newest if row.score_id not in seen])


_ROWS = """
    SELECT s.id AS score_id, s.comment_id, c.body, s.language, s.toxicity, s.spam,
        EXISTS (
            SELECT 1 FROM decisions d
            WHERE d.comment_id = c.id AND d.actor = 'policy' AND d.status = 'held'
        ) AS was_held,
        (
            SELECT d.status FROM decisions d
            WHERE d.comment_id = c.id AND d.moderator_id IS NOT NULL
                AND d.status IN ('approved', 'rejected')
            ORDER BY d.id DESC LIMIT 1
        ) AS judged
    FROM (
        SELECT s.* FROM scores s JOIN comments c ON c.id = s.comment_id
        WHERE {of} AND c.site_id = :site_id {when}
        ORDER BY s.id {order} LIMIT :limit
    ) s JOIN comments c ON c.id = s.comment_id
"""
_OF_VERSION = "s.model_version_id = :version"
_FIRST = text(_ROWS.format(of=_OF_VERSION, when="", order="ASC"))
_NEWEST = text(_ROWS.format(of=_OF_VERSION, when="AND s.scored_at >= :since", order="DESC"))
_BEFORE = text(_ROWS.format(of="s.id < :before", when="", order="DESC"))
