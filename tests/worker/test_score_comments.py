from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from time import monotonic, sleep
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from ml.labels import Language
from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database, new_id
from service.decisions import queries
from service.decisions.tables import Actor, Decision
from service.jobs import ScoreComments
from service.policy import actions as policies
from service.policy.document import PolicyDocument, Thresholds
from service.policy.rules import Degradation
from service.registry import actions as registry
from service.registry.champion import Champion
from service.registry.errors import NoChampion
from service.registry.tables import ModelVersion, State
from service.scoring.tables import Score
from service.settings import Scoring, Settings
from service.sites.tables import Site
from tests.factories.comments import stored_comment
from tests.factories.registry import offer
from tests.factories.sites import a_site
from tests.fakes import FakePrediction, FakePredictor
from tests.worker.conftest import ListeningBroker
from worker import score_comments
from worker.workplace import Workplace


def store(database: Database, *bodies: str, site: Site | None = None) -> list[UUID]:
    with database.transaction() as session:
        return [stored_comment(session, site, body=body).id for body in bodies]


def run(workplace: Workplace) -> None:
    score_comments.score_comments(ScoreComments(), workplace)


def seen(database: Database, comment_id: UUID) -> Comment:
    with database.transaction() as session:
        return session.get_one(Comment, comment_id)


def statuses(database: Database, ids: Sequence[UUID]) -> list[Status]:
    return [seen(database, comment_id).status for comment_id in ids]


def trail(database: Database, comment_id: UUID) -> list[Decision]:
    with database.transaction() as session:
        return queries.history(session, comment_id)


def save_policy(database: Database, site: Site, degradation: Degradation, now: datetime) -> None:
    document = PolicyDocument(
        thresholds=Thresholds.same_for_all(hold=0.4, reject=0.97), degradation=degradation
    )
    with database.transaction() as session:
        policies.save(session, site.id, document, note="test", saved_by="test", now=now)


def test_comments_are_scored_and_decided_by_the_policy(
    workplace: Workplace, database: Database, now: datetime
) -> None:
    ids = store(database, "Thank you.", "You idiot.", "You scum.", "It is doubtful.")
    run(workplace)
    assert statuses(database, ids) == [
        *(Status.APPROVED, Status.HELD, Status.REJECTED, Status.HELD),
    ]
    with database.transaction() as session:
        [decision] = queries.history(session, ids[1])
        score = session.get_one(Score, decision.score_id)
    assert (decision.actor, decision.decided_at) == (Actor.POLICY, now)
    assert {reason["code"] for reason in decision.reasons} == {"score_toxicity", "score_insult"}
    assert (score.comment_id, score.insult, score.spam) == (ids[1], 0.9, 0.01)
    held = seen(database, ids[1])
    assert (held.urgency, held.score_wanted, held.public_revision) == (0.9, False, None)


def test_a_saved_policy_rules_and_is_named(
    workplace: Workplace, database: Database, now: datetime
) -> None:
    [comment_id] = store(database, "You idiot.")
    with database.transaction() as session:
        site = session.get_one(Site, seen(database, comment_id).site_id)
        document = PolicyDocument(thresholds=Thresholds.same_for_all(hold=None, reject=0.9))
        saved = policies.save(session, site.id, document, note="x", saved_by="x", now=now)
    run(workplace)
    [decision] = trail(database, comment_id)
    assert (decision.status, decision.policy_id) == (Status.REJECTED, saved.id)


def test_many_batches_are_worked_off_oldest_first(
    workplace: Workplace, database: Database, classifier: FakePredictor
) -> None:
    workplace.settings = with_batch(workplace.settings, 3)
    ids = store(database, *(f"text {number}" for number in range(10)))
    run(workplace)
    assert set(statuses(database, ids)) == {Status.APPROVED}
    assert classifier.asked == [f"text {number}" for number in range(10)]


def with_batch(settings: Settings, batch: int) -> Settings:
    return settings.model_copy(update={"scoring": Scoring(batch=batch)})


def test_a_full_batch_wakes_a_second_process(
    workplace: Workplace, database: Database, broker: ListeningBroker
) -> None:
    workplace.settings = with_batch(workplace.settings, 3)
    store(database, "one", "two")
    run(workplace)
    assert broker.published == []
    store(database, "one", "two", "three")
    run(workplace)
    assert broker.published == ["ScoreComments"]


