"""The section as a page of its own, without JavaScript."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import func, select, update

from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import Database
from service.embed import work
from service.reports.tables import Notice, Report
from service.settings import Embed
from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from tests.service.embed.conftest import ARTICLE, Clock, Decide, Page, Prefer, comment_of
from tests.service.embed.injections import INJECTIONS, Shown

OURS = "http://testserver"
ADDRESS = f"{OURS}/embed/articles/2026%2F11%2Fborder-treaty"
NAMED = {"title": ARTICLE["title"], "url": ARTICLE["url"]}


def read(page: Page, address: str = ADDRESS, **query: str | None) -> Response:
    """Open the page, as a browser would."""
    wishes = {"site": page.key, "lang": "en", **NAMED, **query}
    headers = {"X-Forwarded-For": page.address}
    if "?" in address:
        return page.client.get(address, headers=headers)
    given = {name: value for name, value in wishes.items() if value is not None}
    return page.client.get(address, params=given, headers=headers)


def fields_of(answer: Response, form: str = "comment") -> dict[str, str]:
    """Return the hidden fields of the page's form."""
    found = Shown(answer.text).elements
    hidden = {
        a["name"] or "": a["value"] or ""
        for tag, a in found
        if tag == "input" and a.get("type") == "hidden"
    }
    assert hidden["form"] == form
    return hidden


def send(
    page: Page,
    typed: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    **wishes: str,
) -> Response:
    """Open the page, write for a minute, and send what was typed."""
    form = str(typed.get("form", "comment"))
    opened = read(page, **wishes)
    assert opened.status_code == 200
    fields = fields_of(opened, form) | dict(typed)
    page.clock.pass_(minutes=1)
    action = next(a["action"] for tag, a in Shown(opened.text).elements if tag == "form")
    by = {"Origin": OURS, "Sec-Fetch-Site": "same-origin", "X-Forwarded-For": page.address}
    return page.client.post(
        urljoin(f"{ADDRESS}?{opened.url.query.decode()}", action or ""),
        data=fields,
        headers=by | dict(headers or {}),
        follow_redirects=False,
    )


def go_on(page: Page, answer: Response) -> Response:
    assert answer.status_code == 303, answer.text
    return read(page, urljoin(ADDRESS, answer.headers["location"]))


@pytest.mark.parametrize("language", list(ReaderLanguage))
def test_it_speaks_each_language(page: Page, language: ReaderLanguage) -> None:
    answer = read(page, lang=language.value)
    assert answer.status_code == 200
    assert f'<html lang="{language.value}">' in answer.text
    words = {
        ReaderLanguage.ENGLISH: ("0 comments", "Denotes required field"),
        ReaderLanguage.RUSSIAN: ("0 комментариев", "Обязательное поле"),
        ReaderLanguage.UZBEK_LATIN: ("0 ta izoh", "Izoh yozish"),
        ReaderLanguage.UZBEK_CYRILLIC: ("0 та изоҳ", "Изоҳ ёзиш"),
        ReaderLanguage.KAZAKH: ("0 пікір", "Пікір жазу"),
    }
    for each in words[language]:
        assert each.lower() in Shown(answer.text).text.lower()


def test_the_form_below_the_comments_is_one_step_away_while_it_is_there(
    page: Page, decide: Decide
) -> None:
    assert 'href="#write"' in read(page).text
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    assert 'href="#write"' not in read(page, report=top["id"]).text


def test_no_script_may_run_and_no_other_page_may_frame_it(page: Page) -> None:
    answer = read(page)
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    names = {name for _, names in Shown(answer.text).skeleton for name in names}
    assert not names & {"style", "onclick", "onload"}
    assert "script" not in {tag for tag, _ in Shown(answer.text).elements}


