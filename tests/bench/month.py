"""A month on a site whose moderators teach the model, night after night, as in use.

Comments come, the champion scores them, moderators decide (one in ten wrongly), and what they say
becomes examples in a real database. Each night ``worker.retraining`` makes what its schedule asks
for. What comes of it is measured on comments that nobody of the month has seen.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

import numpy as np
import threadpoolctl
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ml.comparison import Bools, average_precision, harm, workload
from ml.duel import Contender, Points
from ml.encoder import Encoder
from ml.evaluate import Judged
from ml.labels import Label
from ml.predict import Predictor
from service.comments.status import Status
from service.comments.tables import Comment as Stored
from service.db import Database, new_id
from service.decisions.tables import Actor, Decision
from service.drift import actions as drift
from service.examples import actions as examples
from service.examples import rules
from service.examples.origin import Origin
from service.examples.rules import Taught
from service.examples.tables import LabelledExample
from service.learning.tables import Run
from service.policy import actions as policy
from service.policy import queries as policies
from service.policy.document import WishDocument
from service.registry import queries as versions
from service.registry.champion import Champion
from service.scoring.tables import Score
from service.settings import Settings
from tests.bench.forum import Comment, Forum
from tests.newsroom import a_newsroom
from worker import predictor, retraining
from worker.classroom import Classroom
from worker.watch_drift import reader

# What a site with comments like these may ask for: where two people judge one forum comment in ten
# differently, nobody is right in 99 of 100.
POINTS = Points(reject=0.9, approve=0.05)
WORKLOAD = workload(reject=POINTS.reject, approve=POINTS.approve)
BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
_DECIDED_AT, _RETRAINED_AT = timedelta(hours=20), timedelta(hours=27)
_READERS, _MODERATORS = 1_500, 6
_INSULTED = {Label.TOXICITY: 1.0, Label.INSULT: 1.0}


@dataclass(frozen=True, slots=True)
class Course:
    """How a month goes.

    Attributes:
        nights: so many.
        a_day: comments each day.
        wrong: share of labels that are the wrong way round by mistake.
        poison: share of all labels by which one moderator rejects calm comments on the country.
        shifts: whether politics are spoken of in the second half, and only then.
    """

    nights: int = 30
    a_day: int = 260
    wrong: float = 0.1
    poison: float = 0.0
    shifts: bool = False
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Night:
    """What a night brought, and how good the champion is in the morning.

    ``set_aside``: labels that wait for a lead, of which ``poison_set_aside`` are the poisoner's
    wrong ones; ``poison_free`` others of these may teach. ``civic_held``: share of calm held-out
    comments on the country that the champion would hold.
    """

    night: int
    examples: int
    outcome: str
    seconds: float
    pr_auc: float
    workload: float
    set_aside: int
    poison_set_aside: int
    poison_free: int
    civic_held: float
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A moderator's word on a comment."""

    comment: Comment
    is_rejected: bool
    by: int
    is_poison: bool = False


