"""From evidence to a ruling: pure, total and ordered, so that it can be proved.

Each rule looks at the evidence by itself and finds reasons; the strictest outcome wins, so the
order of the rules does not matter. Where a rule that rejects meets one that explicitly approves,
a person decides; low scores approve of nothing. Silence is not approval: where nothing could be
judged, the site's degradation choice decides, and it says hold unless the site chose otherwise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ml.labels import Label, Language
from service.policy import record_rules, text_rules
from service.policy import sentences as say
from service.policy.evidence import AuthorRecord, Evidence
from service.policy.outcomes import URGENCY_UNKNOWN, Outcome, Reason, Ruling
from service.policy.sections import (
    Articles,
    Authors,
    Contacts,
    Copies,
    Floods,
    Languages,
    Links,
    Raids,
    Style,
)

_PLACES_MOST: Final = 4


class Mode(StrEnum):
    """Whether a comment may be published before a person has seen it."""

    POST_MODERATION = "post_moderation"
    PRE_MODERATION = "pre_moderation"


class Degradation(StrEnum):
    """What happens to a comment that could not be judged."""

    HOLD = "hold"
    APPROVE = "approve"
    APPROVE_TRUSTED = "approve_trusted"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability of ``label`` a comment is held, and from which it is rejected.

    None is never. A comment below both is not kept back by this label.
    """

    label: Label
    hold: float | None = None
    reject: float | None = None

    def __post_init__(self) -> None:
        given = [limit for limit in (self.hold, self.reject) if limit is not None]
        if not given or not all(0 <= limit <= 1 for limit in given):
            raise ValueError("a threshold has a hold or a reject, each between 0 and 1")
        if given != sorted(given):
            raise ValueError("hold must not be above reject")

    def outcome(self, score: float) -> Outcome:
        if self.reject is not None and score >= self.reject:
            return Outcome.REJECT
        if self.hold is not None and score >= self.hold:
            return Outcome.HOLD
        return Outcome.APPROVE


@dataclass(frozen=True, slots=True)
class Policy:
    """What a site wants done; a part that is None is a rule that is off.

    ``of_language`` holds all thresholds of a language that has its own; the others go by
    ``thresholds``. ``trusted_from`` approved comments, and none rejected, make an author trusted.
    """

    thresholds: tuple[Threshold, ...] = ()
    of_language: Mapping[Language, tuple[Threshold, ...]] = field(default_factory=dict)
    mode: Mode = Mode.POST_MODERATION
    degradation: Degradation = Degradation.HOLD
    trusted_from: int = 5
    links: Links | None = None
    contacts: Contacts | None = None
    style: Style | None = None
    languages: Languages | None = None
    copies: Copies | None = None
    floods: Floods | None = None
    raids: Raids | None = None
    authors: Authors | None = None
    articles: Articles | None = None

    def thresholds_in(self, language: Language) -> tuple[Threshold, ...]:
        """Return those that comments in this language go by."""
        return self.of_language.get(language, self.thresholds)

    def __post_init__(self) -> None:
        for limits in (self.thresholds, *self.of_language.values()):
            if len({each.label for each in limits}) < len(limits):
                raise ValueError("one threshold for each label")
        if self.trusted_from < 1:
            raise ValueError("trust takes at least one approved comment")


def rule(policy: Policy, evidence: Evidence) -> Ruling:
    """Return the strictest outcome that any rule asks for, and a person where rules disagree."""
    judged = _judged(policy, evidence)
    against = [*_by_scores(judged), *_by_mode(policy, evidence)]
    if not judged:
        against += _by_silence(policy, evidence)
    against += _by_text(policy, evidence)
    against += _by_circumstances(policy, evidence)
    speaking_for: list[Reason] = []
    if evidence.author.is_allowed or policy.authors is not None:
        speaking_for += record_rules.speaking_for(
            policy.authors, evidence.author, trusted_from=policy.trusted_from
        )
    if not against and not speaking_for:
        return Ruling(Outcome.APPROVE, (_CLEAR,), _urgency(judged, against))
    return _ruling(against, speaking_for, _urgency(judged, against))


def margin(policy: Policy, evidence: Evidence) -> float | None:
    """Return how far the score nearest to what it is held or rejected from lies from there.

    None where no score was judged: nobody is near anything then.
    """
    return min(
        (
            abs(score - limit)
            for threshold, score in _judged(policy, evidence)
            for limit in (threshold.hold, threshold.reject)
            if limit is not None
        ),
        default=None,
    )


