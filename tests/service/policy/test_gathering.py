"""What is gathered of a comment: only what the policy asks, and as it was when it was sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.articles.tables import Article
from service.authors import actions as authors
from service.authors.sanction_kind import SanctionKind
from service.authors.tables import Author
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.policy import actions as policies
from service.policy import article_modes, copy_counts, in_force
from service.policy.document import PolicyDocument
from service.policy.evidence import CopyCounts, Counted, Evidence
from service.policy.floods import FloodCounter
from service.policy.gathering import Subject, gather
from service.policy.tables import PreModeratedArticle, TextFingerprint
from service.sites.tables import Site
from tests.factories.comments import CommentChanges, a_comment, an_article, an_author
from tests.factories.sites import a_site

TEXT = "Buy the best pills in the whole world here and now, my friends, and be happy."


class Desk:
    """A site with an article and authors, whose comments are looked at."""

    def __init__(self, session: Session, floods: FloodCounter, now: datetime) -> None:
        self.session, self.floods, self.now = session, floods, now
        self.site: Site = a_site()
        session.add(self.site)
        session.flush()
        self.article: Article = an_article(self.site)
        self.author: Author = self.another("malika")
        self.article.created_at = now - timedelta(days=20)
        session.add(self.article)
        session.flush()

    def another(self, name: str) -> Author:
        author = an_author(self.site, name=name, identity=f"id:{name}")
        author.external_id = name
        self.session.add(author)
        self.session.flush()
        return author

    def asks(self, **parts: object) -> None:
        document = PolicyDocument.model_validate({"thresholds": {}, **parts})
        policies.save(
            self.session, self.site.id, document, note="a try", saved_by="site", now=self.now
        )

    def comment(
        self,
        body: str = TEXT,
        *,
        author: Author | None = None,
        at: timedelta = timedelta(0),
        network: str | None = None,
        status: Status = Status.PENDING,
    ) -> Comment:
        changes: CommentChanges = {
            "id": new_id(),
            "body": body,
            "created_at": self.now + at,
            "status": status,
        }
        comment = a_comment(self.article, author or self.author, **changes)
        comment.reader_network = network
        self.session.add(comment)
        self.session.flush()
        return comment

    def evidence(self, *comments: Comment) -> list[Evidence]:
        subjects = [
            Subject(
                comment_id=each.id,
                site_id=each.site_id,
                article_id=each.article_id,
                author_id=each.author_id,
                body=each.body,
                approved=0,
                rejected=1,
                scores={Label.SPAM: 0.1},
                language=Language.ENGLISH,
                language_probability=0.99,
            )
            for each in comments
        ]
        rules = in_force.by_site(self.session, [self.site.id], model_version_id=None)
        return gather(self.session, subjects, rules, floods=self.floods, now=self.now)

    def stored(self, table: type[PreModeratedArticle | TextFingerprint]) -> int:
        return self.session.scalars(select(func.count()).select_from(table)).one()


@pytest.fixture
def desk(session: Session, redis_url: str, now: datetime) -> Iterator[Desk]:
    floods = FloodCounter(redis_url)
    yield Desk(session, floods, now)
    floods.close()


def test_without_a_policy_that_asks_nothing_is_read_or_kept(desk: Desk) -> None:
    [found] = desk.evidence(desk.comment("http://bad.example"))
    assert found.text is None
    assert (found.copies, dict(found.floods)) == (CopyCounts(), {})
    assert desk.stored(TextFingerprint) == 0


def test_words_and_links_are_read_where_the_policy_has_rules_for_them(desk: Desk) -> None:
    desk.asks(words={"listed": [{"word": "pills", "kind": "suspect"}]}, links={"most": 0})
    [found] = desk.evidence(desk.comment("Buy p1lls at bad-shop.com, WRITE +998901234567"))
    assert found.text is not None
    assert [match.as_written for match in found.text.words] == ["p1lls"]
    assert [link.host for link in found.text.links] == ["bad-shop.com"]
    assert (found.text.contacts, found.text.longest_run) == ((), 0)


def test_a_sanction_is_found_until_it_ends_or_is_lifted(desk: Desk, now: datetime) -> None:
    comment = desk.comment()
    assert desk.evidence(comment)[0].author.sanction is None
    authors.lay_sanction(
        desk.session,
        desk.author,
        SanctionKind.SUSPENDED,
        until=now + timedelta(hours=1),
        why="insults",
        laid_by="Aziza",
        now=now,
    )
    assert desk.evidence(comment)[0].author.sanction is SanctionKind.SUSPENDED
    desk.now = now + timedelta(hours=2)
    assert desk.evidence(comment)[0].author.sanction is None
    authors.lay_sanction(
        desk.session, desk.author, SanctionKind.BANNED, why="again", laid_by="Aziza", now=desk.now
    )
    assert desk.evidence(comment)[0].author.sanction is SanctionKind.BANNED
    assert authors.lift_sanction(desk.session, desk.author, lifted_by="Timur", now=desk.now)
    assert desk.evidence(comment)[0].author.sanction is None


def test_the_same_text_is_counted_within_its_window_and_disguises_do_not_help(desk: Desk) -> None:
    desk.asks(copies={"within_hours": 1, "exact": 5, "near": None})
    old = desk.comment(at=timedelta(hours=-2))
    first, second = desk.comment(), desk.comment(TEXT.replace("a", "а"), author=desk.another("b"))
    desk.evidence(old)
    counted = desk.evidence(first, second)
    assert [each.copies.exact for each in counted] == [1, 2]
    assert [each.copies.exact for each in desk.evidence(second)] == [2]


def test_a_text_that_is_nearly_the_same_is_counted_as_near(desk: Desk) -> None:
    desk.asks(copies={"exact": None, "near": 3, "resemblance": 0.6})
    changed = [TEXT + " Really.", TEXT.replace("friends", "friend"), "A quite different text." * 3]
    found = desk.evidence(desk.comment(), *map(desk.comment, changed))
    assert [each.copies.near for each in found] == [1, 2, 3, 1]


def test_short_texts_are_alike_by_chance(desk: Desk) -> None:
    desk.asks(copies={"min_chars": 20})
    found = desk.evidence(desk.comment("Thanks!"), desk.comment("Thanks!"))
    assert [each.copies for each in found] == [CopyCounts(), CopyCounts()]


def test_fingerprints_are_forgotten_when_no_policy_can_ask(desk: Desk, now: datetime) -> None:
    desk.asks(copies={})
    desk.evidence(desk.comment())
    copy_counts.forget_old(desk.session, now=now + timedelta(days=29))
    assert desk.stored(TextFingerprint) == 1
    copy_counts.forget_old(desk.session, now=now + timedelta(days=31))
    assert desk.stored(TextFingerprint) == 0


def test_floods_are_counted_by_author_network_and_article_as_they_were_sent(desk: Desk) -> None:
    window = {"most": 2, "minutes": 1}
    desk.asks(floods={"author": window, "network": window, "article": window})
    other = desk.another("timur")
    comments = [
        desk.comment(at=timedelta(seconds=0), network="n"),
        desk.comment(at=timedelta(seconds=20), network="n"),
        desk.comment(at=timedelta(seconds=40), network="n", author=other),
        desk.comment(at=timedelta(seconds=70)),
    ]
    found = [dict(each.floods) for each in desk.evidence(*comments)]
    counted = (Counted.AUTHOR, Counted.NETWORK, Counted.ARTICLE)
    assert [tuple(each.get(by, 0) for by in counted) for each in found] == [
        (1, 1, 1),
        (2, 2, 2),
        (1, 3, 3),
        (2, 0, 3),
    ]


def test_counting_twice_counts_once(desk: Desk) -> None:
    desk.asks(floods={"author": {"most": 2, "minutes": 1}})
    comment = desk.comment()
    for _ in range(3):
        [found] = desk.evidence(comment)
    assert found.floods == {Counted.AUTHOR: 1}


def test_a_backlog_that_is_worked_off_at_once_is_no_flood(desk: Desk) -> None:
    desk.asks(floods={"author": {"most": 2, "minutes": 1}})
    spread = [desk.comment(at=timedelta(minutes=-n)) for n in range(30, 0, -1)]
    assert {each.floods[Counted.AUTHOR] for each in desk.evidence(*spread)} == {1}


def test_when_redis_is_silent_no_flood_is_found_and_no_comment_lost(desk: Desk) -> None:
    desk.asks(floods={"author": {"most": 1, "minutes": 1}})
    desk.floods = FloodCounter("redis://127.0.0.1:1/0")
    assert [each.floods[Counted.AUTHOR] for each in desk.evidence(desk.comment())] == [1]


def test_many_new_authors_at_once_have_the_article_pre_moderated_for_a_while(
    desk: Desk, now: datetime
) -> None:
    desk.asks(raids={"new_authors": 3, "minutes": 10, "hours": 2})
    crowd = [desk.comment(author=desk.another(f"new-{n}")) for n in range(3)]
    crowd += [desk.comment(author=desk.author, at=timedelta(seconds=1))] * 1
    calm = desk.evidence(*crowd[:3], crowd[2])
    assert not any(each.article.is_pre_moderated for each in calm)
    [found] = desk.evidence(crowd[3])
    assert found.article.is_pre_moderated
    assert article_modes.count_raided(desk.session, now=now) == 1
    [later] = desk.evidence(desk.comment())
    assert later.article.is_pre_moderated
    desk.now = now + timedelta(hours=3)
    assert article_modes.count_raided(desk.session, now=desk.now) == 0
    [over] = desk.evidence(desk.comment(at=timedelta(hours=3)))
    assert not over.article.is_pre_moderated


def test_the_last_decided_comments_of_an_author_are_counted(desk: Desk) -> None:
    desk.asks(authors={"recent_rejections": {"of": 4, "at_least": 2}})
    wished = [Status.REJECTED] * 3 + [Status.APPROVED] * 2 + [Status.REJECTED] * 2
    for status in wished:
        desk.comment(status=status)
    desk.comment(status=Status.HELD)
    assert desk.evidence(desk.comment())[0].author.recent_rejected == 2


def test_an_author_on_the_allow_list_and_one_with_a_throwaway_address_are_known(
    desk: Desk,
) -> None:
    desk.asks(allow={"authors": ["malika"]}, authors={"throwaway_email": "hold"})
    desk.author.email = "x@mailinator.com"
    desk.session.flush()
    other = desk.another("timur")
    one, two = desk.evidence(desk.comment(), desk.comment(author=other))
    assert (one.author.is_allowed, one.author.has_throwaway_email) == (True, True)
    assert (two.author.is_allowed, two.author.has_throwaway_email) == (False, False)


def test_an_articles_age_is_counted_from_its_first_comment(desk: Desk) -> None:
    desk.asks(articles={"close_after_days": 14})
    [found] = desk.evidence(desk.comment())
    assert found.article.age == timedelta(days=20)


def test_an_article_is_pre_moderated_until_the_site_ends_it(desk: Desk, now: datetime) -> None:
    article_modes.pre_moderate(desk.session, desk.article, until=None, now=now)
    assert desk.evidence(desk.comment())[0].article.is_pre_moderated
    article_modes.end(desk.session, desk.article)
    assert not desk.evidence(desk.comment())[0].article.is_pre_moderated
