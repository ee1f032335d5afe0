"""Second thoughts, answers to whether one likes the article, reports, notices."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from ml.labels import Language
from service.articles.tables import Article, Reaction
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.embed.tables import SecondThoughts
from service.policy import actions as policy
from service.policy.document import PolicyDocument
from service.reports.tables import Notice, Report
from service.settings import Embed
from tests.fakes import UNCLEAR, FakePrediction, FakePredictor
from tests.service.embed.conftest import ARTICLE, Decide, Json, Page, Prefer

THRESHOLDS: Json = {"thresholds": {"toxicity": {"hold": 0.7}}}


class TestSecondThought:
    def _asked(self, page: Page, body: str, **more: object) -> bool:
        answer = page.post("/second-thought", {"article": ARTICLE["id"], "body": body, **more})
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert set(said) == {"reconsider"}
        return bool(said["reconsider"])

    def test_who_would_be_held_is_asked_and_nobody_else(
        self, page: Page, database: Database
    ) -> None:
        assert self._asked(page, "You idiot.", language="uz-Cyrl")
        assert not self._asked(page, "A fair point.")
        with database.transaction() as session:
            counted = session.scalars(select(SecondThoughts)).one()
            assert session.scalar(select(func.count(Comment.id))) == 0
        assert (counted.asked, counted.edited, counted.sent_anyway) == (1, 0, 0)

    def test_a_site_may_ask_nobody(
        self, page: Page, prefer: Prefer, classifier: FakePredictor
    ) -> None:
        prefer(thinks_twice=False)
        assert not self._asked(page, "You idiot.")
        assert classifier.asked == []

    def test_pre_moderation_alone_is_no_reason_to_reconsider(
        self, page: Page, database: Database
    ) -> None:
        with database.transaction() as session:
            document = PolicyDocument.model_validate(THRESHOLDS | {"mode": "pre_moderation"})
            policy.save(session, page.site.id, document, note="", saved_by="t", now=page.clock.now)
        assert not self._asked(page, "A fair point.")

    def test_a_listed_word_is(self, page: Page, database: Database) -> None:
        with database.transaction() as session:
            listed = {"words": {"listed": [{"word": "turnip", "kind": "suspect"}]}}
            document = PolicyDocument.model_validate(THRESHOLDS | listed)
            policy.save(session, page.site.id, document, note="", saved_by="t", now=page.clock.now)
        assert self._asked(page, "You T u r n i p!")
        assert not self._asked(page, "You potato!")

    @pytest.mark.parametrize(("body", "code"), [("", "body_empty"), ("x" * 1501, "body_too_long")])
    def test_what_could_not_be_a_comment_is_refused(self, page: Page, body: str, code: str) -> None:
        answer = page.post("/second-thought", {"article": "a", "body": body})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


class Slow(FakePredictor):
    """Takes long over a closer look, and no time over the first sight."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = Event()

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        self.may_end.wait(60)
        return super().predict(texts, hints=hints)

    def predict_at_first_sight(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        return FakePredictor().predict_at_first_sight(texts, hints=hints)


class TestInTime:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"second_thought_within": timedelta(seconds=4)})

    def test_a_closer_look_that_takes_too_long_is_not_waited_for(
        self, page: Page, app: FastAPI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow = Slow()
        monkeypatch.setattr(app.state, "classifier", slow)
        for body, reconsider in ((f"You {UNCLEAR} idiot.", True), ("A fair point.", False)):
            answer = page.post("/second-thought", {"article": ARTICLE["id"], "body": body})
            assert answer.json() == {"reconsider": reconsider}
        slow.may_end.set()


class TestReactions:
    def _answered(self, page: Page, answer: str | None, reader: str) -> Json:
        sent = {"article": ARTICLE, "answer": answer, "reader": reader}
        found = page.post("/reactions", sent)
        assert found.status_code == 200, found.text
        said: Json = found.json()
        return said

    def test_each_reader_has_one_answer_and_may_change_it(
        self, page: Page, database: Database
    ) -> None:
        ali, malika = str(uuid4()), str(uuid4())
        assert self._answered(page, "yes", ali) == {"yes": 1, "no": 0, "mine": "yes"}
        assert self._answered(page, "yes", ali) == {"yes": 1, "no": 0, "mine": "yes"}
        assert self._answered(page, "no", malika) == {"yes": 1, "no": 1, "mine": "no"}
        assert self._answered(page, "no", ali) == {"yes": 0, "no": 2, "mine": "no"}
        assert self._answered(page, None, ali) == {"yes": 0, "no": 1, "mine": None}
        assert self._answered(page, None, ali) == {"yes": 0, "no": 1, "mine": None}
        assert page.opened()["reaction"] == {"yes": 0, "no": 1}
        with database.transaction() as session:
            stored = session.scalars(select(Reaction)).one()
        assert malika.replace("-", "") not in stored.reader.hex()

    def test_readers_on_two_sites_cannot_be_told_to_be_one(
        self, page: Page, elsewhere: Page, database: Database
    ) -> None:
        reader = str(uuid4())
        self._answered(page, "yes", reader)
        self._answered(elsewhere, "yes", reader)
        with database.transaction() as session:
            first, second = session.scalars(select(Reaction.reader))
        assert first != second

    def test_many_at_once_are_counted_right(self, page: Page, database: Database) -> None:
        readers = [str(uuid4()) for _ in range(6)]
        answers = [(each, said) for said in ("yes", "no", "yes", None, "no") for each in readers]
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda pair: self._answered(page, pair[1], pair[0]), answers))
        with database.transaction() as session:
            article = session.scalars(select(Article)).one()
            kept = session.scalars(select(Reaction.is_yes)).all()
        assert (article.yes_count, article.no_count) == (kept.count(True), kept.count(False))

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"answer": "perhaps"}, "/answer"),
            ({"reader": "me"}, "/reader"),
            ({"reader": None}, "/reader"),
            ({"article": {**ARTICLE, "url": "https://elsewhere.example/"}}, "/article/url"),
            ({"article": {**ARTICLE, "title": ""}}, "/article/title"),
        ],
    )
    def test_an_answer_that_is_none_is_refused(
        self, page: Page, changes: Json, pointer: str
    ) -> None:
        sent = {"article": ARTICLE, "answer": "yes", "reader": str(uuid4())} | changes
        answer = page.post("/reactions", sent)
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]

    def test_no_answer_is_not_an_answer_taken_back(self, page: Page) -> None:
        answer = page.post("/reactions", {"article": ARTICLE, "reader": str(uuid4())})
        assert answer.status_code == 422


