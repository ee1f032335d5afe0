"""A comment on its way from a reader's browser."""

import threading
import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import redis
from sqlalchemy import func, select

from service.articles.tables import Article
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.embed import work
from service.embed.tables import SecondThoughts
from service.settings import Embed
from tests.service.embed.conftest import ARTICLE, Clock, Decide, Json, Page, Prefer, comment_of


def test_a_comment_is_taken_through_the_door_of_all_comments(
    page: Page, database: Database
) -> None:
    sent = page.send(
        body=" Bir\r\nikki. ",
        language="uz-Cyrl",
        policy_version="uz-Cyrl:3",
        author={"name": "Ali"},
    )
    assert sent == {
        "id": sent["id"],
        "token": sent["token"],
        "status": "pending",
        "author_name": "Ali",
        "body": "Bir\nikki.",
        "parent_id": None,
        "created_at": sent["created_at"],
        "edit_until": sent["edit_until"],
        "withdraw_until": sent["withdraw_until"],
        "statement_url": None,
    }
    with database.transaction() as session:
        stored = comment_of(session, sent)
        article = session.get_one(Article, stored.article_id)
    assert (stored.body, stored.language_hint, stored.policy_shown) == (
        "Bir\nikki.",
        "uz-cyrl",
        "uz-Cyrl:3",
    )
    assert (article.external_id, article.title) == (ARTICLE["id"], ARTICLE["title"])


def test_what_is_sent_again_is_stored_once_and_stays_the_readers_own(
    page: Page, database: Database
) -> None:
    letter = page.a_letter()
    first = page.post("/comments", letter)
    again = page.post("/comments", letter)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    with database.transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 1


def test_the_browsers_own_id_of_a_sending_is_not_stored(page: Page, database: Database) -> None:
    letter = page.a_letter()
    sent = page.post("/comments", letter).json()
    with database.transaction() as session:
        external_id = comment_of(session, sent).external_id or ""
    assert letter["client_id"] not in external_id
    assert UUID(letter["client_id"]).hex not in external_id


def test_another_text_under_the_same_id_is_refused(page: Page) -> None:
    letter = page.a_letter()
    page.post("/comments", letter)
    answer = page.post("/comments", {**letter, "body": "Something else."})
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_taken")
    assert "token" not in answer.json()


def test_a_browser_does_not_rename_an_article(page: Page, database: Database) -> None:
    page.send()
    page.send(article={**ARTICLE, "title": "Buy gold", "url": "https://news.example/gold"})
    with database.transaction() as session:
        article = session.scalars(select(Article)).one()
    assert (article.title, article.url) == (ARTICLE["title"], ARTICLE["url"])


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/2026",
        "https://news.example@elsewhere.example/",
        "https://news.example.elsewhere.example/",
        "http://news.example/2026",
        "https://news.example:8443/2026",
    ],
)
def test_an_article_lies_on_one_of_the_keys_origins(page: Page, url: str) -> None:
    answer = page.post("/comments", page.a_letter(article={**ARTICLE, "url": url}))
    assert (answer.status_code, answer.json()["code"]) == (422, "fields_invalid")
    assert answer.json()["errors"] == [
        {"pointer": "/article/url", "detail": "must lie on https://news.example"}
    ]


def test_a_name_alone_does_not_make_one_reader_another(page: Page, database: Database) -> None:
    page.send(reader=str(uuid4()))
    page.send(reader=str(uuid4()))
    page.send(reader=None)
    page.send(reader=None)
    with database.transaction() as session:
        assert session.scalar(select(func.count(Author.id))) == 4


def test_a_reader_who_comes_back_is_known_again_under_any_name(
    page: Page, database: Database
) -> None:
    page.send(author={"name": "Malika"})
    page.send(author={"name": "Malika K."})
    with database.transaction() as session:
        author = session.scalars(select(Author)).one()
    assert author.name == "Malika K."
    assert "7f0c2a52" not in author.identity
    assert author.external_id is None


