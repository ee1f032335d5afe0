from ml.gate import judge
from ml.gate_evidence import Evidence, OnDecisions
from ml.gate_limits import Limits

NOTHING = OnDecisions(0, 0, None, None, None)


def test_a_sites_own_texts_are_counted_where_they_may_not_be_quoted() -> None:
    evidence = Evidence(
        NOTHING, None, None, [], [], ["Salem!"], (1, 1), (1.0, 1.0), failed_unquoted=2
    )
    said = judge(evidence, Limits()).checks[-1]
    assert not said.passed
    assert said.sentence == "3 must-pass texts would be held: “Salem!” and 2 more."
