"""The page of worst errors, as a person reads it: on a wide window and on a telephone."""

import numpy as np

from ml import page
from ml.dataset import LABELS, Dataset, from_examples
from ml.defaults import DefaultThresholds
from ml.evaluate import Judged
from ml.labels import Label, Language
from ml.readers import CALM, TOXIC, Example
from tests.browser import NewContext
from tests.journeys.axe import NARROW, open_page, violations_in_every_view

TEXTS = {
    Language.ENGLISH: "You read as you write: badly, at length, and about somebody else. " * 9,
    Language.RUSSIAN: "https://news.example/" + "очень-длинный-адрес-без-единого-пробела-" * 8,
    Language.KAZAKH: "Қысқа.",
}
OWN = {language: DefaultThresholds(0.6, None) for language in TEXTS}
LIMITS = {
    Label.TOXICITY: DefaultThresholds(0.5, None, OWN),
    **{label: DefaultThresholds(0.7, None, OWN) for label in (Label.INSULT, Label.THREAT)},
}


def rendered() -> str:
    data: Dataset = from_examples(
        [
            Example(f"{text} {number}", labels, language=language)
            for number in range(9)
            for language, text in TEXTS.items()
            for labels in (TOXIC, CALM)
        ],
        source="a_source_with_quite_a_long_name_of_its_own",
        language=Language.ENGLISH,
    )
    scores = np.random.default_rng(1).random((len(data), len(LABELS)))
    return page.render(data, Judged(scores, data.languages), LIMITS, version="sha256:" + "0" * 64)


def test_the_worst_errors_are_read_on_a_telephone_as_well(new_context: NewContext) -> None:
    shown = open_page(new_context)
    shown.set_content(rendered())
    assert violations_in_every_view(shown) == {}
    heads = shown.locator("table.errors").first.locator("th")
    assert heads.all_inner_texts() == ["score", "language", "source", "text"]
    shown.set_viewport_size(NARROW)
    text = shown.locator("table.errors td:last-child").first.bounding_box()
    assert text is not None
    assert text["width"] > 300  # the text has the telephone's width to itself
