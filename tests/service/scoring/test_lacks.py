from collections.abc import Callable
from importlib.resources import files

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from ml.lack import Lack, Reason
from ml.predict import Predictor
from service import asgi, metrics
from service.scoring import lacks
from service.scoring.classifier import Classifier
from tests.fakes import FakePredictor
from worker import predictor


def counted(registry: CollectorRegistry, reason: Reason) -> float:
    name = "parley_models_loaded_without_second_tier_total"
    return registry.get_sample_value(name, {"reason": reason.value}) or 0.0


def test_a_model_that_lacks_its_second_tier_is_warned_of_and_counted() -> None:
    before = counted(metrics.REGISTRY, Reason.ANOTHER_VERSION)
    with capture_logs() as lines:
        lacks.tell(FakePredictor(lack=Lack(Reason.ANOTHER_VERSION, "Another one is here.")))
        lacks.tell(FakePredictor())
    assert counted(metrics.REGISTRY, Reason.ANOTHER_VERSION) == before + 1
    assert lines == [
        {
            "event": "second_tier_missing",
            "log_level": "warning",
            "reason": "another_version",
            "detail": "Another one is here.",
            "model": FakePredictor().version,
        }
    ]


@pytest.mark.parametrize("load", [asgi.load, predictor.load])
def test_web_and_worker_tell_of_an_encoder_that_is_not_installed(
    load: Callable[..., Classifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    lack = Lack(Reason.NOT_INSTALLED, "Install it.")
    monkeypatch.setattr("ml.predict.looked_up", lambda: lack)
    bundled = files("ml").joinpath("models", "parley.model").read_bytes()
    with capture_logs() as lines:
        loaded = load(bundled)
        load(bundled, alone=True)
    assert isinstance(loaded, Predictor)
    assert not loaded.has_second_tier
    assert [line["reason"] for line in lines] == ["not_installed"]
