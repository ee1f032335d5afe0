from datetime import timedelta
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.webhooks import rules
from service.webhooks.egress import is_public


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_each_failure_makes_the_wait_no_shorter(failures: int, jitter: float) -> None:
    wait = rules.wait_after(failures, jitter=jitter)
    assert timedelta(seconds=5) <= wait <= timedelta(days=1.2)
    assert rules.wait_after(failures + 1, jitter=jitter) >= wait


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    waits = [rules.wait_after(failures, jitter=0).total_seconds() for failures in range(1, 10)]
    assert waits == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


def test_a_site_that_asks_for_patience_gets_it_for_a_day_at_most() -> None:
    assert rules.wait_after(1, jitter=0, asked=timedelta(hours=1)) == timedelta(hours=1)
    assert rules.wait_after(2, jitter=0, asked=timedelta(seconds=1)) == timedelta(minutes=5)
    assert rules.wait_after(1, jitter=0, asked=timedelta(days=90)) == timedelta(days=1)


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("120", timedelta(minutes=2)),
        (None, None),
        ("", None),
        ("-5", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("9" * 400, None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_seconds(header: str | None, asked: timedelta | None) -> None:
    assert rules.retry_after(header) == asked


@pytest.mark.parametrize(
    ("status", "delivered"),
    [
        (200, True),
        (204, True),
        (299, True),
        (301, False),
        (410, False),
        (500, False),
        (None, False),
    ],
)
def test_only_success_is_delivered(status: int | None, delivered: bool) -> None:  # noqa: FBT001
    assert rules.is_delivered(status) is delivered


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.7", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:7f00:1::"),
    ],
)
def test_an_address_inside_is_refused_also_in_disguise(address: str) -> None:
    assert not is_public(ip_address(address))