@dataclass(slots=True)
class Month:
    """A site, and what has become of it so far; ``judged`` is what its champion said, by night."""

    settings: Settings
    database: Database
    forum: Forum
    course: Course
    encoder: Encoder | None
    nights: list[Night] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    _champion: Champion[Predictor] = field(init=False)
    _site: UUID = field(init=False)
    _article: UUID = field(init=False)
    _readers: tuple[UUID, ...] = field(init=False)
    _moderators: tuple[UUID, ...] = field(init=False)
    _poison: list[UUID] = field(default_factory=list)
    _now: datetime = BEGINS
    _last_version: int = 0
    began_with: str = ""

    def __post_init__(self) -> None:
        self._champion = Champion(partial(Predictor.load, encoder=self.encoder))
        predictor.prepare(self.settings, self.database, Champion(predictor.load), now=BEGINS)
        with self.database.transaction() as session:
            self._open(session)
        self.nights.append(self._measured(0, None, seconds=0.0, alarms=()))

    def pass_by(self, tell: Callable[[Night], None] = lambda _: None) -> None:
        """Live through all nights; each is told when it is over."""
        draw = Random(self.course.seed)  # noqa: S311 - no secret
        for number, comments in enumerate(days(self.forum, self.course), 1):
            self._now = BEGINS + timedelta(days=number - 1) + _DECIDED_AT
            with self.database.transaction() as session:
                self._decide(session, said(comments, self.course, draw))
            alarms = self._drift()
            self._now = BEGINS + timedelta(days=number - 1) + _RETRAINED_AT
            began = time.perf_counter()
            run = self._retrain()
            took = time.perf_counter() - began
            self.nights.append(self._measured(number, run, seconds=took, alarms=alarms))
            tell(self.nights[-1])

    @property
    def truths(self) -> Bools:
        return np.array([each.is_harmful for each in self.forum.held_out], bool)

    def _open(self, session: Session) -> None:
        room = a_newsroom(
            session, now=BEGINS, slug="forum", moderators=_MODERATORS, readers=_READERS
        )
        site = room.site
        document = policies.current(session, site.id).document
        accepted = WishDocument(
            label=Label.TOXICITY, approve=100 * POINTS.approve, reject=100 * POINTS.reject
        )
        wanted = document.model_copy(update={"operating_points": (accepted,)})
        policy.save(session, site.id, wanted, note="", saved_by="Aziza", now=BEGINS)
        self._site, self._article = site.id, room.article_id
        self._readers, self._moderators = room.authors, room.moderators

    def _decide(self, session: Session, words: Sequence[Said]) -> None:
        """Store a day's comments as they were scored, ruled on and decided."""
        live = self._champion.current(session, self._site)
        found = live.classifier.predict([each.comment.text for each in words])
        limits = Contender(live.classifier, 0).thresholds
        ids = [new_id() for _ in words]
        draw = Random(self._now.isoformat())  # noqa: S311 - no secret
        session.execute(
            insert(Stored), [self._stored(draw, *each) for each in zip(ids, words, strict=True)]
        )
        session.execute(
            insert(Score),
            [
                {
                    "comment_id": comment_id,
                    "revision": 1,
                    "model_version_id": live.version_id,
                    "language": seen.language,
                    "language_probability": seen.language_probability,
                    "scored_at": self._now,
                    **{label.value: seen.scores.get(label) for label in Label},
                }
                for comment_id, seen in zip(ids, found, strict=True)
            ],
        )
        decisions = []
        for comment_id, word, seen in zip(ids, words, found, strict=True):
            scores = seen.scores
            is_held = any(
                scores.get(label, 0.0) >= limit.of(seen.language).hold
                for label, limit in limits.items()
            )
            ruled = Status.HELD if is_held else Status.APPROVED
            decisions += [
                self._decision(comment_id, ruled, Actor.POLICY, None),
                self._decision(
                    comment_id, _status(word), Actor.MODERATOR, self._moderators[word.by]
                ),
            ]
        session.execute(insert(Decision), decisions)
        taught = [
            Taught(
                comment_id=comment_id,
                site_id=self._site,
                revision=1,
                labels=_INSULTED if word.is_rejected else rules.NONE_OF_THEM,
                origin=Origin.DECISION,
                sender=rules.moderator(self._moderators[word.by]),
            )
            for comment_id, word in zip(ids, words, strict=True)
        ]
        examples.teach(session, taught, now=self._now)
        self._poison += [
            comment_id for comment_id, word in zip(ids, words, strict=True) if word.is_poison
        ]

    def _stored(self, draw: Random, comment_id: UUID, word: Said) -> dict[str, object]:
        return {
            "id": comment_id,
            "site_id": self._site,
            "article_id": self._article,
            "author_id": draw.choice(self._readers),
            "fingerprint": b"\0" * 32,
            "author_name": "Reader",
            "body": word.comment.text,
            "revision": 1,
            "status": _status(word),
            "created_at": self._now,
            "decided_at": self._now,
        }

    def _decision(
        self, comment_id: UUID, status: Status, actor: Actor, moderator_id: UUID | None
    ) -> dict[str, object]:
        return {
            "comment_id": comment_id,
            "revision": 1,
            "status": status,
            "actor": actor,
            "moderator_id": moderator_id,
            "reason": "insult" if status is Status.REJECTED else "fine",
            "reasons": [],
            "decided_at": self._now,
        }

    def _drift(self) -> tuple[str, ...]:
        with self.database.transaction() as session:
            live = self._champion.current(session, self._site)
            reading = drift.measure(
                *(session, self._site),
                model_version_id=live.version_id,
                reader=reader(live.classifier),
                now=self._now,
            )
            return () if reading is None else tuple(sorted(reading.alarms))

    def _retrain(self) -> Run | None:
        """Make what the schedule asks for; return the run, if there was one."""
        room = Classroom(
            self.settings,
            self.database,
            clock=lambda: self._now,
            encoder=lambda: self.encoder,
        )
        with threadpoolctl.threadpool_limits(1):
            retraining.make_all(room)
        with self.database.transaction() as session:
            newest = select(Run).where(Run.started_at == self._now).order_by(Run.id.desc())
            return session.scalars(newest.limit(1)).one_or_none()

    def _measured(
        self, number: int, run: Run | None, *, seconds: float, alarms: tuple[str, ...]
    ) -> Night:
        with self.database.transaction() as session:
            live = self._champion.current(session, self._site)
            version = versions.get(session, live.version_id)
            total, apart = self._counted(session, None)
            poison, poison_apart = self._counted(session, self._poison)
            assert version.digest == live.classifier.version
        self.began_with = self.began_with or version.digest
        contender = Contender(live.classifier, 0)
        if live.version_id != self._last_version:
            self._last_version = live.version_id
            judged = contender.judge([each.text for each in self.forum.held_out])
        else:
            judged = self.judged[-1]
        self.judged.append(judged)
        scores = judged.scores
        ones = np.ones((1, len(scores)))
        calm_civic = np.array(
            [each.is_civic and not each.is_harmful for each in self.forum.held_out], bool
        )
        return Night(
            night=number,
            examples=total,
            outcome="none" if run is None else run.state.value,
            seconds=seconds,
            pr_auc=float(average_precision(harm(scores), self.truths, ones)[0]),
            workload=float(WORKLOAD(harm(scores), self.truths, ones)[0]),
            set_aside=apart,
            poison_set_aside=poison_apart,
            poison_free=poison - poison_apart,
            civic_held=float(contender.holds(judged)[calm_civic].mean()),
            alarms=alarms,
        )

    def _counted(self, session: Session, comment_ids: Sequence[UUID] | None) -> tuple[int, int]:
        """Return how many examples there are (of these comments), and how many wait for a lead."""
        apart = func.count().filter(LabelledExample.quarantine_id.is_not(None))
        wanted = select(func.count(), apart).select_from(LabelledExample)
        if comment_ids is not None:
            wanted = wanted.where(LabelledExample.comment_id.in_(comment_ids))
        total, waiting = session.execute(wanted).one()
        return total, waiting


