"""The matcher: what it sees through, and what it leaves alone."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.labels import Language
from ml.normalise import normalise
from service.policy.innocents import bundled_words
from service.policy.word_endings import RUNS, squeezed
from service.policy.word_entries import Entry, Kind
from service.policy.word_lists import STARTER_LANGUAGES, starter
from service.policy.words import Match, Matcher, compile_list

CASES = Path(__file__).parent / "words_cases.csv"
INVISIBLE = {"{ZW}": "\u200b", "{SHY}": "\u00ad"}
ALL_LISTS = [entry for language in STARTER_LANGUAGES for entry in starter(language)]


@pytest.fixture(scope="module")
def everything() -> Matcher:
    """Return the starter lists of all languages as one, as a site of Central Asia has them."""
    return compile_list(ALL_LISTS)


def _case(row: dict[str, str]) -> tuple[Language, str, list[tuple[int, int]]]:
    """Read a text in which what should be found stands in square brackets."""
    written = row["text"]
    for name, character in INVISIBLE.items():
        written = written.replace(name, character)
    spans = []
    for number, marked in enumerate(re.finditer(r"\[(.+?)\]", written)):
        start = marked.start() - 2 * number
        spans.append((start, start + len(marked[1])))
    return Language(row["language"]), re.sub(r"[\[\]]", "", written), spans


def _rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _spans(matches: list[Match]) -> set[tuple[int, int]]:
    return {(match.start, match.end) for match in matches}


def _widest(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans that lie in no other: a phrase, without its words."""
    return sorted(
        span
        for span in spans
        if not any(s != span and s[0] <= span[0] and span[1] <= s[1] for s in spans)
    )


@pytest.mark.parametrize("row", _rows(), ids=lambda row: f"{row['language']}: {row['text']}")
def test_what_is_in_brackets_is_found_and_nothing_else(
    everything: Matcher, row: dict[str, str]
) -> None:
    language, text, spans = _case(row)
    assert _widest(_spans(everything.find(text, language))) == spans


def test_the_table_has_disguises_and_innocents_in_every_language() -> None:
    cases = [_case(row) for row in _rows()]
    assert len(cases) >= 200
    for language in STARTER_LANGUAGES:
        mine = [spans for own, _, spans in cases if own is language]
        assert sum(map(bool, mine)) >= 30
        assert sum(not spans for spans in mine) >= 20


@pytest.mark.parametrize("language", [*STARTER_LANGUAGES, None])
def test_no_innocent_word_is_ever_matched(everything: Matcher, language: Language | None) -> None:
    words = [word.removesuffix("*") for word, _ in bundled_words()]
    for word in words:
        assert everything.find(word, language) == [], word
        assert everything.find(word.upper(), language) == [], word


def a_matcher(*words: str, language: Language | None = None) -> Matcher:
    return compile_list([Entry(word, Kind.BANNED, language) for word in words])


def _found(matcher: Matcher, text: str, language: Language | None = None) -> list[str]:
    return [match.as_written for match in matcher.find(text, language)]


def test_a_word_without_a_language_stands_for_itself_alone() -> None:
    matcher = a_matcher("слово")
    assert _found(matcher, "Слово, слова, словом, слово.") == ["Слово", "слово"]


def test_a_star_takes_any_ending_and_nothing_before() -> None:
    assert _found(a_matcher("слов*"), "словарь слов условие") == ["словарь", "слов"]


def test_an_exclamation_mark_takes_no_ending_at_all() -> None:
    assert _found(a_matcher("дурак!", language=Language.RUSSIAN), "дурак дурака") == ["дурак"]


def test_a_russian_word_is_found_in_every_case_but_not_in_its_longer_kin() -> None:
    matcher = a_matcher("лопата", language=Language.RUSSIAN)
    forms = "лопата лопаты лопате лопату лопатой лопатою лопат лопатам лопатами лопатах"
    assert _found(matcher, forms) == forms.split()
    assert _found(matcher, "лопатка лопатить лопатник") == []


def test_a_russian_verb_is_found_in_its_tenses_and_participles() -> None:
    matcher = a_matcher("копать", language=Language.RUSSIAN)
    forms = "копать копаю копает копал копали копайте копающий копавшего копаться копаюсь"
    assert _found(matcher, forms) == forms.split()
    assert _found(matcher, "копатель копчик копна") == []


def test_an_uzbek_stem_takes_runs_of_suffixes_in_both_scripts() -> None:
    matcher = a_matcher("qovoq", language=Language.UZBEK)
    forms = "qovoq qovoqlar qovog'im qovog'ingizni qovoqlarimizdan қовоқ қовоғимни қовоқларга"
    assert _found(matcher, forms) == forms.split()
    assert _found(matcher, "qovoqxona qovurdoq қовурма") == []