def test_a_comment_is_sent_and_its_author_sees_how_it_stands(
    page: Page, database: Database, decide: Decide
) -> None:
    answer = send(page, {"name": "Malika", "body": "Bir\r\nikki."})
    shown = go_on(page, answer)
    assert "Your comment: Waiting for review" in Shown(shown.text).text
    assert "Bir\nikki." in Shown(shown.text).text
    with database.transaction() as session:
        stored = session.scalars(select(Comment)).one()
    assert (stored.body, stored.author_name, stored.language_hint) == ("Bir\nikki.", "Malika", "en")
    decide(stored.id, Status.REJECTED)
    shown = go_on(page, answer)
    assert "Your comment: Not published" in Shown(shown.text).text
    assert "/statements/" in shown.text


def test_a_form_that_is_sent_twice_makes_one_comment(page: Page, database: Database) -> None:
    opened = read(page)
    fields = fields_of(opened) | {"name": "Malika", "body": "Once."}
    page.clock.pass_(minutes=1)
    for _ in range(2):
        answer = page.client.post(
            str(opened.url), data=fields, headers={"Origin": OURS}, follow_redirects=False
        )
        assert answer.status_code == 303
    with database.transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 1


def test_a_receipt_gives_no_right_to_change_anything(page: Page) -> None:
    answer = send(page, {"name": "Malika", "body": "Mine."})
    shown = go_on(page, answer)
    comment_id = re.search(r"receipt=([\w-]+)", answer.headers["location"])
    assert comment_id is not None
    assert "X-Reader-Token" not in shown.text
    assert page.post("/own", {"comments": []}).status_code == 422
    broken = answer.headers["location"].replace("receipt=A", "receipt=B")
    assert "Mine." not in read(page, urljoin(ADDRESS, broken)).text


def test_a_receipt_is_good_for_thirty_days(page: Page, clock: Clock) -> None:
    answer = send(page, {"name": "Malika", "body": "Mine."})
    clock.pass_(days=29)
    assert "Mine." in go_on(page, answer).text
    clock.pass_(days=1)
    assert "Mine." not in go_on(page, answer).text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": "", "body": "x"}, "name", "Write a name of at most 100 characters."),
        ({"name": "A", "body": " "}, "body", "Write something first."),
        ({"name": "A", "body": "x" * 1501}, "body", "Your comment is too long."),
        (
            {"name": "A", "body": "x", "email": "nobody"},
            "email",
            "Write an e-mail address, such as name@example.org.",
        ),
        (
            {"name": "A", "body": "x", "website": "spam"},
            "website",
            "A hidden field was filled in, as programs do. Load the page again.",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    page: Page, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = send(page, typed)
    assert answer.status_code == 422
    shown = Shown(answer.text)
    assert shown.text.count(sentence) >= 1
    links = [a.get("href") for tag, a in shown.elements if tag == "a"]
    assert f"#{field}" in links
    inputs = {a["name"]: a for tag, a in shown.elements if tag == "input" and a.get("name")}
    assert inputs["name"]["value"] == typed["name"]
    if field != "website":
        wrong = next(a for tag, a in shown.elements if a.get("id") == field)
        assert wrong["aria-invalid"] == "true"
        assert f"{field}-wrong" in (wrong["aria-describedby"] or "")
    if typed["body"].strip():
        assert typed["body"] in shown.text


def test_the_form_says_how_much_is_left_and_how_much_is_too_much(page: Page) -> None:
    assert "1,500 characters left" in Shown(read(page).text).text
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    much = Shown(send(page, {"name": "A", "body": family * 300 + "x" * 3}).text).text
    assert "3 characters too many" in much
    some = Shown(send(page, {"name": "", "body": "и\u0306" * 10}).text).text
    assert "1,490 characters left" in some


def test_after_a_mistake_the_same_form_can_be_sent_at_once(page: Page) -> None:
    refused = send(page, {"name": "", "body": "x"})
    fields = fields_of(refused) | {"name": "Malika", "body": "x"}
    answer = page.client.post(
        str(refused.url), data=fields, headers={"Origin": OURS}, follow_redirects=False
    )
    assert answer.status_code == 303


def test_a_form_that_was_open_too_long_gets_another_ticket(page: Page, clock: Clock) -> None:
    opened = read(page)
    fields = fields_of(opened) | {"name": "Malika", "body": "A long thought."}
    clock.pass_(days=2)
    answer = page.client.post(str(opened.url), data=fields, headers={"Origin": OURS})
    assert answer.status_code == 422
    assert "A long thought." in answer.text
    assert fields_of(answer)["ticket"] != fields["ticket"]
    clock.pass_(seconds=5)
    again = page.client.post(
        str(opened.url),
        data=fields | fields_of(answer),
        headers={"Origin": OURS},
        follow_redirects=False,
    )
    assert again.status_code == 303


def test_who_was_too_fast_sends_the_same_again(page: Page, clock: Clock) -> None:
    opened = read(page)
    fields = fields_of(opened) | {"name": "Malika", "body": "Quick."}
    answer = page.client.post(str(opened.url), data=fields, headers={"Origin": OURS})
    assert answer.status_code == 429
    assert "Wait a moment and send it again" in Shown(answer.text).text
    assert fields_of(answer)["ticket"] == fields["ticket"]
    clock.pass_(seconds=5)
    again = page.client.post(
        str(opened.url), data=fields, headers={"Origin": OURS}, follow_redirects=False
    )
    assert again.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://news.example", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_sites_page_cannot_send_the_form(
    page: Page, database: Database, headers: dict[str, str]
) -> None:
    answer = send(page, {"name": "Malika", "body": "x"}, headers=headers)
    assert answer.status_code == 403
    with database.transaction() as session:
        assert session.scalar(select(func.count(Comment.id))) == 0


