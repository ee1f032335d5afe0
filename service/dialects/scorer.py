"""Scores for those who wait for them: remembered by the text's digest, and never after a deadline.

Clients ask for one text again and again (a nudge and the post that follows it), so what was scored
is kept: by digest and model version, in this process, without the text. What is unclear at first
sight gets a closer look where there is room and time for one; else the first sight is the answer,
and it is not kept, so that whoever asks again may have the better one.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from ml.labels import Language
from service.dialects import languages
from service.errors import Unavailable
from service.scoring import looks
from service.scoring.classifier import Classifier, Prediction
from service.scoring.looks import CloserLooks, Sight

# So much is seen through in half a millisecond, less than a thread costs under load.
_AT_ONCE_MAX_CHARS: Final = 4_096
_THREADS: Final = 2
# So many would not be done in time anyhow.
_MOST_WAITING: Final = 64


class NoScoreInTime(Unavailable):
    code = "no_score_in_time"

    def __init__(self) -> None:
        super().__init__("The text could not be scored in time: try again in a moment.")


@dataclass(frozen=True, slots=True)
class _Key:
    version: str
    hint: Language | None
    or_english: bool
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text at first sight, and the hint by which it was seen."""

    text: str
    hint: Language | None
    prediction: Prediction


class _Memory:
    """The newest predictions that were asked for; used by several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[_Key, Prediction] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> Prediction | None:
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def put(self, key: _Key, value: Prediction) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)


class Scorer:
    """Asks the live classifiers; used by one event loop.

    Args:
        classifier: asked for the one that is live on a site; without a site, for the shared one.
        kept: so many predictions are remembered.
        closer: the process's closer looks.
        look_within: so long is waited for each of them.
    """

    def __init__(
        self,
        classifier: Callable[[UUID | None], Classifier],
        *,
        kept: int,
        closer: CloserLooks,
        look_within: timedelta,
    ) -> None:
        self._classifier = classifier
        self._memory = _Memory(kept)
        self._closer = closer
        self._look_within = look_within.total_seconds()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dialects")
        self._waiting = 0

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def kept(self) -> int:
        """How many answers are remembered."""
        return len(self._memory)

    def of(self, site_id: UUID | None) -> "ScorerBy":
        """Return a scorer that stays with the classifier that is live on the site now."""
        return ScorerBy(self, self._classifier(site_id))

    async def predict(
        self,
        texts: Sequence[str],
        *,
        hint: Language | None,
        within: timedelta,
        looks_within: timedelta | None = None,
        by: Classifier | None = None,
        or_english: bool = False,
    ) -> list[Prediction]:
        """Return one prediction for each text, in order; without ``by``, by the shared classifier.

        Args:
            texts: as written.
            hint: what the caller says of their language.
            within: what is unclear by then is answered by the first sight.
            looks_within: the same, where closer looks are to take less of the time.
            by: the classifier.
            or_english: a text that seems to be in none of our languages, but not surely so, is
                judged as if it were English: short ones often are.

        Raises:
            NoScoreInTime: not even the first sight is there in time.
        """
        for_looks = within if looks_within is None else min(within, looks_within)
        until = asyncio.get_running_loop().time() + for_looks.total_seconds()
        classifier = by or self._classifier(None)
        keys = [_key(classifier, text, hint, or_english=or_english) for text in texts]
        kept = {key: self._memory.get(key) for key in keys}
        found = {key: prediction for key, prediction in kept.items() if prediction is not None}
        looks.count(Sight.REMEMBERED, len(found))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            seen = await self._see(classifier, missing, hint, or_english=or_english, within=within)
            found |= {key: each.prediction for key, each in seen.items()}
            found |= await self._look_closer(classifier, seen, until=until)
        return [found[key] for key in keys]

    async def _see(
        self,
        classifier: Classifier,
        missing: Mapping[_Key, str],
        hint: Language | None,
        *,
        or_english: bool,
        within: timedelta,
    ) -> dict[_Key, _Seen]:
        """Return every text at first sight, and keep what is clear."""

        def see() -> list[_Seen]:
            return _seen(classifier, list(missing.values()), hint, or_english=or_english)

        is_short = sum(map(len, missing.values())) <= _AT_ONCE_MAX_CHARS
        all_seen = see() if is_short else await self._in_thread(see, within=within)
        seen = dict(zip(missing, all_seen, strict=True))
        clear = {key: each for key, each in seen.items() if not each.prediction.is_unclear}
        for key, each in clear.items():
            self._memory.put(key, each.prediction)
        looks.count(Sight.CLEAR, len(clear))
        return seen

    async def _look_closer(
        self, classifier: Classifier, seen: Mapping[_Key, _Seen], *, until: float
    ) -> dict[_Key, Prediction]:
        """Return closer looks at what is unclear, as many as there is room and time for.

        One at a time, so that a long list leaves room for other callers.
        """
        unclear = {key: each for key, each in seen.items() if each.prediction.is_unclear}
        looked_at: dict[_Key, Prediction] = {}
        for key, each in unclear.items():
            left = until - asyncio.get_running_loop().time()
            look = self._closer.begin(classifier, each.text, each.hint) if left > 0 else None
            if look is None:
                break
            self._keep(key, look)
            try:
                looked_at[key] = await _found(look, within=min(left, self._look_within))
            except TimeoutError:
                break
            except Exception as error:  # noqa: BLE001 - whatever it is, there is a first sight
                looks.note_failure(error)
                break
        looks.count(Sight.CLOSER_LOOK, len(looked_at))
        looks.count(Sight.FIRST_SIGHT, len(unclear) - len(looked_at))
        return looked_at

    def _keep(self, key: _Key, look: Future[Prediction]) -> None:
        """Keep what is seen even when nobody waits any more: who asks again has it at once."""

        def keep(done: Future[Prediction]) -> None:
            if not done.cancelled() and done.exception() is None:
                self._memory.put(key, done.result())

        look.add_done_callback(keep)

    async def _in_thread(self, see: Callable[[], list[_Seen]], *, within: timedelta) -> list[_Seen]:
        if self._waiting >= _MOST_WAITING:
            raise NoScoreInTime
        self._waiting += 1
        task = asyncio.get_running_loop().run_in_executor(self._threads, see)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.shield(task), within.total_seconds())
        except TimeoutError as error:
            raise NoScoreInTime from error

    def _ended(self, task: asyncio.Future[list[_Seen]]) -> None:
        self._waiting -= 1
        if not task.cancelled():
            task.exception()  # nobody may be waiting for it any more


@dataclass(frozen=True, slots=True)
class ScorerBy:
    """A scorer and one classifier, which stays the same however many are promoted meanwhile."""

    scorer: Scorer
    classifier: Classifier

    @property
    def version(self) -> str:
        return self.classifier.version

    async def predict(
        self,
        texts: Sequence[str],
        *,
        hint: Language | None,
        within: timedelta,
        looks_within: timedelta | None = None,
        or_english: bool = False,
    ) -> list[Prediction]:
        return await self.scorer.predict(
            texts,
            hint=hint,
            within=within,
            looks_within=looks_within,
            by=self.classifier,
            or_english=or_english,
        )


def _seen(
    classifier: Classifier, texts: Sequence[str], hint: Language | None, *, or_english: bool
) -> list[_Seen]:
    predictions = classifier.predict_at_first_sight(texts, hints=[hint] * len(texts))
    seen = [_Seen(text, hint, each) for text, each in zip(texts, predictions, strict=True)]
    if or_english and hint is not Language.ENGLISH:
        unsure = [at for at, each in enumerate(seen) if languages.may_be_ours(each.prediction)]
        if unsure:
            again = _seen(
                classifier, [texts[at] for at in unsure], Language.ENGLISH, or_english=False
            )
            for at, each in zip(unsure, again, strict=True):
                seen[at] = each
    return seen


async def _found(look: Future[Prediction], *, within: float) -> Prediction:
    """Return what the look finds; one that was begun goes on when the time is over.

    Raises:
        TimeoutError: it is not done within so many seconds.
    """
    task = asyncio.wrap_future(look)
    done, _ = await asyncio.wait([task], timeout=within)
    if not done:
        task.cancel()
        raise TimeoutError
    return task.result()


def _key(classifier: Classifier, text: str, hint: Language | None, *, or_english: bool) -> _Key:
    return _Key(classifier.version, hint, or_english, hashlib.sha256(text.encode()).digest())