def test_a_kazakh_stem_takes_runs_of_suffixes_in_both_harmonies() -> None:
    kitap, tarak = (a_matcher(word, language=Language.KAZAKH) for word in ("кітап", "тарақ"))
    forms = "кітап кітаптар кітабым кітабыңды кітаптарымыздан кітапсыз"
    assert _found(kitap, forms) == forms.split()
    assert _found(tarak, "тарақ тарағы тарақтарға") == ["тарақ", "тарағы", "тарақтарға"]
    assert _found(kitap, "кітапхана кіт") == []


def test_a_verb_stem_of_uzbek_is_conjugated() -> None:
    matcher = a_matcher("yoz-", language=Language.UZBEK)
    forms = "yozaman yozdi yozgan yozib yozmadi yozing ёзаман ёздилар"
    assert _found(matcher, forms) == forms.split()
    assert _found(matcher, "yozuvchilik ёзги") == []


def test_an_innocent_word_of_the_list_is_left_alone_where_it_only_contains_the_banned_one() -> None:
    entries = [Entry("слон*", Kind.BANNED), Entry("слоновая", Kind.INNOCENT)]
    assert _found(compile_list(entries), "слоновая кость, слоны") == ["слоны"]


def test_a_disguised_innocent_is_no_innocent() -> None:
    entries = [Entry("слон*", Kind.BANNED), Entry("слоны", Kind.INNOCENT)]
    assert _found(compile_list(entries), "слоны с л о н ы") == ["с л о н ы"]


def test_who_bans_the_very_word_means_it() -> None:
    assert _found(a_matcher("Scunthorpe"), "I love Scunthorpe") == ["Scunthorpe"]


def test_another_languages_word_counts_where_the_text_leaves_its_own_alphabet() -> None:
    matcher = a_matcher("хер", language=Language.RUSSIAN)
    assert _found(matcher, "give it to her", Language.ENGLISH) == []
    assert _found(matcher, "go на хер now", Language.ENGLISH) == ["хер"]


def test_uzbek_texts_borrow_from_russian_but_not_the_other_way_round() -> None:
    russian = a_matcher("лопата", language=Language.RUSSIAN)
    uzbek = a_matcher("лопата", language=Language.UZBEK)
    assert _found(russian, "lopata olib kel", Language.UZBEK) == ["lopata"]
    assert _found(uzbek, "возьми лопата", Language.RUSSIAN) == []


def test_what_is_found_says_where_it_stands_as_written() -> None:
    text = "ну ты\u200b д у р\u200b а к же"
    (match,) = a_matcher("дурак").find(text, None)
    assert text[match.start : match.end] == match.as_written == "д у р\u200b а к"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ты и д у р а к", "д у р а к"),
        ("т ы д у р а к", "д у р а к"),
        ("ах  т ы   д у р а к", "д у р а к"),
        ("к т о\nд у р а к", "д у р а к"),
        ("и-д-у-р-а-к", "д-у-р-а-к"),
        ("д у р а к и т ы", "д у р а к"),
        ("т&nbsp;ы&nbsp;д&nbsp;у&nbsp;р&nbsp;а&nbsp;к", "д&nbsp;у&nbsp;р&nbsp;а&nbsp;к"),
        ("y o u a r e a n i d i o t", "i d i o t"),
    ],
)
def test_a_spaced_word_is_found_behind_a_short_one_that_is_spaced_too(
    text: str, found: str
) -> None:
    matcher = a_matcher("дурак", "idiot")
    assert _found(matcher, text) == [found]
    assert matcher.may_find(text, normalise(text))


def test_nothing_is_found_within_a_spaced_word_that_is_innocent() -> None:
    matcher = compile_list([Entry("дол", Kind.BANNED), Entry("идол", Kind.INNOCENT)])
    assert _found(matcher, "и д о л") == []
    assert _found(a_matcher("манда*"), "к о м а н д а") == []


@pytest.mark.parametrize(
    ("language", "word"),
    [
        (Language.RUSSIAN, "Р О С С И Я"),
        (Language.RUSSIAN, "в о й н а х"),
        (Language.RUSSIAN, "р а й о н а х"),
        (Language.RUSSIAN, "р е б у с"),
        (Language.RUSSIAN, "с т у п е н ь к и"),
        (Language.KAZAKH, "е с і к"),
        (Language.KAZAKH, "к о т о р а я"),
        (Language.KAZAKH, "д ұ р ы с"),
        (Language.KAZAKH, "ж е б і р"),
    ],
)
def test_a_part_of_a_spaced_word_is_not_taken_for_a_word(
    everything: Matcher, language: Language, word: str
) -> None:
    assert _found(everything, word, language) == []