def test_the_network_is_stored_as_a_keyed_hash(page: Page, database: Database) -> None:
    sent = page.send()
    with database.transaction() as session:
        network = comment_of(session, sent).reader_network
    assert network is not None
    assert len(network) == 64
    assert "203" not in network[:8]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"body": "  "}, "body_empty", "/body"),
        ({"body": "x" * 1501}, "body_too_long", "/body"),
        ({"body": "a\0b"}, "body_has_unfit_character", "/body"),
        ({"author": {"name": " "}}, "fields_invalid", "/author/name"),
        ({"author": {"name": "x" * 101}}, "fields_invalid", "/author/name"),
        ({"author": {"name": "A", "email": "nobody"}}, "fields_invalid", "/author/email"),
        ({"author": {"name": "A", "id": "user-1"}}, "fields_invalid", "/author/id"),
        ({"client_id": "1"}, "fields_invalid", "/client_id"),
        ({"reader": "me"}, "fields_invalid", "/reader"),
        ({"policy_version": "3"}, "fields_invalid", "/policy_version"),
        ({"language": "Uzbek!"}, "fields_invalid", "/language"),
        ({"second_thought": "perhaps"}, "fields_invalid", "/second_thought"),
        ({"website": "https://casino.example"}, "honeypot_filled", "/website"),
        ({"ticket": "AAAA"}, "ticket_invalid", "/ticket"),
        ({"ticket": "а"}, "ticket_invalid", "/ticket"),
        ({"parent_id": str(uuid4())}, "parent_not_found", "/parent_id"),
        ({"unheard": 1}, "fields_invalid", "/unheard"),
    ],
)
def test_a_comment_that_is_none_is_refused_with_what_would_be_right(
    page: Page, database: Database, changes: Json, code: str, pointer: str
) -> None:
    answer = page.post("/comments", page.a_letter(**changes))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == code
    assert [each["pointer"] for each in problem["errors"]] == [pointer]
    with database.transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 0


def test_a_closed_article_takes_no_comment(page: Page, database: Database) -> None:
    page.send()
    with database.transaction() as session:
        session.scalars(select(Article)).one().is_open = False
    answer = page.post("/comments", page.a_letter())
    assert (answer.status_code, answer.json()["code"]) == (409, "article_closed")
    assert not page.opened()["article"]["is_open"]


def test_an_email_is_dropped_where_the_site_asks_for_none(
    page: Page, database: Database, prefer: Prefer
) -> None:
    prefer(email="off")
    page.send(author={"name": "Ali", "email": "ali@example.org"})
    with database.transaction() as session:
        assert session.scalars(select(Author)).one().email is None


def test_an_email_is_required_where_the_site_requires_one(page: Page, prefer: Prefer) -> None:
    prefer(required_fields=["author.email", "external_id", "reader_network", "language"])
    assert page.opened()["form"]["required"] == ["name", "body", "email"]
    answer = page.post("/comments", page.a_letter())
    assert (answer.status_code, answer.json()["code"]) == (422, "field_required")
    assert answer.json()["errors"][0]["pointer"] == "/author/email"
    page.send(author={"name": "Ali", "email": "ali@example.org"})


def test_a_reply_stands_in_the_thread_of_what_it_answers(page: Page, database: Database) -> None:
    top = page.send()
    reply = page.send(parent_id=top["id"], body="No.")
    below = page.send(parent_id=reply["id"], body="Yes!")
    with database.transaction() as session:
        threads = [comment_of(session, each).thread_id for each in (top, reply, below)]
    assert threads == [None, UUID(top["id"]), UUID(top["id"])]


class TestTimeToWrite:
    def test_who_writes_faster_than_people_do_is_asked_to_wait(
        self, page: Page, clock: Clock
    ) -> None:
        letter = page.a_letter(ticket=page.get("/ticket").json()["ticket"])
        clock.pass_(minutes=-1, seconds=1)
        answer = page.post("/comments", letter)
        assert (answer.status_code, answer.json()["code"]) == (429, "written_too_fast")
        assert answer.headers["retry-after"] == "2"
        clock.pass_(seconds=2)
        assert page.post("/comments", letter).status_code == 201

    def test_a_form_is_good_for_a_day(self, page: Page, clock: Clock) -> None:
        letter = page.a_letter()
        clock.pass_(hours=24)
        answer = page.post("/comments", letter)
        assert (answer.status_code, answer.json()["code"]) == (422, "ticket_invalid")
        assert page.post("/comments", page.a_letter()).status_code == 201

    def test_another_sites_ticket_is_none(self, page: Page, elsewhere: Page) -> None:
        ticket = elsewhere.get("/ticket").json()["ticket"]
        answer = page.post("/comments", page.a_letter(ticket=ticket))
        assert answer.json()["code"] == "ticket_invalid"


class TestSecondThought:
    def test_what_readers_did_who_were_asked_is_counted_once(
        self, page: Page, database: Database
    ) -> None:
        letter = page.a_letter(second_thought="edited")
        page.post("/comments", letter)
        page.post("/comments", letter)
        page.send(second_thought="sent_anyway")
        page.send()
        with database.transaction() as session:
            counted = session.scalars(select(SecondThoughts)).one()
        assert (counted.asked, counted.edited, counted.sent_anyway) == (0, 1, 1)


