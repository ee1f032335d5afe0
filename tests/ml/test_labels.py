from ml.labels import DEFINITIONS, Label


def test_every_label_is_defined_in_a_sentence() -> None:
    assert DEFINITIONS.keys() == set(Label)
    assert all(text.endswith(".") and len(text) > 20 for text in DEFINITIONS.values())
