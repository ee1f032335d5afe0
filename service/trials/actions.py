"""Trying a policy on the past, and saving one with its operating points worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.policy import actions as policies
from service.policy import in_force, queries, solutions, word_lists
from service.policy.document import SCORED_LANGUAGES, PolicyDocument
from service.policy.errors import WordListInvalid
from service.policy.operating_points import Solved
from service.policy.queries import PolicyVersion
from service.policy.wordlist_section import ListedWord, Words
from service.registry import queries as registry
from service.registry.errors import NoChampion
from service.scoring.classifier import Classifier
from service.texts import said
from service.trials import past, solving
from service.trials.replay import Replay, replay
from service.trials.solving import Judge

# What is saved is tried on fewer, so that saving answers at once.
COST_COMMENTS_MAX = 20_000
_ARTICLE_MODES = (said("pre-moderation of single articles"),)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would have done in the site's last days, and what its wishes come to."""

    replay: Replay
    solved: tuple[Solved, ...]
    pace: timedelta
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """A version that rules, and the trial of it."""

    version: PolicyVersion
    trial: Trial


@dataclass(frozen=True, slots=True)
class Standing:
    """What rules now: wishes as they were worked out, and labels that cannot speak, by language."""

    solved: tuple[Solved, ...]
    inactive: Mapping[Language, list[Label]]


def judge(session: Session, site_id: UUID, classifier: Classifier | None) -> Judge | None:
    """Return the version that is live on the site, with the classifier if it is this very one."""
    live = registry.champion_id(session, site_id)
    if live is None:
        return None
    version_id, digest = live
    is_same = classifier is not None and classifier.version == digest
    return Judge(version_id, classifier if is_same else None, digest)


def preview(
    session: Session,
    site_id: UUID,
    document: PolicyDocument,
    judge: Judge | None,
    *,
    now: datetime,
    limit: int = past.COMMENTS_MAX,
) -> Trial:
    """Return what the document would have done.

    Raises:
        NoChampion: it has operating points, and no model version is live.
    """
    solved: Sequence[Solved] = ()
    if document.operating_points:
        if judge is None:
            raise NoChampion
        solved = solving.solve(session, site_id, document, judge, now=now)
    return _tried(session, site_id, document, tuple(solved), now=now, limit=limit)


def save(
    session: Session,
    site_id: UUID,
    document: PolicyDocument,
    judge: Judge | None,
    *,
    note: str,
    saved_by: str,
    based_on: int | None = None,
    now: datetime,
) -> Saved:
    """Have the document rule from now on, with thresholds for the live model version.

    Raises:
        SavedMeanwhile: ``based_on`` is given, and another version was saved since that one.
        NoChampion: it has operating points, and no model version is live.
    """
    trial = preview(session, site_id, document, judge, now=now, limit=COST_COMMENTS_MAX)
    version = policies.save(
        *(session, site_id, document), note=note, saved_by=saved_by, based_on=based_on, now=now
    )
    if trial.solved and judge is not None and version.id is not None:
        solutions.store(session, version.id, judge.version_id, trial.solved, now=now)
    return Saved(version, trial)


def restore(
    session: Session,
    site_id: UUID,
    number: int,
    judge: Judge | None,
    *,
    note: str,
    saved_by: str,
    now: datetime,
) -> Saved:
    """Have an old version rule again, as a new one.

    Raises:
        PolicyVersionNotFound: the site never saved it.
        NoChampion: it has operating points, and no model version is live.
    """
    old = queries.version(session, site_id, number)
    return save(session, site_id, old.document, judge, note=note, saved_by=saved_by, now=now)


def standing(session: Session, site_id: UUID, judge: Judge | None) -> Standing:
    """Return what the site's wishes come to with the live model version, once that is known."""
    if judge is None:
        return Standing((), {})
    current = queries.current(session, site_id)
    solved = None
    if current.id is not None and current.document.operating_points:
        solved = solutions.stored(session, current.id, judge.version_id)
    return Standing(solved or (), _inactive(registry.champion_supports(session, site_id)))


def _inactive(supported: Mapping[str, Sequence[str]] | None) -> dict[Language, list[Label]]:
    if supported is None:
        return {}
    return {
        language: silent
        for language in SCORED_LANGUAGES
        if (silent := [each for each in Label if language not in supported.get(each, ())])
    }


def with_words(session: Session, site_id: UUID, content: bytes) -> PolicyDocument:
    """Return what rules now with the words of a CSV file in the place of the site's own.

    Raises:
        WordListInvalid: names every wrong row.
    """
    read = word_lists.read_csv(content)
    if read.problems:
        raise WordListInvalid(read.problems)
    document = queries.current(session, site_id).document
    listed = tuple(ListedWord.of(entry) for entry in read.entries)
    words = Words(starters=document.words.starters, listed=listed)
    return document.model_copy(update={"words": words})


def _tried(
    session: Session,
    site_id: UUID,
    document: PolicyDocument,
    solved: tuple[Solved, ...],
    *,
    now: datetime,
    limit: int,
) -> Trial:
    draft = in_force.draft(document, solved)
    comments = past.comments(session, site_id, now=now, with_bodies=bool(draft.parts), limit=limit)
    return Trial(
        replay=replay(
            *(draft, comments),
            now=now,
            sanctions=past.sanctions(session, site_id, now=now),
            not_kept=_ARTICLE_MODES if past.has_article_modes(session, site_id) else (),
        ),
        solved=solved,
        pace=past.pace(session, site_id, now=now),
        is_whole=len(comments) < limit,
    )