@pytest.mark.parametrize(
    "typed",
    [
        {"form": "report", "reason": "insult", "words": "Look at it."},
        {"form": "notice", "law": "174", "explanation": "Look at it.", "good_faith": "yes"},
    ],
    ids=["report", "notice"],
)
def test_one_address_says_so_much_against_comments_in_a_minute(
    page: Page, decide: Decide, typed: dict[str, str]
) -> None:
    """As much as by the section's script, and counted together with that."""
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    by_script: dict[str, object] = {
        "reason": "insult",
        "reader": "7f0c2a52-7c9b-4a35-8c3d-4d2f6b1f9a10",
    }
    if typed["form"] == "notice":
        by_script = {"law": "174", "explanation": "Look at it.", "good_faith": True}
    page.post(f"/comments/{top['id']}/{typed['form']}s", by_script)
    for _ in range(4):
        assert send(page, typed, **{typed["form"]: top["id"]}).status_code == 303
    refused = send(page, typed, **{typed["form"]: top["id"]})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Look at it." in refused.text, "what was typed is kept"


class TestUnderAttack:
    @pytest.fixture
    def embed(self, embed: Embed) -> Embed:
        return embed.model_copy(update={"attack_from": 1})

    def test_a_browser_without_script_is_told_what_it_can_do(self, page: Page) -> None:
        answer = send(page, {"name": "Malika", "body": "Kept."})
        assert answer.status_code == 403
        assert "turn on JavaScript" in Shown(answer.text).text
        assert "Kept." in answer.text
        assert work.SOLUTION_MAX_CHARS == 32


def test_published_comments_are_listed_with_their_replies(
    page: Page, decide: Decide, database: Database
) -> None:
    top = page.send(author={"name": "Malika"}, body="First.")
    reply = page.send(author={"name": "Ali"}, body="Second.", parent_id=top["id"])
    page.send(author={"name": "Nobody"}, body="Unseen.")
    decide(top["id"], Status.APPROVED)
    decide(reply["id"], Status.APPROVED)
    text = Shown(read(page).text).text
    assert "2 comments" in text
    assert text.index("Malika") < text.index("First.") < text.index("Ali") < text.index("Second.")
    assert "Unseen." not in text
    decide(top["id"], Status.REJECTED)
    text = Shown(read(page).text).text
    assert "This comment was removed by the moderators." in text
    assert "First." not in text
    assert "Second." in text
    with database.transaction() as session:
        assert comment_of(session, reply).thread_id == UUID(top["id"])


