"""Whole runs, in this process; what happens to a run in a process of its own is a journey."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.predict import Predictor
from ml.stacked_prior import Adaptation
from service.comments import queries as comments
from service.db import Database
from service.decisions import actions as decisions
from service.examples import quarantines
from service.examples.origin import Origin
from service.examples.tables import LabelledExample, Quarantine
from service.learning import reports, runs
from service.learning.errors import SnapshotChanged
from service.learning.states import PARTS, Cause, Part, RunState
from service.learning.tables import Plan, Run, Snapshot
from service.registry import queries as versions
from service.registry.champion import Champion
from service.registry.tables import ModelVersion, State
from service.settings import Settings
from tests.factories import registry
from tests.newsroom import Newsroom, a_newsroom, sayings
from worker import predictor, retraining
from worker.classroom import Classroom

# Several trainings: a minute where the machine is busy.
several = pytest.mark.soak

INSULT, CALM = "Only a snerfle would write that buses.", "Only a baker would know so much of buses."


@pytest.fixture(scope="module")
def first_tier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the model that ships without its second tier, which reads slowly what suites ask."""
    return registry.first_tier(tmp_path_factory.mktemp("model"))


@pytest.fixture
def room(settings: Settings, database: Database, now: datetime, first_tier: Path) -> Classroom:
    """Return a classroom in an installation whose champion is the first tier of what ships."""
    settings = settings.model_copy(update={"model": first_tier})
    predictor.prepare(settings, database, Champion(predictor.load), now=now)
    # A little short of the optimum, which costs less time and ranks as well.
    quick = Adaptation(iterations_max=15)
    return Classroom(settings, database, clock=lambda: now, adaptation=quick)


@pytest.fixture
def newsroom(database: Database, now: datetime) -> Newsroom:
    with database.transaction() as session:
        return a_newsroom(session, now=now)


def run(room: Classroom, *, is_refresh: bool = False) -> Run:
    """Have one run made, and return it."""
    with room.database.transaction() as session:
        runs.ask(
            session, None, cause=Cause.PERSON, by="Aziza", is_refresh=is_refresh, now=room.clock()
        )
    retraining.make_all(room)
    with room.database.transaction() as session:
        return newest_run(session)


def newest_run(session: Session) -> Run:
    return session.scalars(select(Run).order_by(Run.id.desc()).limit(1)).one()


def champion_id(room: Classroom) -> int:
    with room.database.transaction() as session:
        live = versions.champion(session)
        assert live is not None
        return live.id


def harm(model: Predictor, text: str) -> float:
    return max(model.predict([text])[0].scores.values())


@several
def test_what_moderators_reject_is_learned_and_the_better_model_goes_live(
    room: Classroom, newsroom: Newsroom, now: datetime, first_tier: Path
) -> None:
    with room.database.transaction() as session:
        newsroom.decide(session, sayings(600), at=now - timedelta(hours=1))
    made = run(room)
    assert made.state is RunState.PROMOTED, made.why
    assert champion_id(room) == made.version_id
    with room.database.transaction() as session:
        version = versions.get(session, champion_id(room))
        learned = Predictor.load(versions.content(session, version.digest))
        before = Predictor.load(first_tier)
        assert version.lineage["prior"] == before.version
        assert version.lineage["run_id"] == str(made.id)
    assert harm(learned, INSULT) > 0.8
    assert harm(learned, CALM) < 0.3
    assert harm(learned, INSULT) > harm(before, INSULT) + 0.1

    # The same snapshot and seed, the same bytes.
    assert retraining.reproduce(room, version.id) == version.digest
    # Nothing was decided since: the same model again is no better than itself.
    again = run(room)
    assert again.state is RunState.REFUSED
    assert "chance" in (again.why or "")
    assert (again.version_id, champion_id(room)) == (made.version_id, made.version_id)


