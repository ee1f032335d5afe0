"""Scores for those who wait for them: remembered by the text's digest, and never after a deadline.

Clients ask for one text again and again (a nudge and the post that follows it), so what was scored
is kept: by digest and model version, in this process, without the text.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from typing import Final, Generic, TypeVar
from uuid import UUID

from ml.labels import Language
from service.errors import Unavailable
from service.scoring.classifier import Classifier, Prediction, SentencePrediction

_THREADS: Final = 2
# So many would not be done in time anyhow.
_MOST_WAITING: Final = 64

Kept = TypeVar("Kept")


class NoScoreInTime(Unavailable):
    code = "no_score_in_time"

    def __init__(self) -> None:
        super().__init__("The text could not be scored in time: try again in a moment.")


@dataclass(frozen=True, slots=True)
class _Key:
    version: str
    hint: Language | None
    digest: bytes


class _Memory(Generic[Kept]):
    """The newest values that were asked for; used by several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[_Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: _Key) -> Kept | None:
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def put(self, key: _Key, value: Kept) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)


class Scorer:
    """Asks the live classifiers, in threads of its own; used by one event loop.

    ``classifier`` is asked for the one that is live on a site; without a site, for the shared one.
    """

    def __init__(self, classifier: Callable[[UUID | None], Classifier], *, kept: int) -> None:
        self._classifier = classifier
        self._whole: _Memory[Prediction] = _Memory(kept)
        self._sentences: _Memory[tuple[SentencePrediction, ...]] = _Memory(kept)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dialects")
        self._waiting = 0

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def kept(self) -> int:
        """How many answers are remembered."""
        return len(self._whole) + len(self._sentences)

    def of(self, site_id: UUID | None) -> "ScorerBy":
        """Return a scorer that stays with the classifier that is live on the site now."""
        return ScorerBy(self, self._classifier(site_id))

    async def predict(
        self,
        texts: Sequence[str],
        *,
        hint: Language | None,
        within: timedelta,
        by: Classifier | None = None,
    ) -> list[Prediction]:
        """Return one prediction for each text, in order; without ``by``, by the shared classifier.

        Raises:
            NoScoreInTime: it takes longer than ``within``.
        """
        classifier = by or self._classifier(None)
        keys = [_key(classifier, text, hint) for text in texts]
        found = {key: self._whole.get(key) for key in keys}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if found[key] is None}
        if missing:
            scored = await self._in_thread(
                lambda: self._score(classifier, missing, hint), within=within
            )
            found |= scored
        return [prediction for key in keys if (prediction := found[key]) is not None]

    async def predict_sentences(
        self,
        text: str,
        *,
        hint: Language | None,
        within: timedelta,
        by: Classifier | None = None,
    ) -> tuple[SentencePrediction, ...]:
        """Return a prediction for each sentence of the text, as if it stood alone.

        Raises:
            NoScoreInTime: it takes longer than ``within``.
        """
        classifier = by or self._classifier(None)
        key = _key(classifier, text, hint)
        found = self._sentences.get(key)
        if found is None:
            found = await self._in_thread(
                lambda: tuple(classifier.predict_sentences(text, hint=hint)), within=within
            )
            self._sentences.put(key, found)
        return found

    def _score(
        self, classifier: Classifier, missing: dict[_Key, str], hint: Language | None
    ) -> dict[_Key, Prediction]:
        texts = list(missing.values())
        predictions = classifier.predict(texts, hints=[hint] * len(texts))
        scored = dict(zip(missing, predictions, strict=True))
        # Kept even when nobody waits any more: who asks again has it at once.
        for key, prediction in scored.items():
            self._whole.put(key, prediction)
        return scored

    async def _in_thread(self, score: Callable[[], Kept], *, within: timedelta) -> Kept:
        if self._waiting >= _MOST_WAITING:
            raise NoScoreInTime
        self._waiting += 1
        task = asyncio.get_running_loop().run_in_executor(self._threads, score)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.shield(task), within.total_seconds())
        except TimeoutError as error:
            raise NoScoreInTime from error

    def _ended(self, task: asyncio.Future[Kept]) -> None:
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
        self, texts: Sequence[str], *, hint: Language | None, within: timedelta
    ) -> list[Prediction]:
        return await self.scorer.predict(texts, hint=hint, within=within, by=self.classifier)

    async def predict_sentences(
        self, text: str, *, hint: Language | None, within: timedelta
    ) -> tuple[SentencePrediction, ...]:
        return await self.scorer.predict_sentences(
            text, hint=hint, within=within, by=self.classifier
        )


def _key(classifier: Classifier, text: str, hint: Language | None) -> _Key:
    return _Key(classifier.version, hint, hashlib.sha256(text.encode()).digest())
