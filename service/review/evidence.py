"""All that bears on one comment: why it is here, the thread, the article, the author, the trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import Language
from service.articles.tables import Article
from service.comments.tables import Comment, Revision
from service.policy import article_modes
from service.policy.in_force import InForce
from service.policy.words import Match
from service.review import measures, notes
from service.review.author_record import AuthorRecord, author_record
from service.review.cards import Card, cards
from service.review.measures import LabelScore
from service.review.notes import Noted
from service.review.trail import Step, trail
from service.scoring.tables import Score
from service.sites import policy_texts
from service.sites.reader_language import ReaderLanguage
from service.sites.tables import SiteText

_ANCESTORS, _SIBLINGS, _REPLIES = 3, 5, 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comment's evidence.

    ``siblings`` answer the same comment, or stand at the top under the same article, around it.
    ``site_policy`` is what readers are shown, in the comment's language or the nearest one.
    """

    card: Card
    scores: Sequence[LabelScore]
    words: Sequence[Match]
    policy_version: int
    article: Article
    is_pre_moderated: bool
    site_policy: SiteText | None
    ancestors: Sequence[Comment]
    siblings: Sequence[Comment]
    replies: Sequence[Comment]
    author: AuthorRecord
    notes: Sequence[Noted]
    revisions: Sequence[Revision]
    trail: Sequence[Step]


def evidence(session: Session, comment: Comment, *, now: datetime) -> Evidence:
    """Return what bears on ``comment``."""
    (card,) = cards(session, [comment], now=now)
    in_force = measures.in_force(session, comment, card.score)
    return Evidence(
        card=card,
        scores=measures.label_scores(session, in_force, card.score),
        words=_words(in_force, comment, card.score),
        policy_version=in_force.version,
        article=card.article,
        is_pre_moderated=_is_pre_moderated(session, comment, now=now),
        site_policy=policy_texts.shown(session, comment.site_id, _language(comment)),
        ancestors=_ancestors(session, comment),
        siblings=_siblings(session, comment),
        replies=_replies(session, comment),
        author=author_record(session, card.author, but_for=comment, now=now),
        notes=notes.of_comment(session, comment.id),
        revisions=_revisions(session, comment),
        trail=trail(session, comment.id),
    )


def _is_pre_moderated(session: Session, comment: Comment, *, now: datetime) -> bool:
    return article_modes.state(session, comment.article_id, now=now) is not None


def _words(in_force: InForce, comment: Comment, score: Score | None) -> Sequence[Match]:
    """Return the words of the site's lists in the text, as the policy in force finds them now."""
    matcher = in_force.matcher
    if matcher is None:
        return ()
    return matcher.find(comment.body, measures.sure_language(score))


def _language(comment: Comment) -> ReaderLanguage:
    match comment.language:
        case Language.RUSSIAN:
            return ReaderLanguage.RUSSIAN
        case Language.KAZAKH:
            return ReaderLanguage.KAZAKH
        case Language.UZBEK:
            is_cyrillic = any("а" <= letter.lower() <= "я" for letter in comment.body)
            return ReaderLanguage.UZBEK_CYRILLIC if is_cyrillic else ReaderLanguage.UZBEK_LATIN
        case _:
            return ReaderLanguage.ENGLISH


def _ancestors(session: Session, comment: Comment) -> list[Comment]:
    """Return the comments above, the nearest one last; a few, however deep the thread."""
    found: list[Comment] = []
    parent_id = comment.parent_id
    while parent_id is not None and len(found) < _ANCESTORS:
        parent = session.get_one(Comment, parent_id)
        found.insert(0, parent)
        parent_id = parent.parent_id
    return found


def _siblings(session: Session, comment: Comment) -> list[Comment]:
    """Return the comments that readers see beside it, the nearest in time, in their order."""
    beside = select(Comment).where(Comment.public_revision.is_not(None))
    if comment.parent_id is None:
        beside = beside.where(Comment.article_id == comment.article_id, Comment.parent_id.is_(None))
    else:
        beside = beside.where(Comment.parent_id == comment.parent_id)
    before = beside.where(Comment.id < comment.id).order_by(Comment.id.desc()).limit(_SIBLINGS)
    after = beside.where(Comment.id > comment.id).order_by(Comment.id).limit(_SIBLINGS)
    return [*reversed(session.scalars(before).all()), *session.scalars(after)]


def _replies(session: Session, comment: Comment) -> list[Comment]:
    if not comment.has_replies:
        return []
    found = select(Comment).where(Comment.parent_id == comment.id).order_by(Comment.id)
    return list(session.scalars(found.limit(_REPLIES)))


def _revisions(session: Session, comment: Comment) -> list[Revision]:
    found = select(Revision).where(Revision.comment_id == comment.id).order_by(Revision.number)
    return list(session.scalars(found))