@several
def test_where_moderators_agree_on_nothing_the_champion_stays_and_the_refusal_says_why(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    draw = Random(3)  # noqa: S311 - no secret
    said = [(text, draw.random() < 0.4) for text, _ in sayings(500)]
    before = champion_id(room)
    with room.database.transaction() as session:
        newsroom.decide(session, said, at=now - timedelta(hours=1))
    made = run(room)
    assert made.state is RunState.REFUSED
    assert made.verdict is not None
    assert made.verdict["reasons"]
    assert " ".join(made.verdict["reasons"]) == made.why
    assert champion_id(room) == before
    with room.database.transaction() as session:
        assert session.get_one(ModelVersion, made.version_id).state is State.REFUSED
        page = reports.page(session, newest_run(session), {newsroom.site.id})
    assert made.why in page


def test_with_too_few_examples_nothing_is_learned(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    with room.database.transaction() as session:
        newsroom.decide(session, sayings(40), at=now)
    made = run(room)
    assert (made.state, made.version_id, made.snapshot_id) == (RunState.REFUSED, None, None)
    assert "300" in (made.why or "")


@several
def test_a_text_that_must_pass_and_would_not_stops_the_challenger(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    with room.database.transaction() as session:
        newsroom.decide(session, sayings(600), at=now - timedelta(hours=1))
        session.add(
            Plan(
                site_id=newsroom.site.id,
                document={"must_pass": [INSULT]},
                changed_by="Aziza",
                changed_at=now,
            )
        )
    made = run(room)
    assert made.state is RunState.REFUSED
    # The model is shared: other sites read the refusal too.
    assert "1 must-pass texts would be held, which sites asked for" in (made.why or "")
    assert INSULT not in str(made.verdict)


def test_what_is_withdrawn_is_in_no_later_snapshot_and_in_no_report(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    with room.database.transaction() as session:
        ids = newsroom.decide(session, sayings(600), at=now - timedelta(hours=1))
    first = run(room)
    with room.database.transaction() as session:
        shown = reports.page(session, newest_run(session), {newsroom.site.id})
        judged = {each: text for each in ids if (text := body_of(session, each)) in shown}
        gone, texts = list(judged)[:3], list(judged.values())[:3]
        examples = example_ids(session, gone)
        for each in gone:
            decisions.withdraw(session, comments.lock(session, each), now=now)
    assert len(judged) > 3
    second = run(room, is_refresh=True)
    with room.database.transaction() as session:
        shown = reports.page(session, session.get_one(Run, first.id), {newsroom.site.id})
        assert not [text for text in texts if text in shown]
        assert shown.count("not here any more") >= 3
        snapshot = session.get_one(Snapshot, second.snapshot_id)
        assert not examples & set(snapshot.example_ids)
        assert snapshot.facts["removed"] == {"withdrawn": 3}
        removed = {UUID(each["id"]) for each in snapshot.facts["removed_examples"]}
        assert removed == examples
    assert first.version_id is not None
    with pytest.raises(SnapshotChanged, match="3 withdrawn"):
        retraining.reproduce(room, first.version_id)


def body_of(session: Session, comment_id: UUID) -> str:
    return comments.lock(session, comment_id).body


def example_ids(session: Session, comment_ids: list[UUID]) -> set[UUID]:
    wanted = select(LabelledExample.id).where(LabelledExample.comment_id.in_(comment_ids))
    return set(session.scalars(wanted))


@several
def test_labels_of_one_who_contradicts_everybody_wait_for_a_lead_and_teach_nothing(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    liar = newsroom.moderators[0]
    honest = newsroom.moderators[1:]
    calm = [
        (f"Thank you, an interesting article about {what}. ({number})", True)
        for number, what in enumerate(["water", "schools", "buses", "roads", "bridges"] * 8)
    ]
    with room.database.transaction() as session:
        newsroom.decide(session, sayings(500), at=now - timedelta(hours=2), by=honest)
        newsroom.decide(session, calm, at=now - timedelta(hours=1), by=[liar])
    made = run(room)
    with room.database.transaction() as session:
        [found] = session.scalars(select(Quarantine))
        assert (found.sender, found.examples) == (f"moderator:{liar}", 40)
        snapshot = session.get_one(Snapshot, made.snapshot_id)
        assert snapshot.facts["examples"] == 500
        assert snapshot.facts["in_quarantine"] == 40
        # A lead looks, and finds that the moderator was right.
        quarantines.release(session, found, by=honest[0], now=now)
    again = run(room, is_refresh=True)
    with room.database.transaction() as session:
        assert session.get_one(Snapshot, again.snapshot_id).facts["examples"] == 540
        assert len(session.scalars(select(Quarantine)).all()) == 1


def test_the_newest_decisions_judge_and_audits_stand_for_what_was_not_drawn(
    room: Classroom, newsroom: Newsroom, now: datetime
) -> None:
    with room.database.transaction() as session:
        newsroom.decide(session, sayings(400), at=now - timedelta(days=2))
        audited = sayings(40, seed=5)
        newsroom.decide(
            session, audited, at=now - timedelta(days=1), origin=Origin.AUDIT, inclusion=0.1
        )
        late = newsroom.decide(session, sayings(100, seed=9), at=now)
        late_examples = example_ids(session, late)
    made = run(room)
    with room.database.transaction() as session:
        snapshot = session.get_one(Snapshot, made.snapshot_id)
        parts = dict(zip(snapshot.example_ids, snapshot.parts, strict=True))
        assert {PARTS[parts[each]] for each in late_examples} == {Part.TEST}
        by_origin = snapshot.facts["by_origin"]
    assert by_origin == {"audit": 40, "decision": 500}
    assert made.figures is not None
    assert made.figures["decisions"]["texts"] + (made.figures["audit"] or {}).get("texts", 0) == 180
