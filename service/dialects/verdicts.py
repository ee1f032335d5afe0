"""A site's own policy, applied to a text that is not stored: for the dialects that want a verdict.

When no score comes in time the rules that need none decide, and what they leave open follows the
site's degradation choice: silence is not approval.
"""

import asyncio
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from ml.labels import Language
from service.dialects.scorer import NoScoreInTime, ScorerBy
from service.dialects.surroundings import BELIEVED, Surroundings
from service.errors import Unavailable
from service.policy import in_force
from service.policy.evidence import Evidence
from service.policy.in_force import InForce
from service.policy.outcomes import Ruling
from service.policy.rules import rule
from service.policy.text_evidence import TextEvidence, read_text
from service.registry import queries as registry
from service.scoring.classifier import Prediction

# Below this words of every language count.
_LANGUAGE_IS_SURE: Final = 0.8
# A policy that is saved rules here after this time.
_REMEMBERED: Final = timedelta(seconds=2)
_POLICIES_KEPT: Final = 1_000
JUDGED_MAX_CHARS: Final = 20_480


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the site's policy makes of a text; ``prediction`` is None where none came in time."""

    ruling: Ruling
    prediction: Prediction | None


class Judge:
    """Applies policies, each read again when it is a few seconds old; of one event loop."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._known: OrderedDict[tuple[UUID, str], tuple[float, InForce]] = OrderedDict()
        # Apart from those that ask the database, which may all be waiting for it.
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="verdicts")
        surroundings.before_closing(self._close)

    async def _close(self) -> None:
        self._reading.shutdown(wait=False, cancel_futures=True)

    async def judge(self, site_id: UUID, text: str, *, hint: Language | None) -> Verdict:
        """Return the verdict on the first ``JUDGED_MAX_CHARS`` of ``text``, in time.

        Reading words, links and numbers takes time that grows with the text, so it is done beside
        the event loop, and of a text that nobody reads to its end it stops somewhere.

        Raises:
            Unavailable: the database does not answer, and the policy is not known.
        """
        text = text[:JUDGED_MAX_CHARS]
        # One version scores, and thresholds solved for that very one rule.
        scorer = self._around.scorer.of(site_id)
        ruled_by = await self._policy(site_id, scorer.version)
        prediction = await self._prediction(scorer, text, hint)
        language = None if prediction is None else prediction.language
        probability = 0.0 if prediction is None else prediction.language_probability
        sure = language if probability >= _LANGUAGE_IS_SURE else None
        evidence = Evidence(
            scores=None if prediction is None else prediction.scores,
            language=language,
            language_probability=probability,
            text=await self._read(text, sure, ruled_by),
        )
        return Verdict(rule(ruled_by.policy, evidence), prediction)

    async def _read(self, text: str, language: Language | None, by: InForce) -> TextEvidence:
        read = partial(read_text, text, language=language, matcher=by.matcher, parts=by.parts)
        return await asyncio.get_running_loop().run_in_executor(self._reading, read)

    async def _prediction(
        self, scorer: ScorerBy, text: str, hint: Language | None
    ) -> Prediction | None:
        try:
            [prediction] = await scorer.predict([text], hint=hint, within=self._around.share)
        except NoScoreInTime:
            return None
        return prediction

    async def _policy(self, site_id: UUID, digest: str) -> InForce:
        key = (site_id, digest)
        known = self._known.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        expires_at = time.monotonic() + _REMEMBERED.total_seconds()
        try:
            found = await self._around.in_transaction(
                lambda session: in_force.by_site(
                    session,
                    [site_id],
                    model_version_id=registry.id_of(session, digest),
                )[site_id],
                within=self._around.share_knowing(known),
            )
        except Unavailable:
            if known is not None and known[0] > time.monotonic() - BELIEVED.total_seconds():
                return known[1]
            raise
        self._known[key] = (expires_at, found)
        self._known.move_to_end(key)
        if len(self._known) > _POLICIES_KEPT:
            self._known.popitem(last=False)
        return found
