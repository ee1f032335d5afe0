from datetime import timedelta
from threading import Event

from worker.postman import Postman


def test_whoever_asks_while_the_postman_is_out_gets_a_whole_round_afterwards() -> None:
    postman, began, may_end = Postman(), Event(), Event()
    rounds = []

    def round_() -> None:
        rounds.append(1)
        began.set()
        may_end.wait(60)

    postman.go_out(round_)
    assert began.wait(60)
    for _ in range(3):
        postman.go_out(round_)
    may_end.set()
    postman.wait(timedelta(seconds=60))
    assert len(rounds) == 2


def test_a_postman_that_came_back_goes_out_again() -> None:
    postman = Postman()
    rounds: list[int] = []
    for _ in range(2):
        postman.go_out(lambda: rounds.append(1))
        postman.wait(timedelta(seconds=60))
    assert len(rounds) == 2


def test_a_stopped_postman_stays_in() -> None:
    postman = Postman()
    rounds: list[int] = []
    postman.stop()
    postman.go_out(lambda: rounds.append(1))
    postman.wait(timedelta(seconds=60))
    assert rounds == []
