"""Doubles, groups and splits of labelled texts."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.dataset import (
    Dataset,
    Split,
    from_examples,
    join,
    key_of,
    mask_personal_data,
    split_of,
    without_doubles,
)
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example

LONG = "the minister said on Monday that the new road will be finished before the first snow falls"


def a_dataset(examples: Sequence[Example], source: str = "made_up") -> Dataset:
    return from_examples(examples, source=source, language=Language.ENGLISH)


def test_a_label_that_is_not_named_is_unknown_rather_than_zero() -> None:
    data = a_dataset([Example("you fool", TOXIC)])
    assert data.target(Label.TOXICITY)[0] == 1.0
    assert np.isnan(data.target(Label.THREAT)[0])


def test_copies_become_one_row_that_knows_what_both_knew() -> None:
    insult = {Label.TOXICITY: 1.0, Label.INSULT: 1.0}
    data = without_doubles(a_dataset([Example("You fool!", TOXIC), Example("you, FOOL", insult)]))
    assert data.texts == ("You fool!",)
    assert data.target(Label.INSULT)[0] == 1.0


def test_when_copies_disagree_the_earlier_is_believed() -> None:
    data = without_doubles(a_dataset([Example("you fool", TOXIC), Example("You fool.", CALM)]))
    assert data.target(Label.TOXICITY).tolist() == [1.0]


def test_near_copies_that_say_the_same_are_dropped() -> None:
    data = without_doubles(a_dataset([Example(LONG, CALM), Example(LONG + " here", CALM)]))
    assert data.texts == (LONG,)


def test_near_copies_with_other_labels_stay_on_one_side_of_the_split() -> None:
    data = without_doubles(a_dataset([Example(LONG, CALM), Example(LONG + " idiots", TOXIC)]))
    assert len(data) == 2
    assert len(set(data.groups)) == 1


def test_groups_that_share_a_text_become_one() -> None:
    data = without_doubles(
        a_dataset(
            [
                Example("go away, you liar", TOXIC, "pair-1"),
                Example("please leave", CALM, "pair-1"),
                Example("Please leave!", CALM, "pair-2"),
                Example("get lost, clown", TOXIC, "pair-2"),
            ]
        )
    )
    assert len(data) == 3
    assert len(set(data.groups)) == 1


@given(st.lists(st.sampled_from(["a b", "c d", "e f", "g h", "i j"]), min_size=2, max_size=12))
def test_no_group_is_on_two_sides_and_no_text_is_in_two_groups(texts: list[str]) -> None:
    examples = [Example(text, TOXIC, f"group-{n // 2}") for n, text in enumerate(texts)]
    data = without_doubles(a_dataset(examples))
    sides = [set(data.part(split).groups) for split in Split]
    assert sum(map(len, sides)) == len(set().union(*sides))
    assert len({key_of(text) for text in data.texts}) == len(data)


@given(st.text(min_size=1))
def test_a_group_is_always_on_the_same_side(group: str) -> None:
    assert split_of(group) is split_of(group)


def test_the_sides_have_about_the_shares_they_should() -> None:
    sides = [split_of(f"group-{n}") for n in range(20_000)]
    assert 0.14 < sides.count(Split.TEST) / 20_000 < 0.16
    assert 0.11 < sides.count(Split.CALIBRATION) / 20_000 < 0.13


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("[id12345|Maxim], look", "@user, look"),
        ("thanks <@498690173987586049>!", "thanks @user!"),
        ("mail me: jane.doe+x@example.co.uk", "mail me: @user"),
        ("@someone is right", "@user is right"),
        ("call +7 (701) 123-45-67 now", "call 00000000000 now"),
        ("from 192.168.10.4 again", "from 0.0.0.0 again"),
        ("in 2014 and 2015, 3 of 4", "in 2014 and 2015, 3 of 4"),
    ],
)
def test_a_persons_traces_are_masked(written: str, masked: str) -> None:
    assert mask_personal_data(written) == masked


def test_joining_keeps_every_row_in_order() -> None:
    one, other = a_dataset([Example("a", TOXIC)], "x"), a_dataset([Example("b", CALM)], "y")
    assert join([one, other]).texts == ("a", "b")
    assert (one + other).sources == ("x", "y")
    with pytest.raises(ValueError, match="nothing to join"):
        join([])


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        Dataset(("a",), (), np.zeros((1, len(Label))), np.ones(1), ("g",), ("s",))
