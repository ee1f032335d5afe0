from datetime import timedelta

import pytest

from service.comments.prefer import wait_asked

_MOST = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([], 0),
        (["wait=3"], 3),
        (['WAIT = "3"'], 3),
        (["respond-async, wait=3"], 3),
        (["wait=3; foo=bar"], 3),
        (["return=minimal", "wait=3"], 3),
        (["wait=3, wait=5"], 3),
        (["wait=10"], 10),
        (["wait=999"], 10),
        (["wait=0"], 0),
        (["wait=-1"], 0),
        (["wait=1.5"], 0),
        (["wait=soon"], 0),
        (["await=3"], 0),
        (["wait=" + "9" * 5000], 0),
    ],
)
def test_a_wish_to_wait_is_read_or_ignored(headers: list[str], seconds: int) -> None:
    assert wait_asked(headers, most=_MOST) == timedelta(seconds=seconds)
