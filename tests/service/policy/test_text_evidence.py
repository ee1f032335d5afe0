"""A text is read once, and every part says what its own module says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ml.labels import Language
from service.policy.contacts import contacts
from service.policy.copies import fingerprint
from service.policy.links import links
from service.policy.text_evidence import read_text
from service.policy.word_entries import Entry, Kind
from service.policy.words import compile_list

MATCHER = compile_list([Entry("дурак", Kind.SUSPECT, Language.RUSSIAN)])


def test_one_text_gives_every_kind_of_evidence() -> None:
    text = "ДУРАКИ! Пишите в тг: best_crypto или на www.site.uz, ВСЕМ ВСЕМ ВСЕМ ВСЕМ!!!!!!"
    read = read_text(text, language=Language.RUSSIAN, matcher=MATCHER)
    assert [match.as_written for match in read.words] == ["ДУРАКИ"]
    assert [link.host for link in read.links] == ["site.uz"]
    assert [contact.as_written for contact in read.contacts] == ["тг: best_crypto"]
    assert read.capitals > 0.4
    assert read.longest_run == 6
    assert read.repetition > 0


@settings(deadline=None)
@given(st.text(max_size=300), st.sampled_from([None, *Language]))
def test_reading_together_is_reading_apart(text: str, language: Language | None) -> None:
    read = read_text(text, language=language, matcher=MATCHER)
    assert list(read.words) == MATCHER.find(text, language)
    assert list(read.links) == links(text)
    assert list(read.contacts) == contacts(text)
    assert read.fingerprint == fingerprint(text)
