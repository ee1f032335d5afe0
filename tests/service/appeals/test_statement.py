import ast
import inspect
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from ml.labels import Label
from service.appeals import actions, statement
from service.appeals.opening import TEXTS
from service.appeals.outcome import Outcome
from service.appeals.statement import BroughtBy
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import actions as decisions
from service.decisions.tables import Actor, Decision
from service.moderators.tables import Moderator
from service.policy import record_rules, rules, text_rules
from service.reports import actions as reports
from service.reports import closing
from service.reports.reason import ReportReason
from service.sites import reader_texts
from service.sites.reader_language import ReaderLanguage
from service.sites.reasons import DEFAULT_REASONS, ILLEGAL, Ground
from service.sites.tables import Site
from tests.factories.published import stored_decided_comment
from tests.factories.review import stored_held_comment, stored_score

WINDOW = timedelta(days=183)
EN = reader_texts.in_language(TEXTS, ReaderLanguage.ENGLISH)
KK = reader_texts.in_language(TEXTS, ReaderLanguage.KAZAKH)


def reject(
    session: Session,
    comment: Comment,
    moderator: Moderator,
    now: datetime,
    *,
    code: str = "insult",
    sentence: str = "The comment belittles a person or a group of people.",
) -> None:
    decisions.record(
        session,
        comment,
        Status.REJECTED,
        actor=Actor.MODERATOR,
        reason=code,
        reasons=[{"code": code, "sentence": sentence}],
        moderator_id=moderator.id,
        now=now,
    )


def stated(
    session: Session, comment: Comment, now: datetime, texts: reader_texts.ReaderTexts = EN
) -> statement.Statement:
    return statement.statement(session, comment, texts, window=WINDOW, now=now)


def test_an_automatic_rejection_says_so_and_what_it_rested_on(
    session: Session, site: Site, now: datetime
) -> None:
    comment = stored_held_comment(session, site, now=now)
    score = stored_score(session, comment, insult=0.98, now=now)
    decisions.record(
        session,
        comment,
        Status.REJECTED,
        actor=Actor.POLICY,
        reason="score_insult",
        reasons=[
            {"code": "score_insult", "sentence": "Insult scored 0.98, from 0.95 it is rejected."},
            {"code": "author_new", "sentence": "0 comments approved, and 3 are needed."},
        ],
        score_id=score.id,
        now=now,
    )
    told = stated(session, comment, now, KK)
    assert told.is_automatic
    assert told.ground is Ground.SITE_POLICY
    assert [each.sentence for each in told.reasons] == [KK("reasons.score_insult")]
    assert (told.policy_version, told.model_version) == (0, "0" * 12)
    assert told.brought_by is None
    assert told.appeal_until == now + WINDOW


