"""Closer looks while a caller waits: few at a time, so that what is clear stays quick.

A look takes a hundred times as long as the first sight, and one process serves everybody. Whoever
finds no room goes with the first sight, and the caller is told so or not as the API allows.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from threading import BoundedSemaphore
from time import monotonic
from typing import Final

import structlog
from prometheus_client import Counter

from ml.labels import Language
from service import metrics
from service.scoring.classifier import Classifier, Prediction

_log = structlog.get_logger(__name__)

_NO_TIME: Final = timedelta(0)


class Sight(StrEnum):
    """What an answer rests on."""

    CLEAR = "clear"
    CLOSER_LOOK = "closer_look"
    FIRST_SIGHT = "first_sight"
    REMEMBERED = "remembered"


_SCORED: Final = Counter(
    "parley_texts_scored_at_once",
    "Texts scored for those who wait: clear at first sight, looked at closely, unclear and answered"
    " by the first sight all the same, or remembered.",
    ("by",),
    registry=metrics.REGISTRY,
)
_SCORED_BY: Final = {sight: _SCORED.labels(sight.value) for sight in Sight}


def count(sight: Sight, number: int = 1) -> None:
    """Count texts that a waiting caller was answered."""
    _SCORED_BY[sight].inc(number)


class CloserLooks:
    """One process's closer looks, one after the other; used by its event loop and its threads.

    Args:
        most: so many are in hand, the one that is being taken and those that wait for it.
    """

    def __init__(self, most: int) -> None:
        self._room = BoundedSemaphore(most)
        # One: a second would take the processor from those who are answered at first sight.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="closer-looks")

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def begin(
        self,
        classifier: Classifier,
        text: str,
        hint: Language | None,
        *,
        wait: timedelta = _NO_TIME,
    ) -> Future[Prediction] | None:
        """Have the text looked at; None where too many are in hand, after ``wait`` still."""
        if not self._room.acquire(timeout=wait.total_seconds()):
            return None
        try:
            look = self._thread.submit(_look, classifier, text, hint)
        except RuntimeError:  # the process is ending
            self._room.release()
            return None
        look.add_done_callback(lambda _: self._room.release())
        return look


def _look(classifier: Classifier, text: str, hint: Language | None) -> Prediction:
    [prediction] = classifier.predict([text], hints=[hint])
    return prediction


def note_failure(error: BaseException) -> None:
    """Log that a look failed; only the kind of the error: its own words may repeat the text."""
    _log.error("closer_look_failed", error=type(error).__name__)


@contextmanager
def opened(most: int) -> Iterator[CloserLooks]:
    looks = CloserLooks(most)
    try:
        yield looks
    finally:
        looks.close()


def predict(
    classifier: Classifier,
    texts: Sequence[str],
    *,
    hint: Language | None,
    looks: CloserLooks,
    wait: timedelta,
) -> list[Prediction]:
    """Return one prediction for each text, in order, from a thread that may wait.

    One that is still ``is_unclear`` found no room for a closer look, although ``wait`` was spent
    on room for all of them, or the look failed; those after it are not waited for either.
    """
    until = monotonic() + wait.total_seconds()
    found = list(classifier.predict_at_first_sight(texts, hints=[hint] * len(texts)))
    unclear = [at for at, each in enumerate(found) if each.is_unclear]
    looked_at = 0
    for at in unclear:
        left = timedelta(seconds=max(until - monotonic(), 0))
        look = looks.begin(classifier, texts[at], hint, wait=left)
        if look is None:
            break
        try:
            found[at] = look.result()
        except Exception as error:  # noqa: BLE001 - whatever it is, there is a first sight
            note_failure(error)
            break
        looked_at += 1
    count(Sight.CLEAR, len(found) - len(unclear))
    count(Sight.CLOSER_LOOK, looked_at)
    count(Sight.FIRST_SIGHT, len(unclear) - looked_at)
    return found