_PIECES = [
    "ты",
    "и",
    "а",
    " ",
    "  ",
    "\n",
    "-",
    ".",
    "\u200b",
    "&nbsp;",
    "дурак",
    *"дурак",
    "<b>",
    "1",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_where_nothing_may_be_found_nothing_is(text: str) -> None:
    matcher = a_matcher("дурак")
    assert matcher.may_find(text, normalise(text)) or not matcher.find(text, None)


@pytest.mark.parametrize(
    "text", ["ты и д у р а к, " * 90, "а и у о я " * 150, "и д у р а к " * 125]
)
def test_a_text_all_of_spaced_letters_takes_no_longer_than_its_length(text: str) -> None:
    matcher = a_matcher("дурак", "idiot")

    def took(written: str) -> float:
        def once() -> float:
            started = process_time()
            matcher.find(written, None)
            return process_time() - started

        return min(once() for _ in range(5))

    assert took(text * 8) < 40 * took(text)


@pytest.mark.parametrize(
    ("word", "language", "right"),
    [
        ("", None, "at least 2 letters"),
        ("!!!", None, "at least 2 letters"),
        ("a", None, "at least 2 letters"),
        ("ab*", None, "at least 3 letters"),
        ("a*b", None, "at the end of the word"),
        ("x" * 101, None, "at most 100 characters"),
        ("слов-", Language.RUSSIAN, "Uzbek or Kazakh"),
        ("word", Language.OTHER, "left empty for all"),
    ],
)
def test_a_word_that_cannot_be_matched_is_refused_with_what_would_be_right(
    word: str, language: Language | None, right: str
) -> None:
    with pytest.raises(ValueError, match=right):
        Entry(word, Kind.BANNED, language)


def test_an_empty_list_finds_nothing() -> None:
    assert compile_list([]).find("что угодно", None) == []


letters = st.lists(
    st.sampled_from("абвгдежзиклмнопрстуюяabcdefgiklmnoprstu"), min_size=4, max_size=9, unique=True
).map("".join)
texts = st.text(max_size=200)


@settings(deadline=None)
@given(st.lists(letters, max_size=5), letters, texts, st.sampled_from([None, *Language]))
def test_adding_a_word_never_finds_less(
    words: list[str], another: str, text: str, language: Language | None
) -> None:
    fewer = _spans(a_matcher(*words).find(text, language))
    more = _spans(a_matcher(*words, another).find(text, language))
    assert fewer <= more


@settings(deadline=None)
@given(st.text())
def test_squeezing_makes_one_character_of_each_run(text: str) -> None:
    runs = list(RUNS.finditer(text))
    assert "".join(run[0] for run in runs) == text
    assert "".join(run[0][0] for run in runs) == squeezed(text)


@settings(deadline=None)
@given(texts, st.sampled_from([None, *Language]))
def test_matches_lie_inside_the_text_in_order(text: str, language: Language | None) -> None:
    matches = compile_list(ALL_LISTS[:50]).find(text, language)
    assert [(m.start, m.end) for m in matches] == sorted((m.start, m.end) for m in matches)
    assert all(text[m.start : m.end] == m.as_written != "" for m in matches)


@settings(deadline=None)
@given(
    letters, st.sampled_from(["{}", " {} ", "({})", "«{}»!", "так {}, да", "{}1", "{}.", "\n{}\t"])
)
def test_a_banned_word_is_found_whatever_stands_around_it(word: str, around: str) -> None:
    assert word in _found(a_matcher(f"{word}!"), around.format(word))


DISGUISES: dict[str, Callable[[str], str]] = {
    "invisible": "\u200b".join,
    "soft hyphen": lambda word: f"{word[:2]}\u00ad{word[2:]}",
    "spaced": " ".join,
    "dotted": ".".join,
    "cut": lambda word: f"{word[:3]}.{word[3:]}",
    "starred": lambda word: f"{word[:3]}*{word[4:]}",
    "stretched": lambda word: word[0] + word[1] * 5 + word[2:],
    "look-alike": lambda word: word.replace("о", "o").replace("е", "e"),
    "look-alike back": lambda word: word.replace("o", "о").replace("e", "е"),
    "shouted": str.upper,
    "accented": "\u0301".join,
}
plain_words = st.sampled_from(["дерево", "крокодил", "растение", "crocodile", "vegetables"])


@settings(deadline=None)
@given(plain_words, st.sampled_from(sorted(DISGUISES)))
def test_a_banned_word_is_found_in_any_disguise(word: str, disguise: str) -> None:
    worn = DISGUISES[disguise](word)
    text = f"вот {worn}, да"
    assert _spans(a_matcher(word).find(text, None)) == {(4, 4 + len(worn))}
