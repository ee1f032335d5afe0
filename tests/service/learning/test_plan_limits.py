import pytest
from pydantic import ValidationError

from service.learning.plan import GateWish


@pytest.mark.parametrize(
    ("name", "strictest", "stricter"),
    [
        ("judged_min", 10_000, 10_001),
        ("harmful_min", 2_000, 2_001),
        ("bytes_max", 8_000_000, 7_999_999),
        ("calibrated_min", 100, 99),
        ("calibration", 0.01, 0.009),
        ("slower", 1, 0.9),
        ("group_gap", 0, -0.1),
    ],
)
def test_no_site_asks_for_what_no_model_can_do(
    name: str, strictest: float, stricter: float
) -> None:
    assert getattr(GateWish.model_validate({name: strictest}).limits(), name) == strictest
    with pytest.raises(ValidationError):
        GateWish.model_validate({name: stricter})
