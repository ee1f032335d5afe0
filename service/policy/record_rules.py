"""What stands beside the text gives reasons for: the author, floods, the article. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from service.authors.sanction_kind import SanctionKind
from service.policy.evidence import ArticleState, AuthorRecord, Counted
from service.policy.outcomes import Outcome, Reason
from service.policy.sections import Articles, Authors, Floods, Window

_FLOOD_WEIGHT, _RECORD_WEIGHT, _SANCTION_WEIGHT, _CLOSED_WEIGHT = 0.6, 0.3, 0.5, 0.2

_SANCTIONS = {
    SanctionKind.ALWAYS_HOLD: Reason(
        Outcome.HOLD,
        "author_always_held",
        "A person looks at everything that this author writes here.",
        _SANCTION_WEIGHT,
    ),
    SanctionKind.SUSPENDED: Reason(
        Outcome.REJECT, "author_suspended", "The author is suspended here.", _SANCTION_WEIGHT
    ),
    SanctionKind.BANNED: Reason(
        Outcome.REJECT, "author_banned", "The author is banned here.", _SANCTION_WEIGHT
    ),
}


def is_trusted(author: AuthorRecord, *, trusted_from: int) -> bool:
    """Tell whether the author has a record without a stain."""
    return author.rejected == 0 and author.approved >= trusted_from


def speaking_for(
    bounds: Authors | None, author: AuthorRecord, *, trusted_from: int
) -> Iterator[Reason]:
    """Find what explicitly approves: nothing else weighs against a rule that rejects."""
    if author.is_allowed:
        yield Reason(Outcome.APPROVE, "author_allowed", "The author is on this site's allow list.")
    if bounds and bounds.trusted_approve and is_trusted(author, trusted_from=trusted_from):
        sentence = f"The author is trusted: {author.approved} comments approved, none rejected."
        yield Reason(Outcome.APPROVE, "author_trusted", sentence)


def by_author(bounds: Authors | None, author: AuthorRecord) -> Iterator[Reason]:
    """Find sanctions, which need no policy, and what the policy says of records."""
    if author.sanction is not None:
        yield _SANCTIONS[author.sanction]
    if bounds is None:
        return
    if bounds.new_until is not None and author.approved < bounds.new_until:
        sentence = f"The author is new here: {author.approved} comments approved so far"
        yield Reason(Outcome.HOLD, "author_new", f"{sentence}, and {bounds.new_until} are needed.")
    recent = bounds.recent_rejections
    if recent is not None and author.recent_rejected >= recent.at_least:
        sentence = f"Of the author's last {recent.of} comments {author.recent_rejected} were"
        yield Reason(Outcome.HOLD, "author_often_rejected", f"{sentence} rejected.", _RECORD_WEIGHT)
    if bounds.throwaway_email is not None and author.has_throwaway_email:
        sentence = "The author's e-mail address is of a kind that is thrown away."
        outcome = bounds.throwaway_email.outcome
        yield Reason(outcome, "throwaway_email", sentence, _RECORD_WEIGHT)


def by_floods(bounds: Floods | None, counts: Mapping[Counted, int]) -> Iterator[Reason]:
    if bounds is None:
        return
    for counted, window, whose in (
        (Counted.AUTHOR, bounds.author, "from this author"),
        (Counted.NETWORK, bounds.network, "from this network"),
        (Counted.ARTICLE, bounds.article, "under this article"),
    ):
        if window is not None and counts.get(counted, 0) > window.most:
            sentence = _flood(counts[counted], window, whose)
            yield Reason(bounds.then.outcome, f"flood_{counted}", sentence, _FLOOD_WEIGHT)


def _flood(count: int, window: Window, whose: str) -> str:
    span = "a minute" if window.minutes == 1 else f"{window.minutes} minutes"
    return f"{count} comments came {whose} within {span}; {window.most} is the most here."


def by_article(bounds: Articles | None, article: ArticleState) -> Iterator[Reason]:
    if bounds is not None and article.age > timedelta(days=bounds.close_after_days):
        sentence = f"This discussion is over: it was open for {bounds.close_after_days} days."
        yield Reason(bounds.then.outcome, "article_over", sentence, _CLOSED_WEIGHT)
