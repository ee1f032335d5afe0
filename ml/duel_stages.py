"""What a duel is doing, in words: see ``ml/duel.py``."""

from typing import Final

SCORING_DECISIONS: Final = "scoring the newest decisions"
SCORING_SUITES: Final = "scoring the suites"
MEASURING: Final = "measuring"
STAGES: Final = (SCORING_DECISIONS, SCORING_SUITES, MEASURING)
