"""What stands beside the text gives reasons for: the author, floods, the article. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from service.authors.sanction_kind import SanctionKind
from service.policy import sentences as say
from service.policy.evidence import ArticleState, AuthorRecord, Counted
from service.policy.outcomes import Outcome, Reason
from service.policy.sections import Articles, Authors, Floods, Window

_FLOOD_WEIGHT, _RECORD_WEIGHT, _SANCTION_WEIGHT, _CLOSED_WEIGHT = 0.6, 0.3, 0.5, 0.2

_SANCTIONS = {
    SanctionKind.ALWAYS_HOLD: Reason(
        Outcome.HOLD, "author_always_held", say.ALWAYS_HELD, _SANCTION_WEIGHT
    ),
    SanctionKind.SUSPENDED: Reason(
        Outcome.REJECT, "author_suspended", say.SUSPENDED, _SANCTION_WEIGHT
    ),
    SanctionKind.BANNED: Reason(Outcome.REJECT, "author_banned", say.BANNED, _SANCTION_WEIGHT),
}


def is_trusted(author: AuthorRecord, *, trusted_from: int) -> bool:
    """Tell whether the author has a record without a stain."""
    return author.rejected == 0 and author.approved >= trusted_from


def speaking_for(
    bounds: Authors | None, author: AuthorRecord, *, trusted_from: int
) -> Iterator[Reason]:
    """Find what explicitly approves: nothing else weighs against a rule that rejects."""
    if author.is_allowed:
        yield Reason(Outcome.APPROVE, "author_allowed", say.AUTHOR_ALLOWED)
    if bounds and bounds.trusted_approve and is_trusted(author, trusted_from=trusted_from):
        sentence = say.AUTHOR_TRUSTED.format(approved=author.approved)
        yield Reason(Outcome.APPROVE, "author_trusted", sentence)


def by_author(bounds: Authors | None, author: AuthorRecord) -> Iterator[Reason]:
    """Find sanctions, which need no policy, and what the policy says of records."""
    if author.sanction is not None:
        yield _SANCTIONS[author.sanction]
    if bounds is None:
        return
    if bounds.new_until is not None and author.approved < bounds.new_until:
        sentence = say.AUTHOR_NEW.format(approved=author.approved, needed=bounds.new_until)
        yield Reason(Outcome.HOLD, "author_new", sentence)
    recent = bounds.recent_rejections
    if recent is not None and author.recent_rejected >= recent.at_least:
        sentence = say.AUTHOR_OFTEN_REJECTED.format(of=recent.of, rejected=author.recent_rejected)
        yield Reason(Outcome.HOLD, "author_often_rejected", sentence, _RECORD_WEIGHT)
    if bounds.throwaway_email is not None and author.has_throwaway_email:
        outcome = bounds.throwaway_email.outcome
        yield Reason(outcome, "throwaway_email", say.THROWAWAY_EMAIL, _RECORD_WEIGHT)


def by_floods(bounds: Floods | None, counts: Mapping[Counted, int]) -> Iterator[Reason]:
    if bounds is None:
        return
    for counted, window, line in (
        (Counted.AUTHOR, bounds.author, say.FLOOD_OF_AUTHOR),
        (Counted.NETWORK, bounds.network, say.FLOOD_OF_NETWORK),
        (Counted.ARTICLE, bounds.article, say.FLOOD_UNDER_ARTICLE),
    ):
        if window is not None and counts.get(counted, 0) > window.most:
            sentence = _flood(line, counts[counted], window)
            yield Reason(bounds.then.outcome, f"flood_{counted}", sentence, _FLOOD_WEIGHT)


def _flood(line: str, count: int, window: Window) -> str:
    span = say.A_MINUTE if window.minutes == 1 else say.MINUTES.format(minutes=window.minutes)
    return line.format(count=count, span=span, most=window.most)


def by_article(bounds: Articles | None, article: ArticleState) -> Iterator[Reason]:
    if bounds is not None and article.age > timedelta(days=bounds.close_after_days):
        sentence = say.ARTICLE_OVER.format(days=bounds.close_after_days)
        yield Reason(bounds.then.outcome, "article_over", sentence, _CLOSED_WEIGHT)