def test_a_long_discussion_and_a_long_list_go_on(page: Page, decide: Decide) -> None:
    top = page.send(body="Top.")
    decide(top["id"], Status.APPROVED)
    for number in range(5):
        reply = page.send(body=f"Reply {number}.", parent_id=top["id"])
        decide(reply["id"], Status.APPROVED)
    answer = read(page)
    assert "Reply 2." in answer.text
    assert "Reply 3." not in answer.text
    links = [a["href"] or "" for tag, a in Shown(answer.text).elements if tag == "a"]
    whole = next(each for each in links if "thread=" in each)
    assert "Reply 4." in read(page, urljoin(ADDRESS, whole)).text


def test_a_reply_is_written_to_the_comment_that_was_chosen(
    page: Page, decide: Decide, database: Database
) -> None:
    top = page.send(author={"name": "Ali"}, body="Top.")
    decide(top["id"], Status.APPROVED)
    opened = read(page, reply=top["id"])
    assert "Reply to Ali" in Shown(opened.text).text
    go_on(page, send(page, {"name": "Malika", "body": "Below."}, reply=top["id"]))
    with database.transaction() as session:
        below = session.scalars(select(Comment).where(Comment.body == "Below.")).one()
    assert below.parent_id == UUID(top["id"])


def test_a_comment_is_reported_once_from_one_address(
    page: Page, decide: Decide, database: Database
) -> None:
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    report = {"form": "report", "reason": "insult", "words": "Look at it."}
    for _ in range(2):
        shown = go_on(page, send(page, report, report=top["id"]))
        assert "The moderators will see your report." in Shown(shown.text).text
    go_on(page, send(replace(page, address="198.51.100.9"), report, report=top["id"]))
    with database.transaction() as session:
        assert session.scalar(select(func.count(Report.id))) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose what is wrong with it."),
        ({"reason": "dislike"}, "Choose what is wrong with it."),
        ({"reason": "spam", "words": "x" * 501}, "That did not work."),
    ],
)
def test_a_report_that_says_nothing_is_refused(
    page: Page, decide: Decide, typed: dict[str, str], sentence: str
) -> None:
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    answer = send(page, {"form": "report", **typed}, report=top["id"])
    assert answer.status_code == 422
    assert sentence in Shown(answer.text).text


def test_a_notice_leads_to_its_receipt(page: Page, decide: Decide, database: Database) -> None:
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    typed = {
        "form": "notice",
        "law": "Criminal code, 130",
        "explanation": "It calls for violence.",
        "good_faith": "yes",
    }
    answer = send(page, typed, notice=top["id"], lang="ru")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/notices/")
    with database.transaction() as session:
        stored = session.scalars(select(Notice)).one()
    assert (stored.law, stored.language) == ("Criminal code, 130", "ru")


def test_a_notice_without_good_faith_is_refused_and_kept(page: Page, decide: Decide) -> None:
    top = page.send(body="Bad.")
    decide(top["id"], Status.APPROVED)
    typed = {"form": "notice", "law": "", "explanation": "It calls for violence."}
    answer = send(page, typed, notice=top["id"])
    assert answer.status_code == 422
    assert "It calls for violence." in answer.text
    assert "Confirm that you send this notice in good faith." in Shown(answer.text).text


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"site": "pk_AAAAAAAAAAAAAAAAAAAAAA"}, 404, "Comments are not set up for this page."),
        ({"site": "no key"}, 404, "Comments are not set up for this page."),
        ({"site": None}, 404, "Comments are not set up for this page."),
        ({"reply": "00000000-0000-7000-8000-000000000000"}, 404, "This comment is no longer there"),
        ({"thread": "00000000-0000-7000-8000-000000000000"}, 404, "This comment is no longer"),
        ({"report": "00000000-0000-7000-8000-000000000000"}, 404, "This comment is no longer"),
    ],
)
def test_what_is_not_there_is_said_on_a_page(
    page: Page, changes: dict[str, Any], status: int, sentence: str
) -> None:
    answer = read(page, **changes)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert sentence in Shown(answer.text).text


