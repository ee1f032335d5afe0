"""What is said of a run: what it is doing, and how it ended. Pure.

Whole lines, so that pages can tell them in other languages (see ``service/wording.py``). What the
gate says stands in ``ml/gate_sentences.py``.
"""

from typing import Final

from ml import duel_stages

READING: Final = "reading the examples"
LOOKING: Final = "looking for labels that a lead should see"
READING_CORPORA: Final = "reading the corpora"
LEARNING: Final = "learning {label}"
SETTING_THRESHOLDS: Final = "setting thresholds"
WRITING: Final = "writing the report"
DOING: Final = (
    *(READING, LOOKING, READING_CORPORA, LEARNING, SETTING_THRESHOLDS, WRITING),
    *duel_stages.STAGES,
)

KILLED: Final = "The process ended before the run did; what decides was not touched."
TOLD_TO_END: Final = "The process was asked to end before the run did."
FAILED: Final = "The run failed: {said} (at {place})"
ENDED: Final = (KILLED, TOLD_TO_END, FAILED)
