"""Policies and evidence of every kind, for properties."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from ml.labels import Label, Language
from service.authors.sanction_kind import SanctionKind
from service.policy.contacts import Contact, ContactKind
from service.policy.copies import Fingerprint
from service.policy.evidence import (
    ArticleState,
    AuthorRecord,
    CopyCounts,
    Counted,
    Evidence,
)
from service.policy.links import Link
from service.policy.rules import Degradation, Mode, Policy, Threshold
from service.policy.sections import (
    Articles,
    Authors,
    Contacts,
    Copies,
    Floods,
    Languages,
    Links,
    Rejections,
    Style,
    Then,
    Window,
)
from service.policy.text_evidence import TextEvidence
from service.policy.word_entries import Entry, Kind
from service.policy.words import Match


def switched_off(policy: Policy) -> Policy:
    """Return the policy without any rule that a site can switch off."""
    return replace(
        policy,
        links=None,
        contacts=None,
        style=None,
        languages=None,
        copies=None,
        floods=None,
        authors=None,
        articles=None,
    )


probability = st.floats(0, 1)
labels = st.sampled_from(Label)
languages = st.sampled_from(Language)
scores = st.dictionaries(labels, probability)
_then = st.sampled_from(Then)
_few = st.integers(1, 9)


@st.composite
def thresholds(draw: st.DrawFn) -> Threshold:
    hold, reject = draw(st.none() | probability), draw(st.none() | probability)
    if hold is None and reject is None:
        hold = draw(probability)
    if hold is not None and reject is not None:
        hold, reject = sorted((hold, reject))
    return Threshold(draw(labels), hold, reject)


_limits = st.lists(thresholds(), max_size=8, unique_by=lambda each: each.label).map(tuple)
_windows = st.none() | st.builds(Window, most=_few, minutes=_few)
policies = st.builds(
    Policy,
    thresholds=_limits,
    of_language=st.dictionaries(languages, _limits, max_size=2),
    mode=st.sampled_from(Mode),
    degradation=st.sampled_from(Degradation),
    trusted_from=st.integers(1, 20),
    links=st.none()
    | st.builds(Links, most=st.integers(0, 2), allowed_hosts=st.just(("a.uz",)), then=_then),
    contacts=st.none() | st.builds(Contacts, then=_then),
    style=st.none()
    | st.builds(
        Style,
        capitals=st.floats(0.1, 1),
        longest_run=st.integers(3, 20),
        repetition=st.none() | st.floats(0.1, 1),
        then=_then,
    ),
    languages=st.none()
    | st.builds(
        Languages,
        accepted=st.lists(languages, min_size=1).map(tuple),
        certainty=probability,
        then=_then,
    ),
    copies=st.none()
    | st.builds(Copies, exact=st.integers(2, 5), near=st.none() | st.integers(2, 5), then=_then),
    floods=st.none()
    | st.builds(
        Floods,
        author=st.builds(Window, most=_few, minutes=_few),
        network=_windows,
        article=_windows,
        then=_then,
    ),
    authors=st.none()
    | st.builds(
        Authors,
        new_until=st.none() | _few,
        trusted_approve=st.booleans(),
        recent_rejections=st.none() | st.just(Rejections(of=10, at_least=5)),
        throwaway_email=st.none() | _then,
    ),
    articles=st.none() | st.builds(Articles, close_after_days=_few, then=_then),
)

matches = st.builds(
    Match,
    entry=st.sampled_from(Kind).map(lambda kind: Entry("word", kind)),
    start=st.just(0),
    end=st.just(4),
    as_written=st.sampled_from(["word", "w o r d", "w" * 80]),
)
texts = st.builds(
    TextEvidence,
    words=st.lists(matches, max_size=3).map(tuple),
    links=st.lists(
        st.sampled_from(["a.uz", "b.com"]).map(lambda host: Link(host, 0, 5, host)), max_size=3
    ).map(tuple),
    contacts=st.lists(
        st.sampled_from(ContactKind).map(lambda kind: Contact(kind, 0, 1, "x")), max_size=2
    ).map(tuple),
    capitals=probability,
    longest_run=st.integers(0, 30),
    repetition=st.floats(0, 0.99),
    fingerprint=st.just(Fingerprint(0, ())),
)
authors = st.builds(
    AuthorRecord,
    approved=st.integers(0, 30),
    rejected=st.integers(0, 3),
    recent_rejected=st.integers(0, 10),
    sanction=st.none() | st.sampled_from(SanctionKind),
    has_throwaway_email=st.booleans(),
    is_allowed=st.booleans(),
)
evidence = st.builds(
    Evidence,
    scores=st.none() | scores,
    author=authors,
    language=st.none() | languages,
    language_probability=probability,
    text=st.none() | texts,
    copies=st.builds(CopyCounts, exact=_few, near=_few),
    floods=st.dictionaries(st.sampled_from(Counted), st.integers(1, 20)),
    article=st.builds(
        ArticleState,
        age=st.integers(0, 40).map(lambda days: timedelta(days=days)),
        is_pre_moderated=st.booleans(),
    ),
)