@pytest.mark.parametrize(
    "changes",
    [
        {"lang": "tlh"},
        {"sort": "best"},
        {"cursor": "x"},
        {"thread": "x"},
        {"reply": "x"},
        {"receipt": "x"},
        {"receipt": "ж"},
        {"done": "<script>"},
    ],
)
def test_wishes_that_say_nothing_are_not_heeded(page: Page, changes: dict[str, str]) -> None:
    page.send()
    assert read(page, **changes).status_code == 200


@pytest.mark.parametrize("url", [None, "https://elsewhere.example/", "javascript:alert(1)", "x"])
def test_an_article_that_nobody_knows_takes_comments_only_by_its_own_address(
    page: Page, url: str | None
) -> None:
    answer = read(page, url=url)
    assert answer.status_code == 200
    shown = Shown(answer.text)
    assert "form" not in {tag for tag, _ in shown.elements}
    assert "come here by the link under the article" in shown.text
    assert url is None or url not in [a.get("href") for tag, a in shown.elements]


def test_an_article_whose_address_the_site_gave_takes_comments_wherever_it_lies(
    page: Page, database: Database
) -> None:
    page.send()
    with database.transaction() as session:
        session.execute(update(Article).values(url="https://www.elsewhere.example/2026"))
    gone = send(page, {"name": "Malika", "body": "From the plain page."}, url="", title="")
    assert "From the plain page." in Shown(go_on(page, gone).text).text
    with database.transaction() as session:
        assert session.scalars(select(Article.url)).one() == "https://www.elsewhere.example/2026"


def test_a_closed_article_says_so_and_an_email_is_asked_for_as_the_site_wishes(
    page: Page, prefer: Prefer
) -> None:
    prefer(email="off")
    assert 'name="email"' not in read(page).text


def test_the_comment_policy_is_shown_and_its_version_is_kept(
    page: Page, database: Database
) -> None:
    with database.transaction() as session:
        policy_texts.save(
            session,
            page.site.id,
            ReaderLanguage.RUSSIAN,
            "# Правила\n\nПишите **вежливо**. <b>Всё.</b>",
            saved_by="test",
            now=page.clock.now,
        )
    answer = read(page, lang="ru")
    assert "<strong>вежливо</strong>" in answer.text
    assert "&lt;b&gt;Всё.&lt;/b&gt;" in answer.text
    go_on(page, send(page, {"name": "Малика", "body": "Хорошо."}, lang="ru"))
    with database.transaction() as session:
        assert session.scalars(select(Comment)).one().policy_shown == "ru:1"


def test_whatever_is_typed_is_text(page: Page, decide: Decide, database: Database) -> None:
    plain = page.send(author={"name": "N"}, body="T")
    decide(plain["id"], Status.APPROVED)
    expected = Shown(read(page).text).skeleton
    with database.transaction() as session:
        which = comment_of(session, plain).id
    for typed in INJECTIONS:
        with database.transaction() as session:
            comment = session.get_one(Comment, which)
            comment.body = comment.author_name = typed
        answer = read(page, title=typed)
        shown = Shown(answer.text)
        assert shown.skeleton == expected
        assert shown.text.count(typed) >= 2


def test_whatever_is_typed_stays_in_the_form_as_text(page: Page) -> None:
    wrong = {"name": "", "body": " ", "website": "x", "email": "x"}
    expected = Shown(send(page, wrong).text).skeleton
    for typed in INJECTIONS[::4]:
        answer = send(page, {"name": typed, "body": typed, "website": "x", "email": typed})
        shown = Shown(answer.text)
        assert "script" not in {tag for tag, _ in shown.elements}
        assert len(shown.skeleton) <= len(expected)
        assert typed in shown.text
