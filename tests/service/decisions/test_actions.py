from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.rules import NO_FINGERPRINT
from service.comments.status import MOVES, Status, may_become
from service.comments.tables import Comment, Revision
from service.db import Database
from service.decisions import actions, queries
from service.decisions.errors import CommentCannotBecome, CommentChanged, CommentWithdrawn
from service.decisions.tables import Actor, Decision
from service.decisions.verdict import Verdict
from service.jobs import DeliverWebhooks, Job, ScoreComments, take_enqueued
from service.policy.tables import TextFingerprint
from service.webhooks.tables import Delivery, Endpoint
from tests.factories.comments import a_comment, an_article, an_author, stored_comment
from tests.factories.sites import a_site

REASONS = [{"code": "score_insult", "sentence": "Insult scored 0.93; held from 0.40."}]


def a_verdict(comment: Comment, wanted: Status = Status.APPROVED) -> Verdict:
    return Verdict(
        comment_id=comment.id,
        site_id=comment.site_id,
        article_id=comment.article_id,
        author_id=comment.author_id,
        revision=comment.revision,
        public_revision=comment.public_revision,
        current=comment.status,
        wanted=wanted,
        actor=Actor.POLICY,
        reason="score_insult",
        reasons=REASONS,
        urgency=0.75,
    )


def decide(
    session: Session, comment: Comment, wanted: Status, now: datetime, note: str = "seen"
) -> Decision:
    return actions.record(
        session, comment, wanted, actor=Actor.MODERATOR, reason="other", note=note, now=now
    )


def article_of(session: Session, comment: Comment) -> Article:
    return session.get_one(Article, comment.article_id, populate_existing=True)


def author_of(session: Session, comment: Comment) -> Author:
    return session.get_one(Author, comment.author_id, populate_existing=True)


def test_a_batch_is_moved_and_every_decision_keeps_its_reasons(
    session: Session, now: datetime
) -> None:
    first, second = stored_comment(session), stored_comment(session)
    wanted = [a_verdict(first, Status.HELD), a_verdict(second, Status.REJECTED)]
    assert actions.record_many(session, wanted, now=now) == {first.id, second.id}
    session.expire_all()
    assert (first.status, first.urgency, first.decided_at) == (Status.HELD, 0.75, now)
    assert second.status is Status.REJECTED
    [kept] = queries.history(session, first.id)
    assert (kept.status, kept.actor, kept.reasons) == (Status.HELD, Actor.POLICY, REASONS)
    assert (kept.revision, kept.decided_at) == (1, now)


def test_deciding_nothing_does_nothing(session: Session, now: datetime) -> None:
    assert actions.record_many(session, [], now=now) == frozenset()


