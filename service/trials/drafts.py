"""What the policy page shows: a draft as it was typed, what it would do, and what ruled before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.labels import DEFINITIONS, Label, Language
from service import texts
from service.comments.tables import Comment
from service.errors import Invalid
from service.policy import queries
from service.policy.document import SCORED_LANGUAGES, PolicyDocument
from service.policy.schemas import NOTE_MAX_CHARS
from service.policy.text_rules import LANGUAGE_NAMES
from service.policy.word_lists import STARTER_LANGUAGES
from service.sites.tables import Site
from service.trials import actions, form
from service.trials.actions import Trial
from service.trials.fields import general, rules
from service.trials.form import Typed
from service.trials.schemas import CostOut, SolvedOut
from service.trials.solving import Judge

_HISTORY_MAX = 30
_SHOWN_MAX = 25


class NoteUnfit(Invalid):
    code = "note_unfit"
    lines = (
        "Say in 1 to {most} characters why the policy is changed: it is kept with the version.",
        "The note {wrong}.",
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What a lead has typed, upon which version, and what is wrong with it by field."""

    typed: Typed
    based_on: int
    note: str = ""
    document: PolicyDocument | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    def with_problem(self, name: str, detail: str) -> Self:
        return replace(self, problems={**self.problems, name: detail})

    def upon(self, version: int) -> Self:
        """Return the draft as one that knows of this version."""
        return replace(self, based_on=version)

    @property
    def clean_note(self) -> str:
        """Return why the policy is changed.

        Raises:
            NoteUnfit: nothing is said, or too much.
        """
        if not 1 <= len(self.note.strip()) <= NOTE_MAX_CHARS:
            raise NoteUnfit(NoteUnfit.lines[0].format(most=NOTE_MAX_CHARS))
        try:
            return texts.clean_line(self.note)
        except ValueError as error:
            raise NoteUnfit(NoteUnfit.lines[1].format(wrong=error)) from None


def standing(session: Session, site_id: UUID) -> Draft:
    """Return what rules now, as a draft that changes nothing."""
    current = queries.current(session, site_id)
    return Draft(form.typed(current.document), current.version, document=current.document)


def sent(session: Session, site_id: UUID, given: Typed) -> Draft:
    """Return the draft that a form carries."""
    note, base = ((given.get(name) or [""])[0] for name in ("note", "based_on"))
    based_on = int(base) if base.isdecimal() else queries.current(session, site_id).version
    reading = form.read(given)
    return Draft(given, based_on, note, reading.document, reading.problems)


def desk(
    session: Session, site: Site, draft: Draft, judge: Judge | None, *, trial: Trial | None
) -> dict[str, Any]:
    """Return all that the page shows of a site's policy."""
    current = queries.current(session, site.id)
    ruling = actions.standing(session, site.id, judge)
    rows = form.wish_rows(draft.typed)
    return {
        "current": current,
        "draft": draft,
        "general": general(),
        "rules": rules(),
        "labels": [(label.value, DEFINITIONS[label]) for label in Label],
        "languages": [(each.value, LANGUAGE_NAMES[each]) for each in SCORED_LANGUAGES],
        "language_names": {each.value: LANGUAGE_NAMES[each] for each in Language},
        "starters": [(each.value, LANGUAGE_NAMES[each]) for each in STARTER_LANGUAGES],
        "wish_rows": rows,
        "solved": [SolvedOut.of(each) for each in ruling.solved],
        "inactive": {LANGUAGE_NAMES[each]: found for each, found in ruling.inactive.items()},
        "trial": None if trial is None else _tried(session, trial),
        "history": queries.history(session, site.id, after=None, limit=_HISTORY_MAX),
        "note_max": NOTE_MAX_CHARS,
    }


def _tried(session: Session, trial: Trial) -> dict[str, Any]:
    found = trial.replay.disagreements[:_SHOWN_MAX]
    asked = select(Comment.id, Comment.body).where(
        Comment.id.in_([each.comment_id for each in found])
    )
    bodies = {each.id: each.body for each in session.execute(asked)}
    return {
        "cost": CostOut.of(trial.replay, trial.pace),
        "is_whole": trial.is_whole,
        "solved": [SolvedOut.of(each) for each in trial.solved],
        "judged": trial.replay.judged,
        "disagreements_count": len(trial.replay.disagreements),
        "disagreements": [(each, bodies.get(each.comment_id, "")) for each in found],
        "not_replayed": trial.replay.not_replayed,
    }
