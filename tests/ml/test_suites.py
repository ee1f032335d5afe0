import dataclasses
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from ml.labels import DEFINITIONS, Label, Language
from ml.suites import build, load
from ml.suites.load import Case, Expected, Script, Stance, Suite
from ml.suites.translit import kazakh_in_latin, uzbek_in_cyrillic

LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.UZBEK, Language.KAZAKH)
CASES = load.load_all()


def of(suite: Suite, language: Language | None = None) -> list[Case]:
    return [c for c in CASES if c.suite is suite and language in (None, c.language)]


def key(text: str) -> str:
    return " ".join(text.casefold().split())


@pytest.mark.parametrize("suite", Suite)
def test_building_a_suite_again_gives_the_bytes_that_are_kept(suite: Suite) -> None:
    kept = (load.HERE / f"{suite}.csv").read_bytes()
    assert build.build(suite).encode() == kept


def test_every_id_is_used_once() -> None:
    assert len({case.id for case in CASES}) == len(CASES)


def test_no_text_appears_twice_in_any_suite_so_none_is_both_ok_and_abusive() -> None:
    counts = Counter(key(case.text) for case in CASES)
    assert [text for text, count in counts.items() if count > 1] == []


def test_every_text_is_in_normal_form_and_trimmed() -> None:
    odd = [
        case.id
        for case in CASES
        if unicodedata.normalize("NFC", case.text) != case.text or case.text.strip() != case.text
    ]
    assert odd == []


def test_every_text_is_in_one_of_the_four_languages() -> None:
    assert {case.language for case in CASES} == set(LANGUAGES)


def test_no_slot_or_escape_is_left_in_a_text() -> None:
    left = re.compile(r"\{[^ ]*\}|\\u[0-9a-f]{4}|\{[^{}]*\|")
    assert [case.id for case in CASES if left.search(case.text)] == []


@pytest.mark.parametrize(
    "script_and_letters", [(Script.LATIN, "LATIN"), (Script.CYRILLIC, "CYRILLIC")]
)
def test_most_letters_of_an_undisguised_text_are_of_its_script(
    script_and_letters: tuple[Script, str],
) -> None:
    script, prefix = script_and_letters
    plain = {Suite.MUST_PASS, Suite.IDENTITY, Suite.FUNCTIONAL, Suite.ABUSIVE_KK_UZ}
    for case in CASES:
        if case.suite in plain and case.script is script:
            letters = [c for c in case.text if c.isalpha() and c != "\u02bb"]
            own = sum(unicodedata.name(letter).startswith(prefix) for letter in letters)
            assert own >= 0.7 * len(letters), case.id


def test_uzbek_stands_in_either_script_about_equally_often() -> None:
    for suite in (Suite.MUST_PASS, Suite.IDENTITY, Suite.FUNCTIONAL, Suite.ABUSIVE_KK_UZ):
        cases = of(suite, Language.UZBEK)
        latin = sum(case.script is Script.LATIN for case in cases)
        assert abs(latin / len(cases) - 0.5) < 0.05, suite


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_three_hundred_sentences_a_language_must_pass_and_come_of_forty_templates(
    language: Language,
) -> None:
    cases = of(Suite.MUST_PASS, language)
    assert len(cases) >= 290
    assert all(case.expected is Expected.OK and not case.labels for case in cases)
    sources = [row for row in build.read_source("must_pass") if row["language"] == language]
    assert sum("|" in row["template"] for row in sources) >= 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_identity_group_meets_the_same_templates_ten_to_a_stance(language: Language) -> None:
    cases = of(Suite.IDENTITY, language)
    assert len(cases) >= 800
    counts = Counter((case.group, case.stance) for case in cases)
    assert len({case.group for case in cases}) >= 20
    assert set(counts.values()) == {10}
    assert {stance for _, stance in counts} == set(Stance)


def test_only_hostile_identity_sentences_are_abusive_and_all_of_them() -> None:
    for case in of(Suite.IDENTITY):
        hostile = case.stance is Stance.HOSTILE
        assert (case.expected is Expected.ABUSIVE) == hostile
        assert (Label.IDENTITY_ATTACK in case.labels) == hostile


@pytest.mark.parametrize("language", LANGUAGES)
def test_functional_cases_reach_their_number_and_take_both_sides(language: Language) -> None:
    cases = of(Suite.FUNCTIONAL, language)
    assert len(cases) >= (250 if language is Language.ENGLISH else 120)
    share = sum(case.expected is Expected.OK for case in cases) / len(cases)
    assert 0.4 < share < 0.6
    assert len({case.functionality for case in cases}) >= 20


def test_five_hundred_disguises_hide_what_their_plain_sentence_says() -> None:
    cases = of(Suite.DISGUISES)
    assert len(cases) >= 500
    for case in cases:
        assert case.expected is Expected.ABUSIVE
        assert case.technique
        assert case.plain
        assert case.plain != case.text
    assert min(Counter(case.language for case in cases).values()) >= 120
    assert len({case.technique for case in cases}) >= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_disguises_of_a_language_are_the_same_word_written_alike(
    language: Language,
) -> None:
    words = [
        r["disguised"] for r in build.read_source("disguise_words") if r["language"] == language
    ]
    assert len(set(words)) == len(words)