def test_workers_at_once_decide_every_comment_once(
    workplace: Workplace, database: Database
) -> None:
    workplace.settings = with_batch(workplace.settings, 7)
    with database.transaction() as session:
        site = Site(slug="s", name="S", url="https://s.example", created_at=workplace.clock())
        session.add(site)
        session.flush()
        ids = [stored_comment(session, site, id=new_id(), body=f"text {n}").id for n in range(200)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: run(workplace), range(6)))
    assert set(statuses(database, ids)) == {Status.APPROVED}
    with database.transaction() as session:
        for table in (Decision, Score):
            assert session.scalar(select(func.count()).select_from(table)) == 200


def test_one_text_that_cannot_be_scored_does_not_hold_up_the_others(
    stumbling: Workplace, database: Database
) -> None:
    ids = store(database, "one", "poison", "two", "You idiot.", "three")
    run(stumbling)
    assert statuses(database, ids) == [
        *(Status.APPROVED, Status.HELD, Status.APPROVED, Status.HELD, Status.APPROVED),
    ]
    unscorable = seen(database, ids[1])
    assert unscorable.score_wanted
    assert [each.reason for each in trail(database, ids[1])] == ["no_score"]


def test_what_cannot_be_scored_follows_the_sites_own_choice(
    stumbling: Workplace, database: Database, now: datetime
) -> None:
    [comment_id] = store(database, "poison")
    with database.transaction() as session:
        site = session.get_one(Site, seen(database, comment_id).site_id)
    save_policy(database, site, Degradation.APPROVE, now)
    run(stumbling)
    assert seen(database, comment_id).status is Status.APPROVED


def test_without_a_live_model_version_comments_stay_pending(
    workplace: Workplace, database: Database
) -> None:
    [comment_id] = store(database, "one")
    with database.transaction() as session:
        session.execute(update(ModelVersion).values(state=State.RETIRED))
    with pytest.raises(NoChampion):
        run(workplace)
    assert seen(database, comment_id).status is Status.PENDING


def test_a_promoted_version_scores_from_the_next_batch_on(
    workplace: Workplace, database: Database
) -> None:
    [first] = store(database, "one")
    run(workplace)
    with database.transaction() as own:
        newer = registry.register(own, **offer(b"newer"), now=workplace.clock())
        registry.promote(own, newer, now=workplace.clock())
    [second] = store(database, "two")
    run(workplace)
    with database.transaction() as own:
        versions = [
            own.scalars(select(Score.model_version_id).where(Score.comment_id == each)).one()
            for each in (first, second)
        ]
    assert versions == [newer.id - 1, newer.id]


def test_a_language_hint_reaches_the_classifier(workplace: Workplace, database: Database) -> None:
    heard: list[Language | None] = []

    class Listening(FakePredictor):
        def predict(
            self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
        ) -> list[FakePrediction]:
            heard.extend(hints or ())
            return super().predict(texts, hints=hints)

    workplace.champion = Champion(lambda _: Listening())
    with database.transaction() as own:
        for tag in ("uz-cyrl", "tlh", None):
            stored_comment(own, language_hint=tag)
    run(workplace)
    assert heard == [Language.UZBEK, None, None]


def _wait_for_a_lock(database: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = monotonic() + 60
    while monotonic() < deadline:
        with database.transaction() as session:
            if session.scalar(waiting):
                return
        sleep(0.05)
    raise AssertionError("nobody waits for a lock")


def test_a_batch_of_two_model_versions_locks_articles_in_the_order_of_every_other_batch(
    workplace: Workplace, database: Database
) -> None:
    with database.transaction() as session:
        sites = [a_site(), a_site()]
        session.add_all(sites)
        session.flush()
        first, second = sorted(sites, key=lambda site: site.id)
        # Of the site that comes first in that order, another version decides, which comes second.
        own = registry.register(session, **offer(b"own"), site_id=first.id, now=workplace.clock())
        registry.promote(session, own, now=workplace.clock())
        comments = [stored_comment(session, each) for each in (first, second)]
    with ThreadPoolExecutor(1) as pool, database.transaction() as session:
        articles = [
            select(Article.id).where(Article.id == each.article_id).with_for_update(nowait=True)
            for each in comments
        ]
        session.execute(articles[0])
        running = pool.submit(run, workplace)
        _wait_for_a_lock(database)
        session.execute(articles[1])
        session.rollback()
        running.result()
    assert statuses(database, [each.id for each in comments]) == [Status.APPROVED] * 2
