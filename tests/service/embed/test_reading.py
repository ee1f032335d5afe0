"""What readers see: threads, replies, one comment, counts."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.comments.status import Status
from service.db import Database, new_id
from service.embed import reading, section
from service.embed.opened import OpenedSite
from service.embed.reading import Place, Sort
from service.settings import Embed
from service.sites import policy_texts
from service.sites.preferences import Preferences
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site
from tests.factories.comments import an_article, an_author
from tests.factories.sites import a_site
from tests.plans import indexes_of
from tests.service.embed.conftest import ARTICLE, Decide, Json, Page, Prefer

Publish = Callable[..., str]


@pytest.fixture
def publish(page: Page, decide: Decide) -> Publish:
    """Return what sends a comment and has it published."""

    def published(body: str, **changes: object) -> str:
        sent = page.send(body=body, **changes)
        decide(sent["id"], Status.APPROVED)
        return str(sent["id"])

    return published


def _threads(page: Page, **query: object) -> Json:
    answer = page.get("/comments", article=ARTICLE["id"], **query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _bodies(page: Page, **query: object) -> list[str | None]:
    return [each["body"] for each in _threads(page, **query)["items"]]


def test_an_article_that_nobody_commented_on_has_an_empty_list(page: Page) -> None:
    assert _threads(page) == {"items": [], "count": 0, "next": None}
    opened = page.opened()
    assert opened["article"] == {
        "id": ARTICLE["id"],
        "title": None,
        "url": None,
        "is_open": True,
    }
    assert opened["reaction"] == {"yes": 0, "no": 0}
    assert opened["comments"] == {"count": 0}


def test_only_published_comments_are_there(page: Page, decide: Decide) -> None:
    for status in (Status.PENDING, Status.HELD, Status.REJECTED, Status.WITHDRAWN):
        sent = page.send(body=status.value)
        if status is not Status.PENDING:
            decide(sent["id"], status)
    assert _bodies(page) == []


def test_a_comment_is_shown_with_what_readers_need_and_nothing_else(
    page: Page, publish: Publish
) -> None:
    which = publish("Hello.", author={"name": "Malika", "email": "malika@example.org"})
    [item] = _threads(page)["items"]
    assert item == {
        "id": which,
        "parent_id": None,
        "thread_id": which,
        "status": "approved",
        "author_name": "Malika",
        "body": "Hello.",
        "edited": False,
        "created_at": item["created_at"],
        "reply_count": 0,
        "replies": [],
        "replies_next": None,
    }


def test_lists_go_on_page_by_page_in_each_order(page: Page, publish: Publish) -> None:
    tops = [publish(f"{number}") for number in range(7)]
    for top, replies in ((1, 3), (4, 1), (5, 3)):
        for number in range(replies):
            publish(f"{top}.{number}", parent_id=tops[top])
    expected = {
        "newest": ["6", "5", "4", "3", "2", "1", "0"],
        "oldest": ["0", "1", "2", "3", "4", "5", "6"],
        "replies": ["5", "1", "4", "6", "3", "2", "0"],
    }
    for sort, bodies in expected.items():
        for limit in (1, 2, 3, 50):
            found: list[str | None] = []
            cursor: Json = {}
            for _ in range(10):
                answer = _threads(page, sort=sort, limit=limit, **cursor)
                assert answer["count"] == 14
                found += [each["body"] for each in answer["items"]]
                if answer["next"] is None:
                    break
                cursor = {"cursor": answer["next"]}
            assert found == bodies


def test_a_thread_has_its_first_replies_and_goes_on(page: Page, publish: Publish) -> None:
    top = publish("top")
    first = publish("1", parent_id=top)
    publish("1.1", parent_id=first)
    for number in range(2, 6):
        publish(f"{number}", parent_id=top)
    [thread] = _threads(page)["items"]
    assert thread["reply_count"] == 6
    assert [each["body"] for each in thread["replies"]] == ["1", "1.1", "2"]
    assert {each["thread_id"] for each in thread["replies"]} == {top}
    assert thread["replies"][1]["parent_id"] == first
    found = []
    cursor = thread["replies_next"]
    while cursor:
        answer = page.get(f"/comments/{top}/replies", cursor=cursor, limit=2).json()
        found += [each["body"] for each in answer["items"]]
        cursor = answer["next"]
    assert found == ["3", "4", "5"]
    everything = page.get(f"/comments/{top}/replies").json()
    assert [each["body"] for each in everything["items"]] == ["1", "1.1", "2", "3", "4", "5"]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.WITHDRAWN, Status.HELD])
def test_what_is_gone_keeps_a_place_above_published_replies(
    page: Page, publish: Publish, decide: Decide, status: Status
) -> None:
    top = publish("top", author={"name": "Malika"})
    middle = publish("middle", parent_id=top)
    below = publish("below", parent_id=middle)
    decide(top, status)
    decide(middle, status)
    [thread] = _threads(page)["items"]
    for gone in (thread, thread["replies"][0]):
        assert (gone["status"], gone["body"], gone["author_name"]) == (status.value, None, None)
    assert thread["replies"][1]["body"] == "below"
    assert thread["reply_count"] == 1
    for sort in Sort:
        assert len(_threads(page, sort=sort.value)["items"]) == (sort is not Sort.REPLIES or 1)
    decide(below, Status.REJECTED)
    assert _threads(page) == {"items": [], "count": 0, "next": None}


def test_readers_see_the_earlier_text_while_an_edit_waits(page: Page, decide: Decide) -> None:
    sent = page.send(body="Before.")
    decide(sent["id"], Status.APPROVED)
    page.call("PUT", f"/comments/{sent['id']}", json={"token": sent["token"], "body": "After."})
    [item] = _threads(page)["items"]
    assert (item["status"], item["body"], item["edited"]) == ("approved", "Before.", False)
    decide(sent["id"], Status.APPROVED)
    [item] = _threads(page)["items"]
    assert (item["status"], item["body"], item["edited"]) == ("approved", "After.", True)


def test_a_link_to_one_comment_leads_to_its_place(page: Page, publish: Publish) -> None:
    top = publish("top")
    middle = publish("middle", parent_id=top)
    publish("aside", parent_id=top)
    below = publish("below", parent_id=middle)
    thread = page.get(f"/comments/{below}").json()["thread"]
    assert thread["body"] == "top"
    assert [each["body"] for each in thread["replies"]] == ["middle", "below"]
    assert thread["reply_count"] == 3
    thread = page.get(f"/comments/{top}").json()["thread"]
    assert (thread["body"], thread["replies"]) == ("top", [])


def test_a_link_to_what_is_not_public_leads_nowhere(
    page: Page, elsewhere: Page, publish: Publish, decide: Decide
) -> None:
    which = publish("top")
    assert elsewhere.get(f"/comments/{which}").status_code == 404
    assert elsewhere.get(f"/comments/{which}/replies").json()["items"] == []
    decide(which, Status.REJECTED)
    answer = page.get(f"/comments/{which}")
    assert (answer.status_code, answer.json()["code"]) == (404, "comment_not_found")
    assert page.get(f"/comments/{uuid4()}").status_code == 404


def test_another_sites_article_of_the_same_id_is_another(elsewhere: Page, publish: Publish) -> None:
    publish("ours")
    assert _bodies(elsewhere) == []


def test_counts_of_many_articles_come_in_one_answer(page: Page, publish: Publish) -> None:
    publish("1")
    publish("2")
    publish("3", article={**ARTICLE, "id": "a/b?c&d"})
    answer = page.get("/counts", article=[ARTICLE["id"], "a/b?c&d", "unheard of"])
    assert answer.json() == {"counts": {ARTICLE["id"]: 2, "a/b?c&d": 1, "unheard of": 0}}


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("/comments", {}, "/article"),
        ("/comments", {"article": ""}, "/article"),
        ("/comments", {"article": "x" * 256}, "/article"),
        ("/comments", {"article": "a\nb"}, "/article"),
        ("/comments", {"article": "a", "sort": "best"}, "/sort"),
        ("/comments", {"article": "a", "limit": 0}, "/limit"),
        ("/comments", {"article": "a", "limit": 51}, "/limit"),
        ("/comments", {"article": "a", "cursor": "x"}, "/cursor"),
        ("/comments", {"article": "a", "cursor": "ж"}, "/cursor"),
        ("/comments", {"article": "a", "cursor": "x" * 65}, "/cursor"),
        ("/article", {"article": "a", "lang": "tlh"}, "/lang"),
        ("/article", {}, "/article"),
        ("/counts", {}, "/article"),
        ("/counts", {"article": [str(number) for number in range(101)]}, "/article"),
        ("/comments/x", {}, "/comment_id"),
        ("/comments/x/replies", {}, "/comment_id"),
        ("/comments/00000000-0000-7000-8000-000000000000/replies", {"limit": 101}, "/limit"),
        ("/comments/00000000-0000-7000-8000-000000000000/replies", {"cursor": "x"}, "/cursor"),
    ],
)
def test_a_wrong_wish_is_refused_with_what_would_be_right(
    page: Page, path: str, query: Json, pointer: str
) -> None:
    answer = page.get(path, **query)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


def test_a_cursor_that_counts_further_than_anybody_can_is_none(page: Page) -> None:
    cursor = Place(1 << 31, UUID(int=0)).encode(Sort.REPLIES)
    answer = page.get("/comments", article=ARTICLE["id"], sort="replies", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


def test_a_cursor_of_another_order_is_none(page: Page, publish: Publish) -> None:
    publish("1")
    publish("2")
    cursor = _threads(page, limit=1)["next"]
    answer = page.get("/comments", article=ARTICLE["id"], sort="oldest", cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


class TestSection:
    def test_the_form_is_as_the_site_wants_it(self, page: Page, prefer: Prefer) -> None:
        prefer(edit_window=60, withdraw_window=0, thinks_twice=False, email="off")
        opened = page.opened()
        assert opened["form"] == {
            "ticket": opened["form"]["ticket"],
            "seconds_to_write": 3.0,
            "proof_of_work": None,
            "required": ["name", "body"],
            "email": "off",
            "max_chars": 1500,
            "name_max_chars": 100,
            "email_max_chars": 254,
        }
        assert (opened["edit_seconds"], opened["withdraw_seconds"]) == (60, 0)
        assert opened["thinks_twice"] is False
        assert opened["languages"] == ["en", "ru", "uz-Latn", "uz-Cyrl", "kk"]
        assert "spam" in opened["report_reasons"]

    def test_the_policy_comes_in_the_nearest_language_as_safe_html(
        self, page: Page, database: Database
    ) -> None:
        with database.transaction() as session:
            for language, written in (
                (ReaderLanguage.ENGLISH, "Be kind."),
                (ReaderLanguage.UZBEK_LATIN, "**Odobli** <script>x()</script> [x](javascript:x())"),
            ):
                policy_texts.save(
                    session, page.site.id, language, written, saved_by="t", now=page.clock.now
                )

        def policy(language: str) -> Json:
            answer = page.get("/article", article="a", lang=language)
            found: Json = answer.json()["policy"]
            return found

        assert policy("kk")["language"] == "en"
        uzbek = policy("uz-Cyrl")
        assert (uzbek["language"], uzbek["version"]) == ("uz-Latn", "uz-Latn:1")
        assert "<strong>Odobli</strong>" in uzbek["html"]
        assert "<script" not in uzbek["html"]
        assert "href" not in uzbek["html"]

    def test_without_a_policy_there_is_none(self, page: Page) -> None:
        assert page.opened()["policy"] is None


class TestShared:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"shared_for": timedelta(minutes=5)})

    def test_what_was_just_answered_is_not_worked_out_again(
        self, page: Page, publish: Publish
    ) -> None:
        publish("1")
        assert _bodies(page) == ["1"]
        publish("2")
        assert _bodies(page) == ["1"]
        assert _bodies(page, sort="oldest") == ["1", "2"]

    def test_a_browser_that_has_it_is_told_so(self, page: Page, publish: Publish) -> None:
        publish("1" * 1200)
        first = page.get("/comments", article=ARTICLE["id"])
        assert first.headers["content-encoding"] == "gzip"
        assert first.headers["cache-control"] == "public, max-age=0, s-maxage=300"
        again = page.call(
            "GET",
            "/comments",
            params={"article": ARTICLE["id"]},
            headers={"If-None-Match": first.headers["etag"]},
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        plain = page.call(
            "GET",
            "/comments",
            params={"article": ARTICLE["id"]},
            headers={"Accept-Encoding": "identity"},
        )
        assert "content-encoding" not in plain.headers
        assert plain.json() == first.json()

    def test_what_is_not_there_is_asked_for_again(self, page: Page, decide: Decide) -> None:
        sent = page.send()
        assert page.get(f"/comments/{sent['id']}").status_code == 404
        decide(sent["id"], Status.APPROVED)
        assert page.get(f"/comments/{sent['id']}").status_code == 200


class TestPlans:
    """Lists are read by their indexes, however many comments there are."""

    @pytest.mark.parametrize(
        ("sort", "indexes"),
        [
            (Sort.NEWEST, {"comments_top_idx"}),
            (Sort.OLDEST, {"comments_top_idx"}),
            (Sort.REPLIES, {"comments_top_idx", "threads_most_replies_idx"}),
        ],
    )
    def test_a_page_of_threads(self, session: Session, sort: Sort, indexes: set[str]) -> None:
        site = self._crowded(session)
        asked = reading.threads(site.id, "a7", sort=sort, after=None, most=25)
        found = indexes_of(session, asked.statement, **asked.given)
        assert indexes | {"comments_thread_idx", "articles_site_id_external_id_key"} <= found

    def test_replies(self, session: Session) -> None:
        site = self._crowded(session)
        asked = reading.replies(site.id, new_id(), after=None, most=50)
        assert "comments_thread_idx" in indexes_of(session, asked.statement, **asked.given)

    def test_counts(self, session: Session) -> None:
        site = self._crowded(session)
        opened = OpenedSite("pk_x", (), site.id, "News", (), Preferences())
        asked = section.counts(opened, ["a", "b"])
        found = indexes_of(session, asked.statement, **asked.given)
        assert found == {"articles_site_id_external_id_key"}

    def _crowded(self, session: Session) -> Site:
        """Store forty articles with 250 comments each; two of five are replies."""
        site = a_site()
        session.add(site)
        session.flush()
        articles = [an_article(site, external_id=f"a{number}") for number in range(40)]
        author = an_author(site)
        session.add_all([*articles, author])
        session.flush()
        given: Json = {"articles": [each.id for each in articles]}
        given |= {"site": site.id, "author": author.id}
        session.execute(_FILL, given)
        session.execute(_COUNT)
        session.execute(text("ANALYZE comments, threads, articles"))
        return site


_FILL = text("""
    WITH tops AS (
        INSERT INTO comments (id, site_id, article_id, author_id, fingerprint, author_name, body,
            revision, public_revision, has_replies, status, urgency, score_wanted, created_at)
        SELECT uuidv7(n * interval '1 second'), :site, article, :author, '', 'Ali', 'Hello.',
            1, 1, n % 3 = 0, 'approved', 0.0, false, now()
        FROM unnest(CAST(:articles AS uuid[])) AS article, generate_series(1, 150) AS n
        RETURNING id, article_id, has_replies
    )
    INSERT INTO comments (id, site_id, article_id, author_id, fingerprint, author_name, body,
        parent_id, thread_id,
        revision, public_revision, has_replies, status, urgency, score_wanted, created_at)
    SELECT uuidv7(n * interval '1 hour'), :site, article_id, :author, '', 'Ali', 'Hello.', id, id,
        1, 1, false, 'approved', 0.0, false, now()
    FROM tops, generate_series(1, 2) AS n WHERE has_replies
""")
_COUNT = text("""
    INSERT INTO threads (comment_id, article_id, reply_count)
    SELECT thread_id, article_id, count(*) FROM comments WHERE thread_id IS NOT NULL GROUP BY 1, 2
""")