def test_four_hundred_innocent_texts_look_disguised() -> None:
    cases = of(Suite.DISGUISES_INNOCENT)
    assert len(cases) >= 400
    assert all(case.expected is Expected.OK for case in cases)


@pytest.mark.parametrize("language", [Language.KAZAKH, Language.UZBEK])
@pytest.mark.parametrize("expected", Expected)
def test_two_hundred_kazakh_and_uzbek_sentences_of_each_kind_stand_in_both_scripts(
    language: Language, expected: Expected
) -> None:
    cases = [c for c in of(Suite.ABUSIVE_KK_UZ, language) if c.expected is expected]
    assert len(cases) >= 200
    assert min(Counter(case.script for case in cases).values()) >= 95


@pytest.mark.parametrize("language", LANGUAGES)
def test_sixty_spam_comments_face_sixty_honest_ones_and_link_to_reserved_domains_only(
    language: Language,
) -> None:
    cases = of(Suite.SPAM, language)
    counts = Counter(case.expected for case in cases)
    assert min(counts[expected] for expected in Expected) >= 60
    hosts = re.findall(r"[\w-]+(?:\.[a-z-]+)+(?=[/\s,;:?!)]|$)", " ".join(c.text for c in cases))
    assert hosts
    for host in hosts:
        assert re.search(r"(^|\.)example(\.com|\.org)?$", host), host


def test_every_label_is_defined_in_every_language_and_english_says_what_the_code_says() -> None:
    found = load.definitions()
    assert {(d.label, d.language) for d in found} == {(a, b) for a in Label for b in LANGUAGES}
    assert len(found) == len(Label) * len(LANGUAGES)
    english = {d.label: d.definition for d in found if d.language is Language.ENGLISH}
    assert english == DEFINITIONS


def test_no_example_of_a_definition_is_a_case_or_given_twice() -> None:
    examples = [key(text) for d in load.definitions() for text in (*d.yes, *d.no)]
    assert len(set(examples)) == len(examples)
    assert set(examples).isdisjoint(key(case.text) for case in CASES)


def test_the_digest_changes_with_a_single_character(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load.digest()
    build.build_all(tmp_path)
    monkeypatch.setattr(load, "HERE", tmp_path)
    assert load.digest() == before
    with (tmp_path / "spam.csv").open("a", encoding="utf-8") as file:
        file.write(" ")
    assert load.digest() != before


def test_a_case_refuses_to_be_innocent_and_hostile_at_once() -> None:
    innocent = next(case for case in CASES if case.expected is Expected.OK)
    with pytest.raises(ValueError, match="expected ok"):
        dataclasses.replace(innocent, labels=frozenset({Label.INSULT}))
    with pytest.raises(ValueError, match="without a label"):
        dataclasses.replace(innocent, expected=Expected.ABUSIVE, labels=frozenset())


def test_a_case_refuses_a_text_longer_than_a_comment_may_be() -> None:
    with pytest.raises(ValueError, match="1501 characters"):
        dataclasses.replace(CASES[0], text="a" * 1501)


def test_texts_of_one_template_share_its_number_and_nothing_else_does() -> None:
    for suite in (*build.PLAIN_SUITES, "identity"):
        numbers = {(c.language, c.template) for c in of(Suite(suite))}
        source = "identity_templates" if suite == "identity" else suite
        assert len(numbers) == len(build.read_source(source))


def test_slots_are_read_side_by_side() -> None:
    assert build.expand("{A|B} and {c|d}") == ["A and c", "B and d"]


def test_slots_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="different length"):
        build.expand("{A|B} and {c|d|e}")


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Yo'q, ma'no e'lon etilmadi.", "Йўқ, маъно эълон этилмади."),
        ("Politsiya aprelda keldi, u ketsa ketsin.", "Полиция апрелда келди, у кетса кетсин."),
        ("Shoir Choyxonada yozgan", "Шоир Чойхонада ёзган"),
        ("TINCHLIK kerak", "ТИНЧЛИК керак"),
        ("Kiring: tanga.example/bot", "Киринг: tanga.example/bot"),
    ],
)
def test_uzbek_is_respelt_in_cyrillic_and_addresses_are_left(latin: str, cyrillic: str) -> None:
    assert uzbek_in_cyrillic(latin) == cyrillic


def test_kazakh_is_respelt_in_the_official_latin_letters_or_in_typed_ones() -> None:
    assert kazakh_in_latin("Шығыс ғылымы, іңкәр") == "Şyğys ğylymy, ıñkär"
    assert kazakh_in_latin("Шығыс ғылымы, іңкәр", plain_keyboard=True) == "Shygys gylymy, inkar"


@pytest.mark.parametrize("suite", Suite)
def test_the_readme_counts_each_suite_as_it_is(suite: Suite) -> None:
    cases = of(suite)
    innocent = sum(case.expected is Expected.OK for case in cases)
    readme = (load.HERE / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| {suite} |"))
    assert row.endswith(f"| {innocent} | {len(cases) - innocent} | {len(cases)} |")
