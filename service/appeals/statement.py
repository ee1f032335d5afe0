"""A statement of reasons: what was decided on a comment, why, by whom or what, on which ground.

Whoever decided is never named. What other people said of the comment, in reports or notices, is not
told: only that they did.

Source: Regulation (EU) 2022/2065, article 17, paragraph 3.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from service.appeals import queries, rules
from service.appeals.tables import Appeal
from service.articles.tables import Article
from service.comments.status import Status
from service.comments.tables import Comment
from service.decisions import queries as decisions
from service.decisions.queries import Explained
from service.decisions.tables import Actor, Decision
from service.decisions.waiting import REPORTED
from service.sites import reasons
from service.sites.reader_texts import ReaderTexts
from service.sites.reasons import Ground
from service.sites.tables import Site

_REASONS_SHOWN = 4
_DIGEST_SHOWN = slice(7, 19)  # of "sha256:…"
_OWN = {each.code: each for each in (*reasons.DEFAULT_REASONS, reasons.ILLEGAL)}
_NAMED_LAW = re.compile(r"«(.*)»", re.DOTALL)


class BroughtBy(StrEnum):
    """What put the comment before the person who decided."""

    POLICY = "policy"
    READERS = "readers"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, in the reader's language, or as the site wrote it itself."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the author of a comment is told; ``rejection`` is None once it is withdrawn.

    ``model_version`` is None where no classifier took part, ``brought_by`` where no person decided
    or the person came upon it alone. ``appeal_until`` is None where there is nothing to appeal, or
    an appeal was made.
    """

    comment: Comment
    article: Article
    site: Site
    rejection: Decision | None
    reasons: Sequence[Reason] = ()
    ground: Ground = Ground.SITE_POLICY
    law: str | None = None
    brought_by: BroughtBy | None = None
    policy_version: int | None = None
    model_version: str | None = None
    appeal: Appeal | None = None
    appeal_until: datetime | None = None
    appealed_too_late: datetime | None = None

    @property
    def is_automatic(self) -> bool:
        return self.rejection is not None and self.rejection.actor is Actor.POLICY


def statement(
    session: Session, comment: Comment, texts: ReaderTexts, *, window: timedelta, now: datetime
) -> Statement:
    """Return what the author of ``comment`` is told, in the language of ``texts``."""
    site: Site = session.get_one(Site, comment.site_id)
    article: Article = session.get_one(Article, comment.article_id)
    trail = decisions.explained_history(session, comment.id)
    place = _place_of_rejection(trail)
    if comment.status is Status.WITHDRAWN or place is None:
        return Statement(comment, article, site, None)
    explained, before = trail[place], trail[place - 1] if place else None
    rejection = explained.decision
    brought_by = _brought_by(rejection, before)
    judged = before if brought_by is BroughtBy.POLICY and before else explained
    appeal = queries.newest(session, comment.id)
    until = rules.ends_at(rejection.decided_at, window)
    may_appeal = appeal is None or appeal.decision_id != rejection.id
    may_appeal = may_appeal and comment.status is Status.REJECTED
    return Statement(
        comment,
        article,
        site,
        rejection,
        reasons=_reasons(rejection, texts),
        ground=_ground(rejection, site),
        law=_law(rejection),
        brought_by=brought_by,
        policy_version=judged.policy_version,
        model_version=_model_version(judged),
        appeal=None if may_appeal else appeal,
        appeal_until=until if may_appeal and until > now else None,
        appealed_too_late=until if may_appeal and until <= now else None,
    )


def _place_of_rejection(trail: Sequence[Explained]) -> int | None:
    """Return where in the trail the last rejection stands, but for one that upheld another."""
    places = [
        place
        for place, each in enumerate(trail)
        if each.decision.status is Status.REJECTED and each.decision.actor is not Actor.APPEAL
    ]
    return places[-1] if places else None


def _brought_by(rejection: Decision, before: Explained | None) -> BroughtBy | None:
    if rejection.actor is Actor.POLICY:
        return None
    if rejection.reason == reasons.ILLEGAL.code:
        return BroughtBy.NOTICE
    if before is None or before.decision.status is not Status.HELD:
        return None
    return BroughtBy.READERS if before.decision.reason == REPORTED else BroughtBy.POLICY


def _reasons(rejection: Decision, texts: ReaderTexts) -> list[Reason]:
    """Return what was found against the comment, the deciding one first."""
    stored = [(each["code"], each["sentence"]) for each in rejection.reasons]
    told = [found for code, sentence in stored if (found := _told(code, sentence, texts))]
    told = told or [Reason("other", texts("reasons.other"))]
    by_sentence = {each.sentence: each for each in reversed(told)}
    shown = [each for each in told if by_sentence[each.sentence] is each]
    return shown[:_REASONS_SHOWN]


def _told(code: str, sentence: str, texts: ReaderTexts) -> Reason | None:
    """Return the reason in words for its author; None for what only speaks to moderators.

    A sentence of a site's own list is told as the site wrote it.
    """
    key = f"reasons.{code}"
    is_ours = code not in _OWN or sentence.startswith(_OWN[code].sentence)
    if texts.has(key) and is_ours:
        return Reason(code, texts(key))
    return None if code in _NOT_FOR_AUTHORS else Reason(code, sentence)


# What a policy finds in favour of a comment, or looks at for reasons that are not its author's.
_NOT_FOR_AUTHORS = frozenset(
    {
        *("clear", "no_score", "nothing_judged", "rules_disagree", "reported"),
        *("pre_moderation", "article_pre_moderated"),
        *("author_allowed", "author_trusted", "author_new", "author_often_rejected"),
        "author_always_held",
    }
)


def _ground(rejection: Decision, site: Site) -> Ground:
    if rejection.reason == reasons.ILLEGAL.code:
        return Ground.LAW
    own = reasons.find(reasons.of_site(site.reject_reasons), rejection.reason)
    return Ground.SITE_POLICY if own is None else own.ground


def _law(rejection: Decision) -> str | None:
    """Return the law that a notice named, and that whoever acted on it took over."""
    if rejection.reason != reasons.ILLEGAL.code or not rejection.reasons:
        return None
    named = _NAMED_LAW.search(rejection.reasons[0]["sentence"])
    return named[1] if named else None


def _model_version(judged: Explained) -> str | None:
    by_scores = any(each["code"].startswith("score_") for each in judged.decision.reasons)
    if judged.model_version is None or not by_scores:
        return None
    return judged.model_version[_DIGEST_SHOWN]
