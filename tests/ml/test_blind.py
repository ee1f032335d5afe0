from collections import Counter

from ml.dataset import key_of
from ml.suites import blind, load
from ml.suites.load import Expected


def test_each_language_has_abusive_and_innocent_sentences_in_like_numbers() -> None:
    counts = Counter((case.language, case.expected) for case in blind.load())
    for language in blind.LANGUAGES:
        assert counts[language, Expected.ABUSIVE] >= 30
        assert counts[language, Expected.OK] >= 30


def test_no_sentence_stands_twice_or_in_a_suite() -> None:
    texts = [key_of(case.text) for case in blind.load()]
    assert len(set(texts)) == len(texts)
    assert not set(texts) & {key_of(case.text) for case in load.load_all()}


def test_uzbek_stands_in_both_scripts() -> None:
    spoken = [case.text for case in blind.load() if case.language == "uz"]
    cyrillic = [text for text in spoken if any("а" <= char <= "я" for char in text.lower())]
    assert len(spoken) * 0.4 < len(cyrillic) < len(spoken) * 0.6
