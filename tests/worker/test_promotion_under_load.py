"""Versions take turns while workers score: nothing fails, and no score is another version's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from sqlalchemy import select

from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.jobs import ScoreComments
from service.registry import actions as registry
from service.registry import queries as versions
from service.registry.champion import Champion
from service.scoring.classifier import Classifier
from service.scoring.tables import Score
from service.settings import Scoring
from tests.factories.comments import stored_comment
from tests.factories.registry import offer
from tests.factories.sites import a_site
from tests.fakes import Saying
from worker import score_comments
from worker.workplace import Workplace

_COMMENTS, _BATCH = 240, 8
_SAYS = {b"a model": 0.11, b"another": 0.22, b"a third": 0.33}


def load(content: bytes) -> Classifier:
    made = Saying()
    made.toxicity = _SAYS[content]
    return made


def test_promotions_under_load_fail_nothing_and_mix_nothing(
    workplace: Workplace, database: Database
) -> None:
    settings = workplace.settings.model_copy(
        update={"scoring": Scoring.model_validate({"batch": _BATCH})}
    )
    with database.transaction() as session:
        site = a_site()
        session.add(site)
        session.flush()
        ids = [stored_comment(session, site, body=str(n)).id for n in range(_BATCH)]
        first = registry.ensure_champion(session, **offer(), now=workplace.clock())
        others = [
            registry.register(session, **offer(content), now=workplace.clock())
            for content in (b"another", b"a third")
        ]
        numbers = [first.id, *(each.id for each in others)]
        says = dict(zip(numbers, _SAYS.values(), strict=True))
    own = replace(workplace, settings=settings, champion=Champion(load))
    score_comments.score_comments(ScoreComments(), own)
    with database.transaction() as session:
        rest = range(_BATCH, _COMMENTS)
        ids += [stored_comment(session, site, body=str(n)).id for n in rest]
    is_over, is_promoting = Event(), Event()

    def promote() -> int:
        turns = 0
        while not is_over.is_set():
            with database.transaction() as session:
                version = versions.get(session, numbers[1 + turns % 2])
                registry.promote(session, version, now=workplace.clock())
            turns += 1
            is_promoting.set()
        return turns

    def work() -> None:
        own = replace(workplace, settings=settings, champion=Champion(load))
        while True:
            score_comments.score_comments(ScoreComments(), own)
            with database.transaction() as session:
                waiting = select(Comment.id).where(Comment.status == Status.PENDING).limit(1)
                if session.scalar(waiting) is None:
                    return

    with ThreadPoolExecutor() as threads:
        promoting = threads.submit(promote)
        try:
            assert is_promoting.wait(60)
            for worker in [threads.submit(work) for _ in range(2)]:
                worker.result()
        finally:
            is_over.set()
        assert promoting.result() > 0
    with database.transaction() as session:
        found = session.execute(
            select(Score.comment_id, Score.model_version_id, Score.toxicity)
        ).all()
    assert sorted(row.comment_id for row in found) == sorted(ids)
    assert [round(row.toxicity, 2) for row in found] == [
        says[row.model_version_id] for row in found
    ]
    assert len({row.model_version_id for row in found}) > 1
