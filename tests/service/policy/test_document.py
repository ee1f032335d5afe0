"""Thresholds that a language has for itself: what a document means by them, and by none."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Label, Language
from service.policy.document import SCORED_LANGUAGES, LanguagesApart, PolicyDocument
from service.policy.evidence import Evidence
from service.policy.outcomes import Outcome
from service.policy.rules import Policy, Threshold, rule
from tests.service.policy.made_up import languages, probability, scores

Limits = dict[str, Any]
_limits = st.lists(probability, min_size=2, max_size=2).map(
    lambda pair: dict(zip(("hold", "reject"), sorted(pair), strict=True))
)
_plain = st.dictionaries(st.sampled_from([label.value for label in Label]), _limits)
_apart = st.dictionaries(st.sampled_from([each.value for each in SCORED_LANGUAGES]), _limits)

APART = PolicyDocument.model_validate(
    {"thresholds": {"insult": {"hold": 0.7, "languages": {"ru": {"hold": 0.9}}}}}
).policy()


def policy_of(thresholds: Limits) -> Policy:
    return PolicyDocument.model_validate({"thresholds": thresholds}).policy()


def test_the_same_probability_holds_in_one_language_and_not_in_another() -> None:
    outcomes = {
        language: rule(APART, Evidence({Label.INSULT: 0.8}, language=language)).outcome
        for language in (*Language, None)
    }
    assert outcomes.pop(Language.RUSSIAN) is Outcome.APPROVE
    assert set(outcomes.values()) == {Outcome.HOLD}


def test_the_reason_names_the_limit_of_the_language() -> None:
    [reason] = rule(APART, Evidence({Label.INSULT: 0.95}, language=Language.RUSSIAN)).reasons
    assert reason.sentence == "Insult scored 0.95, and from 0.90 a comment is held."


def test_an_operating_point_takes_the_place_of_a_languages_threshold_too() -> None:
    document = PolicyDocument.model_validate(
        {
            "thresholds": {
                "insult": {"hold": 0.7, "languages": {"ru": {"hold": 0.9}, "kk": {"hold": 0.8}}},
                "spam": {"hold": 0.5, "languages": {"ru": {"hold": 0.6}}},
            },
            "operating_points": [{"label": "insult", "languages": ["ru"], "reject": 97}],
        }
    )
    solved = Threshold(Label.INSULT, reject=0.95)
    policy = document.policy({Language.RUSSIAN: (solved,)})
    assert policy.of_language[Language.RUSSIAN] == (solved, Threshold(Label.SPAM, 0.6))
    assert policy.of_language[Language.KAZAKH] == (
        Threshold(Label.INSULT, 0.8),
        Threshold(Label.SPAM, 0.5),
    )
    assert policy.of_language.keys() == {Language.RUSSIAN, Language.KAZAKH}


def test_every_language_that_is_scored_may_have_its_own() -> None:
    assert set(LanguagesApart.model_fields) == set(SCORED_LANGUAGES)


@given(_plain, scores, st.none() | languages)
def test_a_document_without_languages_means_what_it_meant_before_there_were_any(
    thresholds: Limits, scored: dict[Label, float], language: Language | None
) -> None:
    document = PolicyDocument.model_validate({"thresholds": thresholds})
    kept = document.model_dump(mode="json")["thresholds"]
    assert kept == {label.value: thresholds.get(label.value) for label in Label}
    before = Policy(
        tuple(Threshold(label, **thresholds[label]) for label in Label if label in thresholds)
    )
    assert document.policy() == before
    evidence = Evidence(scored, language=language)
    assert rule(document.policy(), evidence) == rule(before, evidence)


@given(_plain, st.data(), scores, st.sampled_from(SCORED_LANGUAGES))
def test_a_language_is_ruled_as_if_its_thresholds_were_all_there_are(
    thresholds: Limits, data: st.DataObject, scored: dict[Label, float], language: Language
) -> None:
    apart = {label: data.draw(_apart) for label in thresholds}
    sent = {label: {**limits, "languages": apart[label]} for label, limits in thresholds.items()}
    alone = {label: apart[label].get(language, limits) for label, limits in thresholds.items()}
    evidence = Evidence(scored, language=language)
    assert rule(policy_of(sent), evidence) == rule(policy_of(alone), evidence)
    elsewhere = Evidence(scored, language=Language.OTHER)
    assert rule(policy_of(sent), elsewhere) == rule(policy_of(thresholds), elsewhere)


@given(_plain, st.data())
def test_a_document_is_stored_and_read_back_with_its_languages(
    thresholds: Limits, data: st.DataObject
) -> None:
    sent = {label: {**each, "languages": data.draw(_apart)} for label, each in thresholds.items()}
    document = PolicyDocument.model_validate({"thresholds": sent})
    assert PolicyDocument.model_validate_json(document.model_dump_json()) == document