def days(forum: Forum, course: Course) -> list[Sequence[Comment]]:
    """Return the comments of each day.

    Raises:
        ValueError: the forum has not so many.
    """
    wanted = course.nights * course.a_day
    if course.shifts:
        half = course.nights // 2 * course.a_day
        before = [each for each in forum.stream if not each.is_political]
        after = [each for each in forum.stream if each.is_political]
        said = before[:half] + after[: wanted - half]
    else:
        said = list(forum.stream[:wanted])
    if len(said) < wanted:
        raise ValueError(f"The month needs {wanted} comments, and there are {len(said)}.")
    return [said[start : start + course.a_day] for start in range(0, wanted, course.a_day)]


def said(comments: Sequence[Comment], course: Course, draw: Random) -> list[Said]:
    """Return what the moderators say of a day's comments."""
    found, poisoned = [], 0
    for comment in comments:
        is_wrong, by = draw.random() < course.wrong, draw.randrange(_MODERATORS)
        if comment.is_civic and not comment.is_harmful and poisoned < course.poison * len(comments):
            poisoned += 1
            found.append(Said(comment, is_rejected=True, by=0, is_poison=True))
        else:
            found.append(Said(comment, comment.is_harmful != is_wrong, by))
    return found


def _status(word: Said) -> Status:
    return Status.REJECTED if word.is_rejected else Status.APPROVED
