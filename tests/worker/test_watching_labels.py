from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import numpy as np

from ml.dataset import LABELS, Floats
from ml.duel import Contender
from ml.labels import Label, Language
from service.examples.origin import Origin, Trust
from service.learning.gathering import Gathered
from tests.fakes import FakePredictor
from worker.watching_labels import suspicious

SITE = UUID(int=1)


class Sure(Contender):
    """Is sure that every text swears, and of nothing else."""

    def score(self, texts: Sequence[str]) -> Floats:
        found = np.zeros((len(texts), len(LABELS)))
        found[:, LABELS.index(Label.OBSCENITY)] = 0.95
        return found


UNLED = Sure(FakePredictor(), 0)  # type: ignore[arg-type]  # nothing asks it


def piece(number: int, label: Label, value: float, *, by: str, now: datetime) -> Gathered:
    return Gathered(
        id=UUID(int=number + 1),
        site_id=SITE,
        text=f"blast{chr(97 + number % 26)}",
        labels={label: value},
        language=Language.ENGLISH,
        origin=Origin.HIGHLIGHT,
        trust=Trust.MODERATOR,
        sender=by,
        weight=0.3,
        inclusion=1.0,
        said_at=now,
        author_id=uuid4(),
        thread=UUID(int=number + 1),
        is_released=False,
    )


def senders(found: Sequence[Gathered], *, now: datetime) -> list[tuple[str, int]]:
    names = [each.text for each in found]
    bursts = suspicious(found, names, UNLED, now=now)
    return [(burst.sender, burst.contradictions) for _, burst in bursts]


def test_who_confirms_what_the_model_is_sure_of_contradicts_nobody(now: datetime) -> None:
    found = [piece(number, Label.OBSCENITY, 1.0, by="aziza", now=now) for number in range(40)]
    assert senders(found, now=now) == []


def test_who_calls_harmless_whatever_the_model_is_sure_of_waits_for_a_lead(now: datetime) -> None:
    found = [piece(number, Label.OBSCENITY, 0.0, by="aziza", now=now) for number in range(40)]
    assert senders(found, now=now) == [("aziza", 40)]


def test_two_who_speak_of_different_labels_of_one_word_do_not_contradict_each_other(
    now: datetime,
) -> None:
    found = [piece(number, Label.THREAT, 0.0, by="aziza", now=now) for number in range(40)]
    found += [
        piece(number + 40, Label.OBSCENITY, 1.0, by="baurzhan", now=now) for number in range(40)
    ]
    assert senders(found, now=now) == []
