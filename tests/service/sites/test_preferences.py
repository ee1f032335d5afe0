from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sites import preferences
from service.sites.errors import SiteInvalid
from service.sites.preferences import EmailField, Preferences, ProofOfWork
from service.sites.reader_language import ReaderLanguage, by_preference
from tests.factories.sites import a_site


def _seconds(least: int, most: timedelta) -> st.SearchStrategy[timedelta]:
    top = round(most.total_seconds())
    return st.integers(least, top).map(lambda seconds: timedelta(seconds=seconds))


_CHOICES = st.builds(
    Preferences,
    edit_window=_seconds(0, preferences.EDIT_MAX),
    withdraw_window=_seconds(0, preferences.WITHDRAW_MAX),
    thinks_twice=st.booleans(),
    reports_hold_at=st.integers(1, preferences.REPORTS_MAX),
    audit_share=st.floats(0, 1),
    age_alert=st.none() | _seconds(60, preferences.AGE_ALERT_MAX),
    proof_of_work=st.sampled_from(ProofOfWork),
    email=st.sampled_from([EmailField.OFF, EmailField.OPTIONAL]),
)


@given(_CHOICES)
def test_what_is_stored_is_read_again(chosen: Preferences) -> None:
    assert Preferences.read(chosen.stored(), ()) == chosen


def test_a_site_that_chose_nothing_stores_nothing() -> None:
    assert Preferences().stored() == {}
    assert preferences.of_site(a_site()) == Preferences()


def test_what_an_older_version_stored_and_nobody_knows_is_passed_over() -> None:
    assert Preferences.read({"colour": "red", "thinks_twice": False}, ()).thinks_twice is False


def test_a_required_field_says_that_the_address_is_required() -> None:
    site = a_site(required_fields=["author.email"], preferences={"email": "off"})
    assert preferences.of_site(site).email is EmailField.REQUIRED


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"edit_window": timedelta(days=2)}, "/edit_window_seconds"),
        ({"withdraw_window": timedelta(seconds=-1)}, "/withdraw_window_seconds"),
        ({"withdraw_window": timedelta(microseconds=1)}, "/withdraw_window_seconds"),
        ({"age_alert": timedelta(0)}, "/age_alert_seconds"),
        ({"reports_hold_at": 0}, "/reports_hold_at"),
        ({"audit_share": 1.5}, "/audit_share"),
    ],
)
def test_a_choice_out_of_bounds_is_refused(wrong: dict[str, timedelta], pointer: str) -> None:
    with pytest.raises(SiteInvalid) as raised:
        Preferences(**wrong)  # type: ignore[arg-type] # wrong on purpose
    assert [each.pointer for each in raised.value.fields] == [pointer]


def test_a_reader_gets_the_own_script_before_another_and_english_before_the_rest() -> None:
    assert by_preference(ReaderLanguage.UZBEK_CYRILLIC)[:3] == [
        ReaderLanguage.UZBEK_CYRILLIC,
        ReaderLanguage.UZBEK_LATIN,
        ReaderLanguage.ENGLISH,
    ]
    assert by_preference(ReaderLanguage.KAZAKH)[:2] == [
        ReaderLanguage.KAZAKH,
        ReaderLanguage.ENGLISH,
    ]
    assert all(set(by_preference(each)) == set(ReaderLanguage) for each in ReaderLanguage)
