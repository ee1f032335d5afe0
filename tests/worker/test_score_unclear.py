"""What is unclear at first sight waits for a closer look, and the rest does not wait for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ml.labels import Language
from service.articles.tables import Article
from service.authors.tables import Author
from service.comments import queries as comments
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.decisions import actions as decisions
from service.decisions import queries, waiting
from service.jobs import Job, ScoreUnclear, Sweep
from service.policy import actions as policies
from service.policy.document import PolicyDocument, Thresholds
from service.policy.sections import Floods, Window
from service.registry.champion import Champion
from service.scoring.tables import Score
from service.settings import Scoring
from service.sites.tables import Site
from tests.factories.comments import a_comment, stored_comment
from tests.fakes import UNCLEAR, FakePrediction, FakePredictor, Nearsighted
from tests.worker.conftest import Clock, ListeningBroker
from tests.worker.test_score_comments import run, seen, statuses, store, trail
from worker import score_unclear, sweep
from worker.workplace import Workplace

_UNCLEAR_TEXT = f"As {UNCLEAR} as fog."
_MINUTE = timedelta(minutes=1)


def look_closer(workplace: Workplace) -> None:
    score_unclear.score_unclear(ScoreUnclear(), workplace)


def sent_now(database: Database, clock: Clock) -> UUID:
    with database.transaction() as session:
        return stored_comment(session, body=_UNCLEAR_TEXT, created_at=clock()).id


def insult(database: Database, comment: Comment) -> float | None:
    """Return the newest score that was kept."""
    with database.transaction() as session:
        newest = queries.history(session, comment.id)[0]
        return session.get_one(Score, newest.score_id).insult


def test_what_is_clear_is_decided_and_the_rest_is_left_for_a_closer_look(
    workplace: Workplace, database: Database, published: list[Job]
) -> None:
    ids = store(database, "Thank you.", _UNCLEAR_TEXT, "You idiot.")
    run(workplace)
    assert statuses(database, ids) == [Status.APPROVED, Status.PENDING, Status.HELD]
    assert published.count(ScoreUnclear()) == 1
    assert trail(database, ids[1]) == []
    run(workplace)
    assert seen(database, ids[1]).status is Status.PENDING
    look_closer(workplace)
    assert seen(database, ids[1]).status is Status.APPROVED
    assert insult(database, seen(database, ids[1])) == 0.01


def test_nobody_looks_closer_where_all_is_clear(
    workplace: Workplace, database: Database, published: list[Job]
) -> None:
    store(database, "Thank you.", "You idiot.")
    run(workplace)
    assert ScoreUnclear() not in published


def test_a_few_are_looked_at_and_others_have_their_turn(
    workplace: Workplace, database: Database, broker: ListeningBroker
) -> None:
    workplace.settings = workplace.settings.model_copy(update={"scoring": Scoring(unclear_batch=2)})
    ids = store(database, *(f"{_UNCLEAR_TEXT} {number}" for number in range(5)))
    run(workplace)
    for left, woken in ((3, 1), (1, 2), (0, 2)):
        look_closer(workplace)
        assert statuses(database, ids).count(Status.PENDING) == left
        assert broker.published.count("ScoreUnclear") == woken
    look_closer(workplace)
    assert len(trail(database, ids[0])) == 1


def test_an_edited_text_is_seen_anew(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    [comment_id] = store(database, _UNCLEAR_TEXT)
    run(workplace)
    with database.transaction() as session:
        comment = comments.lock(session, comment_id)
        decisions.edit(session, comment, "Thank you.", now=clock())
    look_closer(workplace)
    assert seen(database, comment_id).status is Status.PENDING
    run(workplace)
    assert seen(database, comment_id).status is Status.APPROVED


def test_past_the_deadline_the_first_sight_decides(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    comment_id = sent_now(database, clock)
    run(workplace)
    clock.move(workplace.settings.scoring.deadline - _MINUTE / 60)
    sweep.sweep(Sweep(), workplace)
    assert seen(database, comment_id).status is Status.PENDING
    clock.move(_MINUTE)
    sweep.sweep(Sweep(), workplace)
    held = seen(database, comment_id)
    assert (held.status, held.score_wanted) == (Status.HELD, False)
    assert insult(database, held) == 0.6
    assert len(trail(database, comment_id)) == 1


def test_without_a_classifier_the_degradation_choice_decides_about_these_too(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    [comment_id] = store(database, _UNCLEAR_TEXT)
    run(workplace)

    def load(_: bytes) -> None:
        raise ValueError("nothing can be loaded")

    workplace.champion = Champion(load)  # type: ignore[arg-type] # nothing comes of it
    clock.move(_MINUTE * 2)
    sweep.sweep(Sweep(), workplace)
    held = seen(database, comment_id)
    assert (held.status, held.score_wanted) == (Status.HELD, True)


def test_a_lost_wake_up_is_made_good_by_the_sweep(
    workplace: Workplace, database: Database, broker: ListeningBroker, clock: Clock
) -> None:
    sent_now(database, clock)
    run(workplace)
    assert "ScoreUnclear" not in broker.published
    sweep.sweep(Sweep(), workplace)
    assert "ScoreUnclear" in broker.published


def test_a_text_that_cannot_be_looked_at_does_not_hold_up_the_others(
    stumbling: Workplace, database: Database
) -> None:
    ids = store(database, _UNCLEAR_TEXT, "poison", "Thank you.")
    with database.transaction() as session:
        waiting.leave_unclear(session, ids)
    look_closer(stumbling)
    assert statuses(database, ids) == [Status.APPROVED, Status.HELD, Status.APPROVED]


def test_how_many_wait_for_a_closer_look_is_counted(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    store(database, _UNCLEAR_TEXT, "Thank you.")
    run(workplace)
    with database.transaction() as session:
        backlog = waiting.backlog(session, now=clock())
    assert (backlog["comments_pending"], backlog["comments_unclear"]) == (1, 1)


class SureOfNothing(Nearsighted):
    """Wants to look closer at everything, and cannot."""

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        found = FakePredictor().predict(texts, hints=hints)
        return [replace(each, is_unclear=True) for each in found]


def test_where_looking_closer_fails_the_first_sight_decides(
    workplace: Workplace, database: Database
) -> None:
    ids = store(database, "Thank you.", "You idiot.")
    workplace.champion = Champion(lambda _: SureOfNothing())
    run(workplace)
    look_closer(workplace)
    assert statuses(database, ids) == [Status.APPROVED, Status.HELD]
    assert not any(seen(database, comment_id).score_wanted for comment_id in ids)


def test_what_is_left_for_a_closer_look_counts_in_a_flood_all_the_same(
    workplace: Workplace, database: Database, clock: Clock
) -> None:
    most = 4
    with database.transaction() as session:
        first = stored_comment(session, body=f"{_UNCLEAR_TEXT} 0", created_at=clock())
        site = session.get_one(Site, first.site_id)
        article = session.get_one(Article, first.article_id)
        author = session.get_one(Author, first.author_id)
        document = PolicyDocument(
            thresholds=Thresholds.same_for_all(hold=0.5, reject=None),
            floods=Floods(author=Window(most=most, minutes=5)),
        )
        policies.save(session, site.id, document, note="", saved_by="test", now=clock())
        for number in range(1, 2 * most):
            text = f"{_UNCLEAR_TEXT} {number}" if number < most else f"Thank you, {number}."
            sent = clock() + timedelta(seconds=number)
            session.add(a_comment(article, author, body=text, created_at=sent))
    run(workplace)
    look_closer(workplace)
    with database.transaction() as session:
        found = session.scalars(select(Comment.status).order_by(Comment.created_at)).all()
    assert found == [Status.APPROVED] * most + [Status.HELD] * most