class TestReports:
    def test_each_reader_reports_a_comment_once(
        self, page: Page, decide: Decide, database: Database
    ) -> None:
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        reader = str(uuid4())
        for words in ("Look.", "Look again!", None):
            answer = page.post(
                f"/comments/{sent['id']}/reports",
                {"reason": "insult", "words": words, "reader": reader},
            )
            assert (answer.status_code, answer.json()) == (202, {"received": True})
        with database.transaction() as session:
            stored = session.scalars(select(Report)).one()
        assert (stored.words, stored.reason) == ("Look.", "insult")
        assert reader.replace("-", "") not in stored.reporter.hex()

    def test_enough_reports_have_it_looked_at_again(
        self, page: Page, decide: Decide, prefer: Prefer
    ) -> None:
        prefer(reports_hold_at=2)
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        path = f"/comments/{sent['id']}"
        for address in ("203.0.113.7", "198.51.100.9"):
            assert page.get(path).status_code == 200
            report = {"reason": "hate", "reader": str(uuid4())}
            replace(page, address=address).post(f"{path}/reports", report)
        assert page.get(path).status_code == 404

    def test_one_person_with_many_browsers_is_one(
        self, page: Page, decide: Decide, prefer: Prefer, database: Database
    ) -> None:
        prefer(reports_hold_at=2)
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        for host in range(5):
            replace(page, address=f"203.0.113.{host}").post(
                f"/comments/{sent['id']}/reports", {"reason": "hate", "reader": str(uuid4())}
            )
        assert page.get(f"/comments/{sent['id']}").status_code == 200
        with database.transaction() as session:
            stored = session.scalars(select(Report.reader_network)).all()
            written = session.scalars(select(Comment.reader_network)).one()
        assert (len(stored), len(set(stored))) == (5, 1)
        assert stored[0] is not None
        assert stored[0].hex() not in (written or ""), "who reports is not told by who writes"

    @pytest.mark.parametrize(
        ("changes", "code", "pointer"),
        [
            ({"reason": "dislike"}, "fields_invalid", "/reason"),
            ({"reader": None}, "fields_invalid", "/reader"),
            ({"words": "x" * 501}, "words_unfit", "/words"),
            ({"words": "a\0b"}, "words_unfit", "/words"),
        ],
    )
    def test_a_report_that_is_none_is_refused(
        self, page: Page, decide: Decide, changes: Json, code: str, pointer: str
    ) -> None:
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        report = {"reason": "spam", "reader": str(uuid4())} | changes
        answer = page.post(f"/comments/{sent['id']}/reports", report)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]

    def test_what_nobody_sees_cannot_be_reported(
        self, page: Page, elsewhere: Page, decide: Decide
    ) -> None:
        sent = page.send()
        report = {"reason": "spam", "reader": str(uuid4())}
        path = f"/comments/{sent['id']}/reports"
        assert page.post(path, report).json()["code"] == "nothing_to_report"
        decide(sent["id"], Status.APPROVED)
        assert elsewhere.post(path, report).json()["code"] == "comment_not_found"
        unheard = page.post(f"/comments/{uuid4()}/reports", report)
        assert (unheard.status_code, unheard.json()["code"]) == (404, "comment_not_found")


