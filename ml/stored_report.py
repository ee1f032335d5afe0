"""Reads back the figures that ``card.as_json`` wrote: the card can be drawn without corpora."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ml.bars import Bar
from ml.defaults import from_plain
from ml.evaluate import BlindResult, GroupResult, Report, Slice, SuiteResult
from ml.labels import Label, Language
from ml.metrics import Estimate, Metric
from ml.suites.load import Suite


def read(text: str) -> tuple[Report, Sequence[Bar]]:
    """Return a stored report and its bars.

    Raises:
        ValueError: not such a report, one that names what is not known here, or one of an earlier
            release, whose bars were measured in part on texts that train.
    """
    try:
        stored = json.loads(text)
        bars = [_bar(one) for one in stored.pop("bars")]
        report = Report(
            version=stored["version"],
            seed=stored["seed"],
            slices=[_slice(one) for one in stored["slices"]],
            suites=[SuiteResult(**_named(one, suite=Suite)) for one in stored["suites"]],
            groups=[GroupResult(**_named(one)) for one in stored["groups"]],
            suites_digest=stored["suites_digest"],
            thresholds=from_plain(stored["thresholds"]),
            blind=[BlindResult(**_named(one)) for one in stored["blind"]],
            blind_digest=stored["blind_digest"],
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no report of this release ({error})") from error
    return report, bars


def _bar(stored: Mapping[str, Any]) -> Bar:
    if "left_out" not in stored:
        raise ValueError(
            "it was measured by an earlier release, which did not leave out what also trains"
        )
    return Bar(**stored)


def _slice(stored: Mapping[str, Any]) -> Slice:
    metrics = {Metric(name): Estimate(**found) for name, found in stored["metrics"].items()}
    return Slice(**{**stored, "label": Label(stored["label"]), "metrics": metrics})


def _named(stored: Mapping[str, Any], **kinds: type[Suite]) -> dict[str, Any]:
    typed = {name: kind(stored[name]) for name, kind in kinds.items()}
    return {**stored, "language": Language(stored["language"]), **typed}