def test_two_verdicts_on_one_comment_are_refused(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    with pytest.raises(ValueError, match="one verdict"):
        actions.record_many(session, [a_verdict(comment)] * 2, now=now)


@pytest.mark.parametrize(
    "stale", [{"revision": 2}, {"current": Status.HELD}, {"public_revision": 1}]
)
def test_a_verdict_on_what_is_no_longer_so_is_void(
    session: Session, now: datetime, stale: dict[str, object]
) -> None:
    void, sound = stored_comment(session), stored_comment(session)
    verdicts = [replace(a_verdict(void), **stale), a_verdict(sound)]  # type: ignore[arg-type]  # fields by name
    assert actions.record_many(session, verdicts, now=now) == {sound.id}
    session.expire_all()
    assert void.status is Status.PENDING
    assert queries.history(session, void.id) == []
    assert article_of(session, void).published_count == 0


@pytest.mark.parametrize("current", Status)
@pytest.mark.parametrize("wanted", Status)
def test_only_the_moves_of_the_table_are_possible(
    session: Session, now: datetime, current: Status, wanted: Status
) -> None:
    comment = stored_comment(session, status=current)
    if may_become(current, wanted):
        assert decide(session, comment, wanted, now).status is wanted
        assert comment.status is wanted
    else:
        with pytest.raises(CommentCannotBecome):
            decide(session, comment, wanted, now)


def test_a_decision_on_a_stale_reading_is_a_conflict(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    actions.record_many(session, [a_verdict(comment, Status.HELD)], now=now)
    with pytest.raises(CommentChanged):
        decide(session, comment, Status.APPROVED, now)


def test_the_trail_has_every_decision_oldest_first(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    for wanted in (Status.HELD, Status.REJECTED, Status.APPROVED):
        decide(session, comment, wanted, now)
    trail = [each.status for each in queries.history(session, comment.id)]
    assert trail == [Status.HELD, Status.REJECTED, Status.APPROVED]


def test_approval_publishes_and_rejection_hides_again(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    decide(session, comment, Status.APPROVED, now)
    assert (comment.public_revision, article_of(session, comment).published_count) == (1, 1)
    decide(session, comment, Status.REJECTED, now)
    assert (comment.public_revision, article_of(session, comment).published_count) == (None, 0)


def test_holding_a_published_text_hides_it(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    decide(session, comment, Status.APPROVED, now)
    decide(session, comment, Status.HELD, now)
    assert (comment.public_revision, article_of(session, comment).published_count) == (None, 0)


def test_the_authors_record_counts_what_stands(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    records = []
    for wanted in (Status.APPROVED, Status.APPROVED, Status.REJECTED, Status.HELD):
        decide(session, comment, wanted, now)
        author = author_of(session, comment)
        records.append((author.approved_count, author.rejected_count))
    assert records == [(1, 0), (1, 0), (0, 1), (0, 0)]


def test_withdrawing_a_rejected_comment_does_not_wash_the_record(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session)
    decide(session, comment, Status.REJECTED, now)
    actions.withdraw(session, comment, now=now)
    assert author_of(session, comment).rejected_count == 1


def test_an_edit_leaves_the_approved_text_public_until_it_is_decided(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="first")
    decide(session, comment, Status.APPROVED, now)
    actions.edit(session, comment, "second", now=now)
    assert (comment.status, comment.revision, comment.public_revision) == (Status.PENDING, 2, 1)
    assert comment.decided_at is None
    assert session.get_one(Revision, (comment.id, 1)).body == "first"
    assert article_of(session, comment).published_count == 1
    decide(session, comment, Status.HELD, now)
    assert comment.public_revision == 1
    decide(session, comment, Status.APPROVED, now)
    assert comment.public_revision == 2
    assert article_of(session, comment).published_count == 1


def test_a_rejected_edit_hides_the_comment(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    decide(session, comment, Status.APPROVED, now)
    actions.edit(session, comment, "worse", now=now)
    decide(session, comment, Status.REJECTED, now)
    assert (comment.public_revision, article_of(session, comment).published_count) == (None, 0)


def test_an_edit_wakes_the_worker_and_forgets_what_was_known_of_the_old_text(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, status=Status.HELD, urgency=0.9, score_wanted=True)
    actions.edit(session, comment, "new text", now=now)
    assert (comment.urgency, comment.score_wanted, comment.edited_at) == (0.0, False, now)
    assert take_enqueued(session) == (ScoreComments(),)


def test_an_edit_never_lifts_a_rejection(session: Session, now: datetime) -> None:
    comment = stored_comment(session, body="first")
    decide(session, comment, Status.REJECTED, now)
    actions.edit(session, comment, "harmless", now=now)
    assert (comment.status, comment.body, comment.revision) == (Status.REJECTED, "harmless", 2)
    assert session.get_one(Revision, (comment.id, 1)).body == "first"
    assert take_enqueued(session) == ()


def test_an_edit_to_the_same_text_changes_nothing(session: Session, now: datetime) -> None:
    comment = stored_comment(session, body="same")
    actions.edit(session, comment, "same", now=now)
    assert (comment.revision, queries.history(session, comment.id)) == (1, [])


def test_a_withdrawn_comment_has_no_text_left_and_cannot_be_edited(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="first")
    decide(session, comment, Status.APPROVED, now)
    actions.edit(session, comment, "second", now=now)
    actions.withdraw(session, comment, now=now)
    assert (comment.status, comment.body, comment.author_name) == (Status.WITHDRAWN, "", "")
    assert comment.public_revision is None
    assert session.scalars(select(Revision.body)).all() == [""]
    assert article_of(session, comment).published_count == 0
    with pytest.raises(CommentWithdrawn):
        actions.edit(session, comment, "third", now=now)


def test_withdrawal_leaves_neither_a_word_of_the_text_nor_the_name_nor_a_way_to_confirm_a_guess(
    session: Session, now: datetime
) -> None:
    comment = stored_comment(session, body="Zebra first", author_name="Quagga")
    guessed = sha256(b"Zebra").digest()
    session.execute(update(Comment).values(fingerprint=guessed, reader_network="0f" * 32))
    seen_through = "«rude», written «z«e»bra»"
    reasons = [
        {"code": "word_banned", "sentence": f"On this site's list: the word {seen_through}."},
        {"code": "links", "sentence": "It links 3 time(s) to zebra.example, q.example; 2 is most."},
        {"code": "clear", "sentence": "No rule speaks."},
    ]
    actions.record_many(session, [replace(a_verdict(comment), reasons=reasons)], now=now)
    session.refresh(comment)
    actions.edit(session, comment, "Zebra second", now=now)
    decide(session, comment, Status.APPROVED, now, note="Quagga means a zebra.")
    session.add(
        TextFingerprint(
            comment_id=comment.id, site_id=comment.site_id, exact=1, bands=[1], written_at=now
        )
    )
    actions.withdraw(session, comment, now=now)
    session.flush()
    for table in ("comments", "revisions", "decisions"):
        rows = session.scalars(text(f"SELECT lower(r::text) FROM {table} r")).all()  # noqa: S608
        assert rows
        assert [r for r in rows if "zebra" in r or "quagga" in r or "z«e" in r] == []
    assert (comment.fingerprint, comment.reader_network) == (NO_FINGERPRINT, None)
    assert session.scalars(select(TextFingerprint)).all() == []
    first = queries.history(session, comment.id)[0]
    assert [each["sentence"] for each in first.reasons] == [
        "On this site's list: the word ….",
        "It links 3 time(s) to …; 2 is most.",
        "No rule speaks.",
    ]


def test_withdrawing_twice_is_one_decision(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    actions.withdraw(session, comment, now=now)
    actions.withdraw(session, comment, now=now)
    assert len(queries.history(session, comment.id)) == 1


def an_endpoint(comment: Comment, now: datetime, *, disabled: bool = False) -> Endpoint:
    return Endpoint(
        site_id=comment.site_id,
        url="https://news.example/hook",
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",  # noqa: S106 - the specification's example
        created_at=now,
        disabled_at=now if disabled else None,
    )


def test_every_live_endpoint_of_the_site_is_owed_the_change(
    session: Session, now: datetime
) -> None:
    comment, elsewhere = stored_comment(session, external_id="c-1"), stored_comment(session)
    live, disabled = an_endpoint(comment, now), an_endpoint(comment, now, disabled=True)
    session.add_all([live, disabled, an_endpoint(elsewhere, now)])
    session.flush()
    actions.record_many(session, [a_verdict(comment, Status.HELD)], now=now)
    [owed] = session.scalars(select(Delivery))
    assert (owed.endpoint_id, owed.event) == (live.id, "comment.held")
    assert owed.payload == {
        "type": "comment.held",
        "timestamp": "2026-11-25T12:00:00Z",
        "data": {
            "id": str(comment.id),
            "external_id": "c-1",
            "article": article_of(session, comment).external_id,
            "revision": 1,
            "status": "held",
            "reason": "score_insult",
            "decided_at": "2026-11-25T12:00:00Z",
        },
    }
    assert take_enqueued(session) == (DeliverWebhooks(),)


def test_that_an_edit_waits_is_no_news(session: Session, now: datetime) -> None:
    comment = stored_comment(session)
    session.add(an_endpoint(comment, now))
    actions.edit(session, comment, "second", now=now)
    assert session.scalars(select(Delivery)).all() == []


def _many_comments(session: Session, number: int) -> list[Comment]:
    """Store comments of a few authors under a few articles of one site, interleaved."""
    site = a_site()
    session.add(site)
    session.flush()
    articles = [an_article(site, external_id=f"a{each}") for each in range(5)]
    authors = [an_author(site, identity=f"id:{each}") for each in range(7)]
    session.add_all([*articles, *authors])
    session.flush()
    comments = [
        a_comment(articles[each % len(articles)], authors[each % len(authors)])
        for each in range(number)
    ]
    session.add_all(comments)
    return comments


def test_batches_that_cross_each_other_never_deadlock_and_the_counts_stay_right(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        comments = _many_comments(session, 200)
    random = Random(7)  # noqa: S311 - a fixed order for the test
    final = {comment.id: random.choice([Status.APPROVED, Status.REJECTED]) for comment in comments}
    shuffled = random.sample(comments, k=len(comments))

    def decide_batch(batch: Sequence[Comment]) -> None:
        with database.transaction() as own:
            actions.record_many(own, [a_verdict(c, final[c.id]) for c in batch], now=now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide_batch, [shuffled[at : at + 10] for at in range(0, 200, 10)]))
    with database.transaction() as session:
        assert_counts_are_right(session)
        assert session.scalar(select(func.count()).select_from(Decision)) == 200


def test_of_two_decisions_at_once_one_wins_and_the_other_knows(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        comments = _many_comments(session, 24)
    both = [(c, s) for c in comments for s in (Status.APPROVED, Status.REJECTED)]

    def decide_one(comment: Comment, wanted: Status) -> bool:
        with database.transaction() as own:
            return bool(actions.record_many(own, [a_verdict(comment, wanted)], now=now))

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda pair: decide_one(*pair), both))
    assert sum(won) == len(comments)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == len(comments)
        assert_counts_are_right(session)


def test_an_edit_in_between_makes_the_old_score_void(
    database: Database, now: datetime, published: list[Job]
) -> None:
    with database.transaction() as session:
        comment = stored_comment(session)
    rests_on_the_old_text = a_verdict(comment)
    with database.transaction() as session:
        later = now + timedelta(seconds=1)
        actions.edit(session, session.get_one(Comment, comment.id), "an insult", now=later)
    with database.transaction() as session:
        assert actions.record_many(session, [rests_on_the_old_text], now=now) == frozenset()
        assert session.get_one(Comment, comment.id).status is Status.PENDING
    assert published == [ScoreComments()]


def assert_counts_are_right(session: Session) -> None:
    """Count again what the counters keep."""
    for article in session.scalars(select(Article)):
        public = Comment.article_id == article.id, Comment.public_revision.is_not(None)
        assert article.published_count == session.scalar(select(func.count()).where(*public))
    for author in session.scalars(select(Author)):
        counted = {
            status: session.scalar(
                select(func.count()).where(Comment.author_id == author.id, Comment.status == status)
            )
            for status in (Status.APPROVED, Status.REJECTED)
        }
        assert author.approved_count == counted[Status.APPROVED]
        assert author.rejected_count == counted[Status.REJECTED]


def test_the_table_of_moves_knows_every_status() -> None:
    assert set(MOVES) == set(Status)