class TestLimits:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(
            update={"comments_per_minute": 3, "site_comments_per_minute": 5, "work_bits": 8}
        )

    def test_one_address_sends_so_many_comments_in_a_minute(self, page: Page) -> None:
        for _ in range(3):
            page.send()
        answer = page.post("/comments", page.a_letter())
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        assert int(answer.headers["retry-after"]) <= 60

    def test_all_addresses_together_send_so_many(self, page: Page) -> None:
        codes = []
        for last in range(1, 7):
            there = replace(page, address=f"203.0.113.{last}")
            codes.append(there.post("/comments", page.a_letter()).status_code)
        assert codes == [201] * 5 + [429]


class TestProofOfWork:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"attack_from": 3, "work_bits": 8})

    def _attack(self, page: Page) -> None:
        letter = page.a_letter(website="x")
        for _ in range(3):
            page.post("/comments", letter)

    def _solved(self, page: Page) -> Json:
        challenge = page.get("/ticket").json()["proof_of_work"]
        solution = next(
            str(n)
            for n in range(100_000)
            if work.zero_bits(f"{challenge['challenge']}:{n}") >= challenge["bits"]
        )
        return {"challenge": challenge["challenge"], "solution": solution}

    def test_nobody_works_in_peace(self, page: Page) -> None:
        assert page.get("/ticket").json()["proof_of_work"] is None
        assert page.opened()["form"]["proof_of_work"] is None
        page.send()

    def test_under_attack_each_comment_takes_work(self, page: Page) -> None:
        self._attack(page)
        answer = page.post("/comments", page.a_letter())
        assert (answer.status_code, answer.json()["code"]) == (403, "work_needed")
        page.send(proof_of_work=self._solved(page))

    def test_work_counts_once(self, page: Page) -> None:
        self._attack(page)
        done = self._solved(page)
        page.send(proof_of_work=done)
        answer = page.post("/comments", page.a_letter(proof_of_work=done))
        assert (answer.status_code, answer.json()["code"]) == (403, "work_wrong")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"solution": "wrong"},
            {"solution": ""},
            {"solution": "\t1"},
            {"challenge": "AAAA"},
            {"challenge": ""},
        ],
    )
    def test_work_that_solves_nothing_is_refused(self, page: Page, wrong: Json) -> None:
        self._attack(page)
        done = self._solved(page) | wrong
        answer = page.post("/comments", page.a_letter(proof_of_work=done))
        assert (answer.status_code, answer.json()["code"]) == (403, "work_wrong")

    def test_a_challenge_ends(self, page: Page, clock: Clock) -> None:
        self._attack(page)
        done = self._solved(page)
        letter = page.a_letter(proof_of_work=done)
        clock.pass_(minutes=10)
        letter["ticket"] = page.a_letter()["ticket"]
        assert page.post("/comments", letter).json()["code"] == "work_wrong"

    def test_an_attack_is_over_when_it_is(self, page: Page, redis_url: str) -> None:
        self._attack(page)
        with redis.Redis.from_url(redis_url) as client:
            assert 0 < client.pttl(f"parley:embed:attack:{page.site.id}") <= 600_000
            client.delete(f"parley:embed:attack:{page.site.id}")
        page.clock.pass_(minutes=1)
        page.send()

    def test_a_site_may_ask_for_work_always_or_never(self, page: Page, prefer: Prefer) -> None:
        prefer(proof_of_work="off")
        self._attack(page)
        page.send()

    def test_a_site_may_ask_for_work_always(self, page: Page, prefer: Prefer) -> None:
        prefer(proof_of_work="always")
        assert page.post("/comments", page.a_letter()).json()["code"] == "work_needed"
        page.send(proof_of_work=self._solved(page))


class TestOutcome:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"outcome_within": timedelta(minutes=1)})

    def test_the_answer_waits_for_the_outcome(
        self, page: Page, database: Database, decide: Decide
    ) -> None:
        def reject_it() -> None:
            for _ in range(5000):
                time.sleep(0.01)
                with database.transaction() as session:
                    found = session.scalar(select(Comment.id))
                if found is not None:
                    decide(found, Status.REJECTED)
                    return

        thread = threading.Thread(target=reject_it)
        thread.start()
        sent = page.send()
        thread.join()
        assert sent["status"] == "rejected"
        assert sent["edit_until"] is None
        assert "/statements/" in sent["statement_url"]
