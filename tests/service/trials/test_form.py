"""A policy goes through the form and comes back as it was; what is wrong stays beside its field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ml.labels import Label, Language
from service.policy.document import SCORED_LANGUAGES, PolicyDocument
from service.policy.sections import Copies, Raids
from service.trials.fields import Group, rules
from service.trials.form import read, typed, wish_rows
from tests.service.policy.made_up import policies

_labels = st.sampled_from([each.value for each in Label])
_limits = st.fixed_dictionaries(
    {"hold": st.sampled_from([0.2, 0.4]), "reject": st.none() | st.just(0.9)}
)
_wishes = st.lists(
    st.fixed_dictionaries(
        {
            "label": _labels,
            "languages": st.lists(st.sampled_from(SCORED_LANGUAGES), min_size=1, unique=True),
            "approve": st.sampled_from([0.5, 1, 5]),
            "reject": st.none() | st.just(97),
        }
    ),
    max_size=4,
    unique_by=lambda wish: wish["label"],
)


_apart = st.dictionaries(st.sampled_from([each.value for each in SCORED_LANGUAGES]), _limits)
_thresholds = st.builds(
    lambda limits, apart: {**limits, "languages": apart} if apart else limits, _limits, _apart
)


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    policy = draw(policies)
    parts = {
        name: part
        for name in PolicyDocument.model_fields
        if (part := getattr(policy, name, None)) is not None and name != "thresholds"
    }
    plain: dict[str, Any] = {
        name: part.model_dump(mode="json") if hasattr(part, "model_dump") else part
        for name, part in parts.items()
    }
    words = {
        "starters": draw(st.lists(st.sampled_from(SCORED_LANGUAGES), unique=True)),
        "listed": [
            {"word": "spam*", "kind": "banned"},
            {"word": "дурак", "kind": "suspect", "language": "ru"},
        ],
    }
    try:
        return PolicyDocument.model_validate(
            {
                **plain,
                "thresholds": draw(
                    st.dictionaries(st.sampled_from([each.value for each in Label]), _thresholds)
                ),
                "operating_points": draw(_wishes),
                "words": words,
                "allow": {"authors": ["u-1", "u-2"]},
            }
        )
    except ValidationError as error:
        raise AssertionError("the made-up policies are valid") from error


@given(documents())
def test_a_policy_comes_back_from_the_form_as_it_was(document: PolicyDocument) -> None:
    reading = read(typed(document))
    assert reading.problems == {}
    assert reading.document is not None
    # Numbers are shown with six digits.
    assert _rounded(reading.document.model_dump()) == _rounded(document.model_dump())


def _rounded(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-5)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_rounded(each) for each in value]
    return value


def test_every_part_of_a_policy_has_its_fields() -> None:
    by_hand = {"thresholds", "operating_points", "words", "mode", "degradation", "trusted_from"}
    assert {group.name for group in rules()} | by_hand == set(PolicyDocument.model_fields)


def test_a_rule_without_its_tick_is_off_whatever_its_fields_say() -> None:
    given = typed(PolicyDocument.model_validate({"thresholds": {}, "links": {"most": 3}}))
    del given["links.on"]
    document = read(given).document
    assert document is not None
    assert document.links is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("thresholds.insult.hold", "often", "a number"),
        ("thresholds.insult.reject", "0.1", "must not be below hold"),
        ("thresholds.insult.languages.ru.reject", "0.1", "must not be below hold"),
        ("thresholds.insult.languages.kk.hold", "seldom", "a number"),
        ("trusted_from", "0", "1"),
        ("links.most", "many", "whole number"),
        ("links.allowed_hosts", "news", "must be a domain"),
        ("copies.resemblance", "7", "1"),
        ("floods.author.minutes", "", "required"),
        ("operating_points.0.approve", "99", "50"),
        ("words.csv", "word,kind\nfoo,nice", "row 2: a kind is one of"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(name: str, value: str, said: str) -> None:
    document = PolicyDocument.model_validate(
        {
            "thresholds": {
                "insult": {"hold": 0.4, "reject": 0.9, "languages": {"ru": {"hold": 0.6}}}
            },
            "operating_points": [{"label": "spam", "approve": 1}],
            "links": {},
            "copies": {},
            "floods": {"author": {"most": 5, "minutes": 5}},
        }
    )
    reading = read({**typed(document), name: [value]})
    assert reading.document is None
    [(place, sentence)] = reading.problems.items()
    assert place == name or place.startswith(name)
    assert said in sentence


def test_words_that_cannot_be_read_hide_no_other_problem() -> None:
    document = PolicyDocument.model_validate({"thresholds": {}, "links": {}})
    given = {**typed(document), "words.csv": ["word,kind\nfoo,nice"]}
    words_alone, both = read(given), read({**given, "links.most": ["many"]})
    assert (words_alone.document, both.document) == (None, None)
    assert [*words_alone.problems] == ["words.csv"]
    assert {*both.problems} == {"words.csv", "links.most"}


def test_a_problem_stands_in_the_row_in_which_it_was_typed() -> None:
    given = {**typed(PolicyDocument.model_validate({"thresholds": {}}))}
    given |= {"operating_points.3.label": ["spam"], "operating_points.3.approve": ["0"]}
    assert list(read(given).problems) == ["operating_points.3.approve"]


def test_there_are_always_rows_to_spare() -> None:
    assert len(wish_rows({})) == 2
    assert len(wish_rows({"operating_points.4.label": ["spam"]})) == 7


def test_a_comma_is_read_as_the_point_that_it_is_in_russian() -> None:
    document = read(
        {
            **typed(PolicyDocument.model_validate({"thresholds": {}})),
            "thresholds.spam.hold": ["0,25"],
        }
    ).document
    assert document is not None
    assert document.thresholds.spam is not None
    assert document.thresholds.spam.hold == 0.25


def test_groups_that_ask_for_languages_name_them() -> None:
    [languages] = [each for each in rules() if each.name == "languages"]
    assert isinstance(languages, Group)
    accepted = next(each for each in languages.every_input() if each.name == "languages.accepted")
    assert (Language.UZBEK.value, "Uzbek") in accepted.choices


def test_a_rule_that_is_only_ticked_has_its_defaults() -> None:
    given = typed(PolicyDocument.model_validate({"thresholds": {}}))
    document = read({**given, "copies.on": ["on"], "raids.on": ["on"]}).document
    assert document is not None
    assert (document.copies, document.raids) == (Copies(), Raids())
