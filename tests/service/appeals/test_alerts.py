from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.appeals import actions
from service.appeals.alerts import unread
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.moderators import tokens
from service.moderators.rules import TokenScope
from service.moderators.tables import Moderator
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import Site
from tests.factories.moderators import stored_moderator
from tests.factories.sites import a_site

ENGLISH = ReaderLanguage.ENGLISH
WINDOW = timedelta(days=90)


def test_an_appeal_that_nobody_else_can_read_is_told_until_somebody_can(
    session: Session, site: Site, rejected: Comment, now: datetime
) -> None:
    elsewhere = a_site()
    session.add(elsewhere)
    session.flush()
    stored_moderator(session, elsewhere)
    stored_moderator(session, site, disabled_at=now)
    assert unread(session, [site.id], now) == []
    actions.appeal(session, rejected, "I quoted him.", language=ENGLISH, now=now, window=WINDOW)
    [alert] = unread(session, [site.id, elsewhere.id], now)
    assert (alert.site_id, alert.code, alert.since) == (site.id, "appeals_unread", now)
    assert alert.sentence.startswith("Appeals that nobody here may read: 1.")
    assert unread(session, [elsewhere.id], now) == []
    later = now + timedelta(days=1)
    lead = set(TokenScope)
    tokens.issue(session, site, name="Script", scopes=lead, by="x", now=now, expires_at=later)
    assert [each.code for each in unread(session, [site.id], now)] == ["appeals_unread"]
    stored_moderator(session, site)
    assert unread(session, [site.id], now) == []


def test_an_appeal_on_a_comment_that_is_gone_waits_for_nobody(
    session: Session, site: Site, rejected: Comment, now: datetime
) -> None:
    actions.appeal(session, rejected, "I quoted him.", language=ENGLISH, now=now, window=WINDOW)
    decisions.withdraw(session, rejected, now=now)
    assert unread(session, [site.id], now) == []


def test_an_appeal_against_a_decision_that_no_person_made_is_for_anybody(
    session: Session, site: Site, rejected: Comment, aziza: Moderator, now: datetime
) -> None:
    appeal = actions.appeal(
        session, rejected, "I quoted him.", language=ENGLISH, now=now, window=WINDOW
    )
    assert appeal.rejected_by == aziza.id
    appeal.rejected_by = None
    session.flush()
    assert unread(session, [site.id], now) == []
