from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from ml.labels import Label, Language
from service.examples import actions, queries
from service.examples.errors import ExampleMeaningless
from service.examples.origin import Origin, Trust
from service.examples.rules import Judged
from service.sites.tables import Site
from tests.factories.sites import a_site


def judged(text: str = "You idiot.", value: float = 1.0, **more: str | None) -> Judged:
    return Judged(
        text=text,
        labels={Label.TOXICITY: value},
        language=Language.ENGLISH,
        origin=Origin.PERSPECTIVE,
        trust=Trust.SITE,
        token=more.get("named"),
    )


@pytest.fixture
def site(session: Session) -> Site:
    site = a_site()
    session.add(site)
    session.flush()
    return site


def test_the_last_word_on_a_token_takes_the_place_of_the_first(
    session: Session, site: Site, now: datetime
) -> None:
    actions.learn(session, site.id, judged(named="comment:1"), now=now)
    later = now + timedelta(hours=1)
    actions.learn(session, site.id, judged("You id1ot.", 0.0, named="comment:1"), now=later)
    [example] = queries.of_site(session, site.id)
    assert (example.text, example.labels) == ("You id1ot.", {"toxicity": 0.0})
    assert (example.created_at, example.corrected_at) == (now, later)


def test_without_a_token_the_text_is_the_subject(
    session: Session, site: Site, now: datetime
) -> None:
    for value in (1.0, 0.0):
        actions.learn(session, site.id, judged(value=value), now=now)
    actions.learn(session, site.id, judged("Another."), now=now)
    assert [e.labels["toxicity"] for e in queries.of_site(session, site.id)] == [0.0, 1.0]
    assert queries.count_by_origin(session, site.id) == {Origin.PERSPECTIVE: 2}


def test_a_token_of_any_length_names_one_subject() -> None:
    assert judged(named="x" * 5000).subject == judged("Another.", named="x" * 5000).subject
    assert judged(named="x" * 5000).subject != judged(named="y" * 5000).subject


def test_examples_are_read_page_by_page(session: Session, site: Site, now: datetime) -> None:
    kept = [actions.learn(session, site.id, judged(f"Text {n}."), now=now) for n in range(3)]
    first = queries.of_site(session, site.id, limit=2)
    rest = queries.of_site(session, site.id, after=first[-1].id, limit=2)
    assert [e.id for e in [*first, *rest]] == [e.id for e in kept]


@pytest.mark.parametrize(("text", "value"), [("", 1.0), ("  ", 1.0), ("a\0b", 1.0), ("Hi", 1.5)])
def test_a_meaningless_example_is_refused(text: str, value: float) -> None:
    with pytest.raises(ExampleMeaningless):
        judged(text, value)
