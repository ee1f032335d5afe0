"""Sentences of the API, told by pages in their own languages."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from uuid import uuid4

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

import service.app  # noqa: F401 - with it every error is loaded
from ml import gate, gate_evidence, gate_limits
from ml.labels import Label, Language
from ml.thresholds import Automatic, OperatingPoint, Solution
from service import wording
from service.comments.status import Status
from service.drift import rules as drift
from service.errors import FieldProblem, ModerationError, RateLimited, Unavailable
from service.learning import run_sentences
from service.learning.errors import SnapshotChanged, TooFewExamples
from service.learning.schedule import NOT_CRON
from service.locales import catalogues
from service.moderators.tables import Role
from service.policy.evidence import Evidence
from service.policy.operating_points import Solved, Wish
from service.policy.point_sentences import Source
from service.policy.rules import Policy, rule
from service.policy.word_lists import KINDS, RowProblem
from service.reports import rules as reports
from service.reports.reason import ReportReason
from service.sentences import known_sentences, leaves
from tests.service.policy.made_up import evidence, policies

KNOWN = known_sentences()
# Of slices that only sites, readers and commands speak to.
_ELSEWHERE = ("embed", "dialects", "imports", "webhooks", "scoring", "demo", "machine", "cli")
_NOT_ON_PAGES = {
    *("comments", "registry", "database_url", "paging", "sealing"),
    *("signed_links", "errors", *_ELSEWHERE),
}
_OF_READERS_AND_KEYS = {"KeyMissing", "KeyNotKnown", "ScopeMissing", "GoodFaithMissing"}
_VALUES: dict[object, object] = {
    str: "Aziza, of the desk",
    int: 7,
    Status: Status.REJECTED,
    Role: Role.LEAD,
    list[str]: ["spam", "insult"],
    Mapping[str, int]: {"withdrawn": 3, "edited": 1},
    Sequence[FieldProblem]: [FieldProblem("/schedule", NOT_CRON)] * 2,
    tuple[RowProblem, ...]: (RowProblem(3, "word", "a word has at least 2 letters"),) * 2,
}


def catalogue(language: str) -> Callable[[str], str]:
    read: Catalog = catalogues.read(language)

    def translate(line: str) -> str:
        found = read.get(line)
        return str(found.string) if found and found.string else line

    return translate


RUSSIAN = catalogue("ru")


def russian(code: str, sentence: str) -> str:
    return wording.in_words(code, sentence, lines=KNOWN, translate=RUSSIAN)


def on_pages() -> list[type[ModerationError]]:
    """Return every kind of error that the review API and its pages may answer."""
    return [
        each
        for each in dict.fromkeys(leaves())
        if each.__module__.startswith("service.")
        and each.__module__.split(".")[1] not in _NOT_ON_PAGES
        and each.__name__ not in _OF_READERS_AND_KEYS
        and not each.__name__.startswith("_")
    ]


def made(kind: type[ModerationError]) -> ModerationError:
    """Return an error of the kind, with something in each of its blanks."""
    make: Callable[..., ModerationError] = kind
    given = inspect.signature(kind).parameters.values()
    return make(**{each.name: _VALUES.get(each.annotation, uuid4()) for each in given})


@given(policies, evidence)
def test_every_reason_of_a_ruling_is_made_of_a_line_of_its_code(
    policy: Policy, known: Evidence
) -> None:
    for reason in rule(policy, known).reasons:
        found = {line: wording.values_in(line, reason.sentence) for line in KNOWN[reason.code]}
        refilled = [line.format(**values) for line, values in found.items() if values is not None]
        assert reason.sentence in refilled
        assert russian(reason.code, reason.sentence) != reason.sentence


@given(st.lists(st.sampled_from(ReportReason), min_size=1, max_size=9))
def test_what_readers_reported_is_told(said: list[ReportReason]) -> None:
    told = russian("reported", reports.sentence(said))
    assert told.startswith("Читатели пожаловались")
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(told)


@pytest.mark.parametrize("kind", on_pages(), ids=lambda kind: kind.__name__)
def test_every_error_of_the_pages_says_one_of_its_lines_and_is_told(
    kind: type[ModerationError],
) -> None:
    if "detail" in inspect.signature(kind).parameters:
        assert kind.lines
        assert all(RUSSIAN(line) != line for line in kind.lines)
        return
    error = made(kind)
    assert any(wording.values_in(line, error.detail) is not None for line in kind.lines)
    assert russian(kind.code, error.detail) != error.detail


def test_kinds_that_many_answer_are_told_too() -> None:
    for code in (RateLimited.code, Unavailable.code, "fields_invalid", "internal", "not_found"):
        assert KNOWN[code]
        assert all(RUSSIAN(line) != line for line in KNOWN[code])


@pytest.mark.parametrize(
    ("code", "sentence", "told"),
    [
        (
            "score_insult",
            "Insult scored 0.71, and from 0.50 a comment is held.",
            "Оскорбление: оценка 0.71, а с 0.50 комментарий ждёт человека.",
        ),
        (
            "word_suspect",
            "On this site's list of suspect words: the words «a», written «а», «b», written «b».",
            "В списке подозрительных слов сайта: «a», в тексте «а», «b», в тексте «b».",
        ),
        (
            "word_banned",
            "On this site's list of banned words: the word ….",
            "В списке запрещённых слов сайта: ….",
        ),
        (
            "language",
            "It is in Russian, and this site takes English, Uzbek.",
            "Язык: русский, а сайт принимает: английский, узбекский.",
        ),
        (
            "flood_author",
            "6 comments came from this author within 5 minutes; 5 is the most here.",
            "Комментариев от этого автора за 5 мин: 6; здесь допустимо не больше 5.",
        ),
        (
            "scoring_degraded",
            (
                "3 comments were decided without a score, as this site chose for the case: they are"
                " held. They are scored later."
            ),
            (
                "Без оценки решено комментариев: 3. Так выбрал сайт на этот случай: они ждут "
                "решения. Оценка будет позже."
            ),
        ),
        (
            "fields_invalid",
            "note must have at most 2000 characters (2 more).",
            "note: нужно не больше 2000 знаков (и ещё 2).",
        ),
        (
            "password_unfit",
            "The password must have 10 to 200 characters.",
            "Пароль: нужно от 10 до 200 знаков.",
        ),
    ],
)
def test_values_are_kept_and_our_own_words_among_them_are_told(
    code: str, sentence: str, told: str
) -> None:
    assert russian(code, sentence) == told


def test_a_sentence_that_no_line_made_is_left_as_it_is() -> None:
    for code in ("score_insult", "no_such_code"):
        assert russian(code, "Insult scored high.") == "Insult scored high."


def test_a_name_with_a_brace_fills_a_blank_and_is_no_blank() -> None:
    sentence = "{most} has this comment in hand; take the next one."
    assert "({most})" in russian("claimed_by_another", sentence)


def test_what_an_operating_point_rests_on_is_told_in_the_pages_language() -> None:
    wish = Wish(Label.INSULT, Language.RUSSIAN, OperatingPoint(Automatic.REJECT, 0.95))
    solutions = (None, Solution(threshold=0.91, bound=0.961, observed=0.985, count=400))
    told = {
        russian("operating_point", Solved(wish, solution, source, 1_200, 118, advised).sentence)
        for source in Source
        for solution in solutions
        for advised in ((None, 0.8) if source is Source.ADVISED else (None,))
    }
    assert len(told) >= 6
    assert all(re.match("По |Модераторы ", each) for each in told)
    assert any("1,200" in each and "0.910" in each and "96.1" in each for each in told)


def test_alarms_of_drift_are_told_in_the_pages_language() -> None:
    measures = drift.Measures(900, 0.4, 0.3, (0.1, 0.4), (0.0, 0.3), (0.0, 0.2), 0.9)
    found = drift.alarms(measures)
    assert set(found) == set(drift.LINES)
    told = [russian(f"drift_{name}", sentence) for name, sentence in found.items()]
    assert not any(re.search("[a-z]", each) for each in told)


def test_a_verdict_of_the_gate_is_told_in_the_pages_language() -> None:
    change = gate_evidence.Compared(champion=0.7, challenger=0.81, low=0.05, high=0.15)
    worse = gate_evidence.Compared(champion=0.9, challenger=0.6, low=-0.4, high=-0.2)
    verdicts = [
        gate.judge(_evidence(of, failed=failed), gate_limits.Limits(), is_refresh=is_refresh)
        for of in (change, worse)
        for failed in ((), ("Да.",), ("Да.",) * 7)
        for is_refresh in (False, True)
    ]
    said = {check.sentence for verdict in verdicts for check in verdict.checks}
    assert len(said) > 20
    english = re.compile(r"\b(?!(?:PR|ROC|AUC|BPSN|subgroup|Muslims|en)\b)[a-zA-Z]+\b")
    assert {each for each in said if english.search(russian("gate", each))} == set()


def _evidence(found: gate_evidence.Compared, *, failed: Sequence[str]) -> gate_evidence.Evidence:
    decisions = gate_evidence.OnDecisions(4_000, 900, found, found, found)
    before, after = found.champion, found.challenger
    group = gate_evidence.OfGroup(
        language="en",
        group="Muslims",
        innocent=40,
        innocent_held=(after, before),
        subgroup_auc=(before, after),
        subgroup_interval=(found.low, found.high),
        bpsn_auc=(before, after),
        bpsn_interval=(found.low, found.high),
    )
    return gate_evidence.Evidence(
        decisions=decisions,
        audit=decisions,
        corpora=decisions,
        languages=[gate_evidence.InLanguage("en", found, found)],
        groups=[group],
        size=(8_000_000, 9_000_000),
        seconds=(0.1, after),
        failed=failed,
        failed_unquoted=0,
    )


def test_what_a_run_does_and_how_it_ended_is_told_in_the_pages_language() -> None:
    few = TooFewExamples(40, 3, least=300, least_harmful=50).detail
    failed = run_sentences.FAILED.format(said="KeyError", place="duel.py:7")
    for said in (few, run_sentences.KILLED, run_sentences.TOLD_TO_END, failed):
        told = russian("run_ended", said)
        assert told != said
        assert re.search("[а-я]", told)
    learning = run_sentences.LEARNING.format(label="severe toxicity")
    assert russian("run_doing", learning) == "учится: сильная токсичность"
    assert not any(re.search("[a-z]", RUSSIAN(each)) for each in run_sentences.DOING[:3])


def test_why_a_snapshot_is_not_what_it_was_is_told_by_kind() -> None:
    said = SnapshotChanged({"withdrawn": 3, "edited": 1}).detail
    assert "of its examples, 1 edited, 3 withdrawn since" in said
    assert "изменён текст: 1, отозвано: 3" in russian("snapshot_changed", said)


@pytest.mark.parametrize(
    ("sentence", "line"),
    [
        ("must be at least 1", "must be at least {ge}"),
        ("must be a UUID", "must be a UUID"),
        ("must be held or rejected", "must be {expected}"),
    ],
)
def test_a_line_that_leaves_less_open_comes_first(sentence: str, line: str) -> None:
    heard: list[str] = []

    def translate(text: str) -> str:
        heard.append(text)
        return text

    wording.in_words(wording.PARTS, sentence, lines=KNOWN, translate=translate)
    assert heard[0] == line


def test_a_line_that_holds_a_comma_is_told_whole() -> None:
    told = wording.in_words(
        wording.PARTS,
        f"row 2: {KINDS}",
        lines=KNOWN,
        translate=lambda text: text if "{" in text else text.upper(),
    )
    assert told == f"row 2: {KINDS.upper()}"
