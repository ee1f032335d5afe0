import re
from collections.abc import Iterable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from service.sites import actions, log, queries, rules
from service.sites.errors import (
    KeyInvalid,
    KeyNotFound,
    KeyNotKnown,
    SiteInvalid,
    SiteNotFound,
    SlugTaken,
)
from service.sites.scopes import Scope
from service.sites.tables import ChangeKind, Site
from tests.factories.sites import a_site


def _create(
    session: Session,
    now: datetime,
    *,
    slug: str = "border-news",
    name: str = "Border News",
    url: str = "https://news.example",
    required_fields: Iterable[str] = (),
) -> Site:
    return actions.create_site(
        session, slug=slug, name=name, url=url, required_fields=tuple(required_fields), now=now
    )


def test_a_site_is_found_by_its_slug(session: Session, now: datetime) -> None:
    site = _create(session, now, required_fields=["author.email"])
    assert queries.by_slug(session, "border-news") is site
    assert site.required_fields == ["author.email"]
    with pytest.raises(SiteNotFound):
        queries.by_slug(session, "other-news")


def test_a_slug_is_taken_once(session: Session, now: datetime) -> None:
    _create(session, now)
    with pytest.raises(SlugTaken):
        _create(session, now)


@pytest.mark.parametrize("slug", ["", "Border", "border news", "-border", "border-", "b" * 64, "é"])
def test_a_slug_is_short_and_plain(session: Session, now: datetime, slug: str) -> None:
    with pytest.raises(SiteInvalid, match=r"^slug must be a-z") as raised:
        _create(session, now, slug=slug)
    assert raised.value.fields[0].pointer == "/slug"


@pytest.mark.parametrize("url", ["", "news.example", "javascript:alert(1)", "https://", "ftp://a"])
def test_a_site_has_a_web_address(session: Session, now: datetime, url: str) -> None:
    with pytest.raises(SiteInvalid, match="url must begin with http"):
        _create(session, now, url=url)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "n" * 201, "a\0b"])
def test_a_site_has_a_name_in_one_line(session: Session, now: datetime, name: str) -> None:
    with pytest.raises(SiteInvalid, match="name must be printable"):
        _create(session, now, name=name)


def test_only_what_a_comment_has_can_be_required(session: Session, now: datetime) -> None:
    with pytest.raises(SiteInvalid, match=r"can hold external_id, .* not shoe_size"):
        _create(session, now, required_fields=["author.email", "shoe_size"])


def test_a_key_opens_its_site_and_its_text_is_not_stored(session: Session, now: datetime) -> None:
    site = _create(session, now)
    key, text = actions.issue_key(session, site, name="backend", by="test", now=now)
    assert re.fullmatch(rf"parley_{key.prefix}_[\w-]{{43}}", text)
    assert queries.by_key(session, rules.key_digest(text)) == (site, key)
    assert text.encode() not in key.digest
    assert text not in repr(key)


def test_a_revoked_key_opens_nothing_and_stays_revoked_since_then(
    session: Session, now: datetime
) -> None:
    key, text = actions.issue_key(
        session, _create(session, now), name="backend", by="test", now=now
    )
    actions.revoke_key(session, key, by="test", now=now)
    actions.revoke_key(session, key, by="test", now=now.replace(year=2027))
    assert key.revoked_at == now
    with pytest.raises(KeyNotKnown):
        queries.by_key(session, rules.key_digest(text))


def test_a_key_is_found_by_prefix_only_on_its_own_site(session: Session, now: datetime) -> None:
    site, other = _create(session, now), a_site()
    session.add(other)
    session.flush()
    key, _ = actions.issue_key(session, site, name="backend", by="test", now=now)
    assert queries.key_by_prefix(session, site, key.prefix) is key
    assert queries.keys(session, site) == [key]
    with pytest.raises(KeyNotFound):
        queries.key_by_prefix(session, other, key.prefix)


def test_a_new_key_may_send_and_score_and_nothing_more(session: Session, now: datetime) -> None:
    key, _ = actions.issue_key(session, _create(session, now), name="backend", by="test", now=now)
    assert key.scopes == ["comments", "classify"]


def test_a_key_may_what_it_was_issued_for(session: Session, now: datetime) -> None:
    site = _create(session, now)
    wanted = [Scope.MANAGE, Scope.CLASSIFY, Scope.MANAGE]
    key, _ = actions.issue_key(session, site, name="ops", scopes=wanted, by="test", now=now)
    assert key.scopes == ["classify", "manage"]


@pytest.mark.parametrize(
    ("name", "wanted", "pointer"), [(" ", [Scope.MANAGE], "/name"), ("ops", [], "/scopes")]
)
def test_a_key_without_name_or_scope_is_refused(
    session: Session, now: datetime, name: str, wanted: list[Scope], pointer: str
) -> None:
    site = _create(session, now)
    with pytest.raises(KeyInvalid) as raised:
        actions.issue_key(session, site, name=name, scopes=wanted, by="test", now=now)
    assert raised.value.fields[0].pointer == pointer


def test_keys_come_and_go_in_the_log_of_the_site(session: Session, now: datetime) -> None:
    site = _create(session, now)
    key, text = actions.issue_key(session, site, name="backend", by="ana@news.example", now=now)
    actions.revoke_key(session, key, by="command line", now=now)
    gone, came = log.newest(session, site.id, limit=10)
    assert (came.kind, came.changed_by) == (ChangeKind.KEY_ISSUED, "ana@news.example")
    assert (gone.kind, gone.changed_by) == (ChangeKind.KEY_REVOKED, "command line")
    assert gone.details == {"prefix": key.prefix, "name": "backend"}
    secret = text.partition(f"{key.prefix}_")[2]  # in which an underline may stand
    assert len(secret) > len(key.prefix)
    assert secret not in str(came.details)
