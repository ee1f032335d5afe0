"""Which labels a lead should look at before anybody learns from them. Pure.

A label is a contradiction where a model that nobody here has taught is sure of the opposite, or
where somebody else has said the opposite of the same text. Some are right, and what one learns most
from: a model errs.
So no single one is suspicious, but a sender is who contradicts far more often than the others do,
or who contradicts whenever a text holds a certain word, and the others do not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from ml.thresholds import beta_cdf
from service.examples.origin import Cause

_WORDS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One label: whether it says harm, what the model says, and whether others dispute it.

    ``score``: the model's highest probability of any harm. ``words``: of the text, normalised.
    """

    example_id: UUID
    sender: str
    is_harmful: bool
    score: float
    is_disputed: bool
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """When labels are set aside.

    Attributes:
        calm_below: the model is sure that a text below is calm.
        harm_above: and that one above is not.
        count_min: so many contradictions of one sender it takes, whatever their share.
        pattern_min: and so many with the word in common.
        usual: the share of contradictions that is taken as usual where others are too few to tell.
        margin: how much more often than others somebody may contradict.
        doubt: the chance of setting aside what came about by chance, for each test.
    """

    calm_below: float = 0.1
    harm_above: float = 0.8
    count_min: int = 15
    pattern_min: int = 8
    usual: float = 0.2
    margin: float = 1.5
    doubt: float = 1e-4


@dataclass(frozen=True, slots=True)
class Burst:
    """Labels of one sender to be set aside, and the counts that say why.

    Of the ``judged`` labels on which the model or others are sure, ``contradictions`` say the
    opposite, where a share of ``usual`` would be expected.
    """

    sender: str
    cause: Cause
    example_ids: tuple[UUID, ...]
    judged: int
    contradictions: int
    usual: float
    words: tuple[str, ...] = ()


def bursts(said: Sequence[Said], limits: Limits) -> list[Burst]:
    """Return what is to be set aside, at most one burst for each sender, in the senders' order."""
    by_sender: dict[str, list[Said]] = defaultdict(list)
    for each in said:
        by_sender[each.sender].append(each)
    sure = [each for each in said if _is_sure(each, limits)]
    found = []
    for sender in sorted(by_sender):
        own = by_sender[sender]
        others = [each for each in sure if each.sender != sender]
        burst = _by_share(own, others, limits) or _by_pattern(own, others, limits)
        if burst is not None:
            found.append(burst)
    return found


def _is_sure(each: Said, limits: Limits) -> bool:
    return each.is_disputed or not limits.calm_below < each.score < limits.harm_above


def _contradicts(each: Said, limits: Limits) -> bool:
    if each.is_disputed:
        return True
    return each.score <= limits.calm_below if each.is_harmful else each.score >= limits.harm_above


def _by_share(own: Sequence[Said], others: Sequence[Said], limits: Limits) -> Burst | None:
    judged = [each for each in own if _is_sure(each, limits)]
    contradictions = sum(_contradicts(each, limits) for each in judged)
    usual = _usual(others, limits)
    if contradictions < limits.count_min:
        return None
    if _chance(contradictions, len(judged), usual) >= limits.doubt:
        return None
    ids = tuple(each.example_id for each in own)
    return Burst(own[0].sender, Cause.CONTRADICTS, ids, len(judged), contradictions, usual)


def _by_pattern(own: Sequence[Said], others: Sequence[Said], limits: Limits) -> Burst | None:
    judged = [each for each in own if _is_sure(each, limits)]
    against = [each for each in judged if _contradicts(each, limits)]
    if len(against) < limits.pattern_min:
        return None
    words = list(_suspicious_words(judged, against, others, limits))
    if not words:
        return None
    # What points the same way and shares the word is suspicious even where nobody is sure.
    directions = {each.is_harmful for each in against if each.words & set(words)}
    ids = tuple(
        each.example_id
        for each in own
        if each.words & set(words) and (_contradicts(each, limits) or each.is_harmful in directions)
    )
    with_word = [each for each in judged if each.words & set(words)]
    count = sum(_contradicts(each, limits) for each in with_word)
    return Burst(
        own[0].sender,
        Cause.PATTERN,
        ids,
        len(with_word),
        count,
        _usual(others, limits),
        tuple(words[:_WORDS_NAMED]),
    )


def _suspicious_words(
    judged: Sequence[Said], against: Sequence[Said], others: Sequence[Said], limits: Limits
) -> Iterator[str]:
    """Yield the words with which the sender contradicts, most telling first."""
    in_all, in_against = _counted(judged), _counted(against)
    tried = [word for word, count in in_against.items() if count >= limits.pattern_min]
    of_others = _Others(others, frozenset(tried), limits)
    telling = []
    for word in tried:
        with_word, wrong = in_all[word], in_against[word]
        elsewhere = _rate(len(against) - wrong, len(judged) - with_word)
        usual = min(max(elsewhere, _usual(others, limits)) * limits.margin, 1.0)
        chance = _chance(wrong, with_word, usual) * len(tried)
        # Where others contradict with the same word, the world has changed, not the sender.
        if chance < limits.doubt and not of_others.do(word, wrong / with_word):
            telling.append((chance, word))
    for _, word in sorted(telling):
        yield word


def _counted(said: Sequence[Said]) -> Counter[str]:
    return Counter(word for each in said for word in each.words)


class _Others:
    """How often others contradict with certain words, counted once."""

    def __init__(self, others: Sequence[Said], words: frozenset[str], limits: Limits) -> None:
        self._least = limits.pattern_min
        self._all: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        for each in others:
            met = each.words & words
            self._all.update(met)
            if met and _contradicts(each, limits):
                self._wrong.update(met)

    def do(self, word: str, share: float) -> bool:
        """Say whether they contradict with the word at least half as often."""
        judged = self._all[word]
        return judged >= self._least and self._wrong[word] / judged >= share / 2


def _usual(others: Sequence[Said], limits: Limits) -> float:
    """Return the share of contradictions beyond which one is unlike the others.

    ``others``: what they say where the model or somebody else is sure.
    """
    if len(others) < limits.count_min * 4:
        return limits.usual
    seen = _rate(sum(_contradicts(each, limits) for each in others), len(others))
    return min(seen * limits.margin, 1.0)


def _rate(count: int, total: int) -> float:
    """Return a share that is never 0: what was not seen yet may still come."""
    return (count + 1) / (total + 2)


def _chance(count: int, total: int, rate: float) -> float:
    """Return the chance of ``count`` or more in ``total`` at this rate: the binomial tail."""
    if count == 0:
        return 1.0
    return beta_cdf(rate, count, total - count + 1)
