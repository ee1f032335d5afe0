"""An import becomes history and examples; nothing twice, nothing announced, nothing lost."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ml.labels import Label
from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database, new_id
from service.decisions.tables import Actor, Decision
from service.examples.origin import Origin
from service.examples.tables import LabelledExample
from service.imports import actions
from service.imports.actions import Report, Wish
from service.imports.formats import Format
from service.imports.rows import Past, Tally
from service.imports.tables import Import
from service.sites.tables import Site
from service.webhooks.tables import Delivery, Endpoint
from tests.factories.comments import stored_comment
from tests.factories.sites import a_site

NOW = datetime(2026, 11, 25, tzinfo=UTC)
Do = Callable[..., Report]


def line(number: int, **more: object) -> str:
    given = {
        "id": f"c{number}",
        "article_id": "a1",
        "article_url": "https://n.example/a1",
        "article_title": "Border",
        "author_name": "Aziza",
        "author_id": "u1",
        "body": f"Comment {number}.",
        "created_at": (NOW - timedelta(days=400) + timedelta(minutes=number)).isoformat(),
        "status": "approved",
    }
    return json.dumps({**given, **more}) + "\n"


@pytest.fixture
def site(database: Database) -> Site:
    with database.transaction() as session:
        made = a_site()
        session.add(made)
        session.flush()
        session.add(
            Endpoint(site_id=made.id, url="https://n.example/hook", secret="x", created_at=NOW)  # noqa: S106
        )
    return made


@pytest.fixture
def import_lines(database: Database, site: Site, tmp_path: Path) -> Do:
    def do(*lines: str, name: str = "c.ndjson", **wish: Any) -> Report:  # noqa: ANN401
        path = tmp_path / name
        path.write_text("".join(lines), encoding="utf-8")
        progress = wish.pop("progress", lambda _: None)
        return actions.run(
            *(database, site.id, Wish(path, Format.NDJSON, **wish)),
            secret=b"secret",
            clock=lambda: NOW,
            progress=progress,
        )

    return do


def test_comments_become_history_with_their_times_and_fates(
    database: Database, import_lines: Do
) -> None:
    report = import_lines(
        line(1), line(2, parent_id="c1", status="rejected", reason="insult"), line(3, status="held")
    )
    assert (report.tally.stored, report.problems) == (3, [])
    with database.transaction() as session:
        first, second, third = session.scalars(select(Comment).order_by(Comment.id))
        assert [each.status for each in (first, second, third)] == [
            *(Status.APPROVED, Status.REJECTED),
            Status.HELD,
        ]
        assert (second.parent_id, second.thread_id, first.has_replies) == (first.id, first.id, True)
        assert first.created_at == NOW - timedelta(days=400) + timedelta(minutes=1)
        decisions = list(session.scalars(select(Decision)))
        assert {(each.actor, each.reason) for each in decisions} == {(Actor.SITE, "imported")}
        assert session.scalars(select(Article)).one().published_count == 1


def test_no_webhook_is_owed(database: Database, import_lines: Do) -> None:
    import_lines(line(1), line(2))
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_what_became_of_a_comment_teaches(database: Database, import_lines: Do) -> None:
    report = import_lines(
        line(1),
        line(2, status="rejected", reason="insult"),
        line(3, status="rejected"),
        line(4, status="rejected", labels={"spam": 1}),
        line(5, status="held"),
    )
    assert report.tally.taught == 3
    with database.transaction() as session:
        found = session.scalars(select(LabelledExample).order_by(LabelledExample.created_at)).all()
        assert {each.origin for each in found} == {Origin.IMPORT}
        taught = [each.labels for each in found]
        assert {"spam": 1.0} in taught
        assert {"toxicity": 1.0, "insult": 1.0} in taught
        assert dict.fromkeys(Label, 0.0) in taught


def test_the_same_file_again_stores_nothing_twice(database: Database, import_lines: Do) -> None:
    import_lines(line(1), line(2))
    again = import_lines(line(1), line(2))
    assert (again.resumed_at, again.tally.stored) == (2, 2)
    other = import_lines(line(1), line(2), line(3))  # another file with the same comments
    assert (other.tally.stored, other.tally.again) == (1, 2)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 3


def test_an_interrupted_import_goes_on_where_it_was(
    database: Database, import_lines: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH_ROWS", 2)

    def interrupt(tally: Tally) -> None:
        if tally.read == 4:
            raise KeyboardInterrupt

    lines = [line(number) for number in range(7)]
    with pytest.raises(KeyboardInterrupt):
        import_lines(*lines, progress=interrupt)
    report = import_lines(*lines)
    assert (report.resumed_at, report.tally.read, report.tally.stored) == (4, 7, 7)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 7
        assert session.scalars(select(Import)).one().finished_at == NOW


def test_a_dry_run_finds_the_same_and_stores_nothing(
    database: Database, import_lines: Do, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "BATCH_ROWS", 1)
    lines = (line(1), line(2, parent_id="c1"), line(3, parent_id="lost"), line(4, body=" "), "{")
    dry = import_lines(*lines, dry_run=True)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 0
    real = import_lines(*lines)
    assert dry.tally == real.tally
    assert dry.problems == real.problems
    assert (real.tally.stored, real.tally.left_out) == (3, 2)


def test_problems_are_told_by_row_and_leave_the_others_alone(import_lines: Do) -> None:
    report = import_lines(
        line(1, article_url="n.example"),
        line(2, body="\u0000"),
        line(3, author_name="\n"),
        line(4, parent_id="nobody"),
        line(5),
    )
    found = {each.place: each.is_left_out for each in report.problems}
    assert found == {"line 1": True, "line 2": True, "line 3": True, "line 4": False}
    assert report.tally.stored == 2


def test_comments_without_a_fate_are_left_out_or_get_the_one_that_was_chosen(
    import_lines: Do,
) -> None:
    report = import_lines(line(1, status=None))
    assert report.tally.left_out == 1
    assert "choose with --undecided" in report.problems[0].detail
    chosen = import_lines(line(1, status=None), line(2, status=""), name="d", unknown=Past.HELD)
    assert chosen.tally.by_past == {"held": 2}


def test_the_same_row_twice_is_one_comment(import_lines: Do) -> None:
    report = import_lines(line(1), line(1), line(2))
    assert (report.tally.stored, report.tally.again) == (2, 1)


def test_replies_find_a_parent_that_was_here_before_under_another_id(
    database: Database, site: Site, import_lines: Do
) -> None:
    with database.transaction() as session:
        parent = stored_comment(session, site, external_id="c1", id=new_id())
    report = import_lines(line(1), line(2, parent_id="c1"), line(3, parent_id="c2"))
    assert (report.tally.stored, report.tally.again) == (2, 1)
    with database.transaction() as session:
        reply = session.scalars(select(Comment).where(Comment.external_id == "c2")).one()
        deeper = session.scalars(select(Comment).where(Comment.external_id == "c3")).one()
        assert (reply.parent_id, deeper.thread_id) == (parent.id, parent.id)


def test_an_old_export_renames_nothing(database: Database, import_lines: Do) -> None:
    import_lines(line(1))
    import_lines(line(2, article_title="Old title", article_url="https://n.example/old"))
    with database.transaction() as session:
        article = session.scalars(select(Article)).one()
        assert (article.title, article.url) == ("Border", "https://n.example/a1")