def test_a_moderators_rejection_names_nobody_and_says_what_brought_it_there(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_held_comment(session, site, now=now)
    reject(session, comment, aziza, now)
    told = stated(session, comment, now)
    assert not told.is_automatic
    assert told.brought_by is BroughtBy.POLICY
    assert [each.sentence for each in told.reasons] == [EN("reasons.insult")]


def test_reports_of_readers_are_told_without_their_words(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    for reader in range(3):
        reports.report(
            session,
            comment,
            reason=ReportReason.HATE,
            words="My neighbour wrote this.",
            reporter=bytes([reader]) * 16,
            reader_network=bytes([reader]) * 16,
            now=now,
        )
    reject(session, comment, aziza, now)
    told = stated(session, comment, now)
    assert told.brought_by is BroughtBy.READERS
    assert "neighbour" not in repr(told.reasons)


def test_what_was_taken_down_after_a_notice_rests_on_the_law_that_was_named(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, now=now)
    notice = reports.give_notice(
        session,
        comment,
        law="Criminal Code, article 174",
        explanation="It calls for violence.",
        good_faith=True,
        contact="malika@news.example",
        language=ReaderLanguage.RUSSIAN,
        now=now,
    )
    closing.answer_notice(session, notice, acted=True, answer=None, moderator_id=aziza.id, now=now)
    told = stated(session, comment, now)
    assert (told.brought_by, told.ground) == (BroughtBy.NOTICE, Ground.LAW)
    assert told.law == "Criminal Code, article 174"
    assert [each.sentence for each in told.reasons] == [EN("reasons.illegal")]
    assert "malika" not in repr(told)


def test_a_sentence_of_the_sites_own_list_is_told_as_the_site_wrote_it(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    own = "Мы не публикуем рекламу лекарств."
    site.reject_reasons = [{"code": "medicine", "sentence": own, "ground": "law"}]
    comment = stored_held_comment(session, site, now=now)
    reject(session, comment, aziza, now, code="medicine", sentence=own)
    told = stated(session, comment, now, KK)
    assert [each.sentence for each in told.reasons] == [own]
    assert told.ground is Ground.LAW


def test_a_sites_own_words_for_a_usual_reason_are_not_put_in_ours(
    session: Session, site: Site, aziza: Moderator, now: datetime
) -> None:
    comment = stored_held_comment(session, site, now=now)
    reject(session, comment, aziza, now, sentence="Grow up.")
    assert [each.sentence for each in stated(session, comment, now).reasons] == ["Grow up."]


def test_of_a_withdrawn_comment_nothing_is_stated(
    session: Session, rejected: Comment, now: datetime
) -> None:
    decisions.withdraw(session, rejected, now=now)
    told = stated(session, rejected, now)
    assert (told.rejection, told.comment.body, told.reasons) == (None, "", ())


def test_an_appeal_that_was_upheld_leaves_the_first_decision_as_what_is_stated(
    session: Session, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    appeal = actions.appeal(
        session, rejected, "Why?", language=ReaderLanguage.ENGLISH, now=now, window=WINDOW
    )
    decisions.record(
        session,
        rejected,
        Status.REJECTED,
        actor=Actor.APPEAL,
        reason="insult",
        moderator_id=baurzhan.id,
        now=now,
    )
    told = stated(session, rejected, now)
    assert told.rejection is not None
    assert told.rejection.actor is Actor.MODERATOR
    assert told.appeal is appeal
    assert told.appeal_until is None


def test_after_the_window_the_statement_says_that_it_is_over(
    session: Session, rejected: Comment, now: datetime
) -> None:
    told = stated(session, rejected, now + WINDOW)
    assert (told.appeal_until, told.appealed_too_late) == (None, now + WINDOW)


def test_a_published_comment_cannot_be_appealed(
    session: Session, rejected: Comment, baurzhan: Moderator, now: datetime
) -> None:
    appeal = actions.appeal(
        session, rejected, "Why?", language=ReaderLanguage.ENGLISH, now=now, window=WINDOW
    )
    actions.decide(
        session,
        appeal,
        Outcome.OVERTURNED,
        moderator_id=baurzhan.id,
        revision=1,
        answer=None,
        now=now,
    )
    told = stated(session, rejected, now)
    assert told.appeal is appeal
    assert (told.appeal_until, told.appealed_too_late) == (None, None)


def codes_of(module: object) -> set[str]:
    """Return every code that a module of the policy's rules gives a reason by."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):  # type: ignore[arg-type] # a module
        match node:
            case ast.Call(func=ast.Name(id="Reason"), args=[_, ast.Constant(value=str(code)), *_]):
                found.add(code)
    return found


@pytest.mark.parametrize("module", [rules, record_rules, text_rules])
def test_every_reason_of_the_policy_has_words_for_the_author_or_is_none_of_theirs(
    module: object,
) -> None:
    codes = codes_of(module) | {f"score_{label}" for label in Label}
    told = {code for code in codes if EN.has(f"reasons.{code}")}
    assert codes - told <= statement._NOT_FOR_AUTHORS  # noqa: SLF001 - the list under test
    assert len(told) >= len(Label)


@pytest.mark.parametrize("reason", [*DEFAULT_REASONS, ILLEGAL], ids=lambda each: each.code)
def test_every_usual_reason_has_words_for_the_author(reason: object) -> None:
    assert EN.has(f"reasons.{reason.code}")  # type: ignore[attr-defined] # a RejectReason


def test_a_decision_without_reasons_is_still_stated(
    session: Session, site: Site, now: datetime
) -> None:
    comment = stored_decided_comment(session, site, Status.REJECTED, now=now)
    newest = session.query(Decision).filter_by(comment_id=comment.id).one()
    newest.reasons = []
    session.flush()
    assert [each.sentence for each in stated(session, comment, now).reasons] == [
        EN("reasons.other")
    ]