class TestNotices:
    NOTICE: Json = {  # noqa: RUF012
        "law": "Criminal code, article 130",
        "explanation": "It calls for violence.",
        "good_faith": True,
        "contact": "ali@example.org",
        "language": "kk",
    }

    def test_one_address_gives_so_many_notices_and_reports_in_a_minute(
        self, page: Page, decide: Decide
    ) -> None:
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        said = {
            "notices": self.NOTICE,
            "reports": {"reason": "hate", "reader": str(uuid4())},
        }
        for what, body in said.items():
            path = f"/comments/{sent['id']}/{what}"
            codes = [page.post(path, body).status_code for _ in range(6)]
            assert codes == [202] * 5 + [429]

    def test_a_notice_is_taken_and_its_sender_can_follow_it(
        self, page: Page, decide: Decide, database: Database
    ) -> None:
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        answer = page.post(f"/comments/{sent['id']}/notices", self.NOTICE)
        assert answer.status_code == 202
        assert answer.json()["received"] is True
        assert "/notices/" in answer.json()["receipt_url"]
        with database.transaction() as session:
            stored = session.scalars(select(Notice)).one()
        assert (stored.law, stored.contact, stored.language) == (
            "Criminal code, article 130",
            "ali@example.org",
            "kk",
        )

    @pytest.mark.parametrize(
        ("changes", "code", "pointer"),
        [
            ({"law": " "}, "words_unfit", "/law"),
            ({"explanation": ""}, "words_unfit", "/explanation"),
            ({"explanation": "x" * 4001}, "words_unfit", "/explanation"),
            ({"contact": "x" * 321}, "words_unfit", "/contact"),
            ({"good_faith": False}, "good_faith_required", "/good_faith"),
            ({"good_faith": "yes"}, "fields_invalid", "/good_faith"),
            ({"language": "tlh"}, "fields_invalid", "/language"),
            ({"reader": "me"}, "fields_invalid", "/reader"),
        ],
    )
    def test_a_notice_that_is_none_is_refused(
        self, page: Page, decide: Decide, changes: Json, code: str, pointer: str
    ) -> None:
        sent = page.send()
        decide(sent["id"], Status.APPROVED)
        answer = page.post(f"/comments/{sent['id']}/notices", self.NOTICE | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]

    def test_what_nobody_sees_needs_no_notice(self, page: Page) -> None:
        sent = page.send()
        answer = page.post(f"/comments/{sent['id']}/notices", self.NOTICE)
        assert (answer.status_code, answer.json()["code"]) == (410, "nothing_to_report")