def _ruling(against: list[Reason], speaking_for: list[Reason], urgency: float) -> Ruling:
    outcome = max((reason.outcome for reason in against), default=Outcome.APPROVE)
    found = sorted([*against, *speaking_for], key=_by_weight)
    if outcome is Outcome.REJECT and speaking_for:
        return Ruling(Outcome.HOLD, (_DISAGREE, *found), urgency)
    return Ruling(outcome, tuple(found), urgency)


def _by_weight(reason: Reason) -> tuple[int, float, str, str]:
    return (-reason.outcome, -reason.weight, reason.code, reason.sentence)


_CLEAR = Reason(Outcome.APPROVE, "clear", say.CLEAR)
_DISAGREE = Reason(Outcome.HOLD, "rules_disagree", say.RULES_DISAGREE)
_PRE_MODERATION = Reason(Outcome.HOLD, "pre_moderation", say.PRE_MODERATION)
_ARTICLE_PRE_MODERATED = Reason(Outcome.HOLD, "article_pre_moderated", say.ARTICLE_PRE_MODERATED)


def _judged(policy: Policy, evidence: Evidence) -> list[tuple[Threshold, float]]:
    """Return each threshold with its score; a label not supported in the language is inactive."""
    scores = evidence.scores or {}
    limits = policy.thresholds
    if policy.of_language and evidence.language is not None:
        limits = policy.thresholds_in(evidence.language)
    return [(each, scores[each.label]) for each in limits if each.label in scores]


def _by_scores(judged: list[tuple[Threshold, float]]) -> Iterator[Reason]:
    for threshold, score in judged:
        outcome = threshold.outcome(score)
        if outcome is not Outcome.APPROVE:
            yield _score_reason(threshold, score, outcome)


def _score_reason(threshold: Threshold, score: float, outcome: Outcome) -> Reason:
    line, limit = (
        (say.SCORE_REJECTS, threshold.reject)
        if outcome is Outcome.REJECT
        else (say.SCORE_HOLDS if threshold.hold else say.SCORE_HOLDS_ALL, threshold.hold)
    )
    assert limit is not None  # noqa: S101 - or it would have found nothing
    name = threshold.label.replace("_", " ").capitalize()
    places = _places_apart(score, limit)
    sentence = line.format(label=name, score=f"{score:.{places}f}", limit=f"{limit:.{places}f}")
    return Reason(outcome, f"score_{threshold.label}", sentence, weight=score)


def _places_apart(score: float, limit: float) -> int:
    """Return how many decimals tell a score from its limit, and a limit below 1 from 1."""
    for places in (2, 3):
        shown = f"{limit:.{places}f}"
        same = score != limit and f"{score:.{places}f}" == shown
        if not same and (limit >= 1 or float(shown) < 1):
            return places
    return _PLACES_MOST


def _by_silence(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    code = "no_score" if evidence.scores is None else "nothing_judged"
    approves, holds = say.LINES[code]
    if _is_approved_in_silence(policy, evidence.author):
        yield Reason(Outcome.APPROVE, code, approves)
    else:
        yield Reason(Outcome.HOLD, code, holds)


def _is_approved_in_silence(policy: Policy, author: AuthorRecord) -> bool:
    if policy.degradation is Degradation.APPROVE_TRUSTED:
        return record_rules.is_trusted(author, trusted_from=policy.trusted_from)
    return policy.degradation is Degradation.APPROVE


def _by_text(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    language = evidence.language
    if policy.languages is not None:
        yield from text_rules.by_language(policy.languages, language, evidence.language_probability)
    if policy.copies is not None:
        yield from text_rules.by_copies(policy.copies, evidence.copies)
    if evidence.text is not None:
        yield from text_rules.by_words(evidence.text.words)
        yield from text_rules.by_links(policy.links, evidence.text)
        yield from text_rules.by_contacts(policy.contacts, evidence.text)
        yield from text_rules.by_style(policy.style, evidence.text)


def _by_circumstances(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    if policy.authors is not None or evidence.author.sanction is not None:
        yield from record_rules.by_author(policy.authors, evidence.author)
    if policy.floods is not None:
        yield from record_rules.by_floods(policy.floods, evidence.floods)
    if policy.articles is not None:
        yield from record_rules.by_article(policy.articles, evidence.article)


def _by_mode(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    if policy.mode is Mode.PRE_MODERATION:
        yield _PRE_MODERATION
    if evidence.article.is_pre_moderated:
        yield _ARTICLE_PRE_MODERATED


def _urgency(judged: list[tuple[Threshold, float]], against: list[Reason]) -> float:
    """Return the highest probability of harm, or what a rule's find weighs; never lower by more."""
    highest = max((score for _, score in judged), default=URGENCY_UNKNOWN)
    return max(highest, *(reason.weight for reason in against)) if against else highest
