"""A promoted version changes thresholds, and not what a site asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy.orm import Session

from ml.labelled_scores import LabelledScores, Scored
from ml.labels import Label, Language
from service.comments.status import Status
from service.comments.tables import Comment
from service.db import new_id
from service.decisions.tables import Actor, Decision
from service.policy import actions as policies
from service.policy import in_force, solutions
from service.policy.document import PolicyDocument
from service.policy.evidence import Evidence
from service.policy.outcomes import Outcome
from service.policy.point_sentences import Source
from service.policy.rules import rule
from service.registry import actions as registry
from service.sites.tables import Site
from service.trials import solving
from service.trials.solving import Judge
from tests.factories.comments import a_comment, an_article, an_author
from tests.factories.moderators import stored_moderator
from tests.factories.registry import offer
from tests.factories.sites import a_site
from tests.fakes import FakePrediction, FakePredictor

P, E = 90, 2
WISHES = PolicyDocument.model_validate(
    {
        "thresholds": {},
        "operating_points": [{"label": "insult", "languages": ["en"], "reject": P, "approve": E}],
    }
)


@dataclass(frozen=True)
class Text:
    """A text that says what two models see in it, and whether a moderator would reject it."""

    body: str
    rejected: bool

    @classmethod
    def drawn(cls, draw: Random) -> "Text":
        seen, other = draw.random(), draw.random()
        rejected = draw.random() < 1 / (1 + 2.7 ** (-30 * (0.6 * seen + 0.4 * other - 0.5)))
        return cls(f"{seen:.6f} {other:.6f}", rejected)


class Reader(FakePredictor):
    """Reads its score from the text, by a rule of its own."""

    def __init__(self, score: Callable[[float, float], float]) -> None:
        super().__init__()
        self._score = score

    def predict(
        self, texts: Sequence[str], *, hints: Sequence[Language | None] | None = None
    ) -> list[FakePrediction]:
        assert hints is None
        return [
            FakePrediction({Label.INSULT: self._score(*map(float, text.split()))}) for text in texts
        ]


def one(seen: float, other: float) -> float:
    return 0.7 * seen + 0.3 * other


def rescaled(seen: float, other: float) -> float:
    return one(seen, other) ** 4 / 2


def different(seen: float, other: float) -> float:
    return 0.5 + 0.4 * (other - 0.5) + 0.3 * (seen - 0.5)


@pytest.fixture
def site(session: Session) -> Site:
    """Return a site whose moderators have decided four thousand comments."""
    now = datetime.now(UTC)
    site = a_site()
    session.add(site)
    session.flush()
    moderator = stored_moderator(session, site)
    article, author = an_article(site), an_author(site)
    session.add_all([article, author])
    session.flush()
    draw = Random(11)  # noqa: S311 - no secret
    for text in (Text.drawn(draw) for _ in range(4000)):
        status = Status.REJECTED if text.rejected else Status.APPROVED
        comment: Comment = a_comment(
            *(article, author), id=new_id(), body=text.body, status=status, created_at=now
        )
        session.add(comment)
        session.add(
            Decision(
                comment_id=comment.id,
                revision=1,
                status=status,
                actor=Actor.MODERATOR,
                moderator_id=moderator.id,
                reason="rude" if text.rejected else "fine",
                decided_at=now,
            )
        )
    session.flush()
    return site


def outcomes(session: Session, site: Site, reader: Reader, content: bytes) -> list[Outcome]:
    """Promote a version and return what it then does to three thousand fresh texts."""
    now = datetime.now(UTC)
    version = registry.register(session, **offer(content), now=now)
    registry.promote(session, version, now=now)
    rules = in_force.by_site(session, [site.id], model_version_id=version.id)[site.id]
    assert rules.unsolved
    solved = solving.see_to(session, site.id, rules, judge=Judge(version.id, reader), now=now)
    assert not solved.unsolved
    stored = solutions.stored(session, solved.policy_id or site.id, version.id) or ()
    assert {each.source for each in stored} == {Source.OWN}
    predictions = reader.predict([text.body for text in FRESH])
    return [
        rule(solved.policy, Evidence(each.scores, language=Language.ENGLISH)).outcome
        for each in predictions
    ]


_fresh = Random(12)  # noqa: S311 - no secret
FRESH = [Text.drawn(_fresh) for _ in range(3000)]


def test_whatever_version_is_promoted_what_is_settled_unseen_keeps_the_promise(
    session: Session, site: Site
) -> None:
    now = datetime.now(UTC)
    policies.save(session, site.id, WISHES, note="wishes", saved_by="site", now=now)
    found = {
        name: outcomes(session, site, Reader(score), name.encode())
        for name, score in (("one", one), ("rescaled", rescaled), ("different", different))
    }
    for settled in found.values():
        rejected = [t.rejected for t, o in zip(FRESH, settled, strict=True) if o is Outcome.REJECT]
        approved = [t.rejected for t, o in zip(FRESH, settled, strict=True) if o is Outcome.APPROVE]
        assert len(rejected) > 100
        assert len(approved) > 100
        assert sum(rejected) / len(rejected) >= P / 100
        assert sum(approved) / len(approved) <= E / 100
    # Scores that are only scaled otherwise change nothing at all.
    assert found["rescaled"] == found["one"]
    assert found["different"] != found["one"]


def test_thresholds_of_the_version_before_would_have_broken_it(
    session: Session, site: Site
) -> None:
    now = datetime.now(UTC)
    policies.save(session, site.id, WISHES, note="wishes", saved_by="site", now=now)
    version = registry.register(session, **offer(b"one"), now=now)
    judge = Judge(version.id, Reader(one))
    solved = solving.solve(session, site.id, WISHES, judge, now=now)
    old = in_force.draft(WISHES, solved).policy
    settled = [
        rule(old, Evidence(each.scores, language=Language.ENGLISH)).outcome
        for each in Reader(rescaled).predict([text.body for text in FRESH])
    ]
    approved = [t.rejected for t, o in zip(FRESH, settled, strict=True) if o is Outcome.APPROVE]
    assert sum(approved) / len(approved) > E / 100


def test_what_was_worked_out_first_is_kept(session: Session, site: Site) -> None:
    now = datetime.now(UTC)
    saved = policies.save(session, site.id, WISHES, note="wishes", saved_by="site", now=now)
    assert saved.id is not None
    version = registry.register(session, **offer(b"one"), now=now)
    first = solving.solve(session, site.id, WISHES, Judge(version.id, Reader(one)), now=now)
    assert solutions.store(session, saved.id, version.id, first, now=now) == first
    assert solutions.store(session, saved.id, version.id, (), now=now) == first


def _evaluation(version: str) -> LabelledScores:
    scored = Scored((0.9,) * 500 + (0.1,) * 3500, (True,) * 500 + (False,) * 3500)
    return LabelledScores(version, {Label.INSULT: {Language.ENGLISH: scored}})


@pytest.mark.parametrize(
    ("version", "source"), [("sha256:one", Source.BUNDLED), ("sha256:other", Source.ADVISED)]
)
def test_a_site_without_decisions_goes_by_the_evaluation_that_ships_if_it_is_of_this_version(
    session: Session, monkeypatch: pytest.MonkeyPatch, version: str, source: Source
) -> None:
    monkeypatch.setattr(solving, "_shipped", lambda: _evaluation(version))
    site = a_site()
    session.add(site)
    session.flush()
    judge = Judge(1, Reader(one), "sha256:one")
    solved = solving.solve(session, site.id, WISHES, judge, now=datetime.now(UTC))
    assert {each.source for each in solved} == {source}
    if source is Source.BUNDLED:
        assert all(each.threshold is not None for each in solved)
        assert "From Parley's own evaluation" in solved[0].sentence
