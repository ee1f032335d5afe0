"""False alarms among an identity group's calm sentences, set beside those of its language."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ml.defaults import DefaultThresholds
from ml.evaluate import GroupResult, Report, SuiteResult
from ml.fairness import unevenness
from ml.labels import Label, Language
from ml.suites.load import Suite

RU, KK = Language.RUSSIAN, Language.KAZAKH


def a_report(groups: Sequence[tuple[Language, str, float]], held: dict[Language, float]) -> Report:
    return Report(
        version="sha256:0",
        seed=1,
        slices=[],
        suites=[
            SuiteResult(suite, language, part, 10, 0.5, 0.5, share / shrunk)
            for language, share in held.items()
            for suite, part, shrunk in (
                (Suite.FUNCTIONAL, "all", 4),
                (Suite.IDENTITY, "all", 1),
                (Suite.IDENTITY, "identity_neutral", 2),
            )
        ],
        groups=[GroupResult(spoken, name, 1, 1, 1, share, 1) for spoken, name, share in groups],
        suites_digest="",
        thresholds={Label.TOXICITY: DefaultThresholds(0.5, None)},
    )


def test_a_gap_is_set_against_all_calm_identity_sentences_of_the_language() -> None:
    groups = [(RU, "a", 0.3), (RU, "b", 0.0), (KK, "a", 0.1)]
    russian, kazakh = unevenness(a_report(groups, {RU: 0.1, KK: 0.1}))
    assert russian.gaps == pytest.approx({"a": 0.2, "b": -0.1})
    assert russian.difference == pytest.approx(0.3)
    assert russian.widest == "a"
    assert kazakh.gaps == {"a": 0.0}


def test_a_language_without_groups_or_without_calm_sentences_has_no_gaps() -> None:
    report = a_report([(RU, "a", 0.3)], {KK: 0.1})
    assert unevenness(report) == []
    silent = replace(report, suites=[replace(one, language=RU) for one in report.suites])
    assert [one.language for one in unevenness(silent)] == [RU]
    no_calm = [replace(one, held_wrongly=None) for one in silent.suites]
    assert unevenness(replace(silent, suites=no_calm)) == []
