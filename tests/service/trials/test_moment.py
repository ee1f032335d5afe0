"""What only the moment knew is counted again in the order in which the comments came."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.authors.sanction_kind import SanctionKind
from service.comments.status import Status
from service.policy.evidence import Counted
from service.policy.rules import Policy
from service.policy.sections import Authors, Copies, Floods, Raids, Rejections, Window
from service.trials.moment import Came, Moments, PastSanction

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
AUTHOR, OTHER, ARTICLE = UUID(int=1), UUID(int=2), UUID(int=9)


def came(
    minute: float, author: UUID = AUTHOR, *, approved: int = 0, text: str | None = None
) -> Came:
    return Came(NOON + timedelta(minutes=minute), author, ARTICLE, approved, text)


def test_a_flood_is_counted_in_its_window_and_by_whom() -> None:
    bounds = Floods(author=Window(most=2, minutes=5), article=Window(most=9, minutes=60))
    moments = Moments(Policy(floods=bounds))
    seen = [moments.of(came(minute)).floods[Counted.AUTHOR] for minute in (0, 1, 4.9, 5, 9.8)]
    assert seen == [1, 2, 3, 3, 3]
    assert moments.of(came(10, OTHER)).floods == {Counted.AUTHOR: 1, Counted.ARTICLE: 6}


def test_new_authors_raid_an_article_and_it_stays_guarded_for_hours() -> None:
    moments = Moments(Policy(raids=Raids(new_authors=2, minutes=10, hours=1)))
    new = [moments.of(came(n, UUID(int=100 + n))).is_raided for n in range(3)]
    assert new == [False, False, True]
    assert moments.of(came(30, approved=9)).is_raided
    assert not moments.of(came(120, approved=9)).is_raided


def test_authors_with_a_record_raid_nothing() -> None:
    moments = Moments(Policy(raids=Raids(new_authors=1, minutes=10, hours=1)))
    assert not any(moments.of(came(n, UUID(int=n), approved=3)).is_raided for n in range(9))


def test_one_newcomer_who_writes_much_is_no_raid() -> None:
    moments = Moments(Policy(raids=Raids(new_authors=1, minutes=10, hours=1)))
    assert not any(moments.of(came(n)).is_raided for n in range(9))


def test_exact_copies_are_counted_whoever_sends_them() -> None:
    moments = Moments(Policy(copies=Copies(within_hours=1)))
    counts = [
        moments.of(came(minute, UUID(int=minute), text="buynow")).copies.exact
        for minute in (0, 30, 59, 61)
    ]
    assert counts == [1, 2, 3, 3]
    assert moments.of(came(62)).copies.exact == 1


def test_the_last_decisions_on_an_author_are_remembered_and_no_more() -> None:
    recent = Rejections(of=2, at_least=2)
    moments = Moments(Policy(authors=Authors(recent_rejections=recent)))
    for status in (Status.REJECTED, Status.HELD, Status.REJECTED):
        moments.decided(AUTHOR, status)
    assert moments.of(came(0)).recent_rejected == 2
    moments.decided(AUTHOR, Status.APPROVED)
    assert moments.of(came(1)).recent_rejected == 1
    assert moments.of(came(1, OTHER)).recent_rejected == 0


def test_a_sanction_speaks_only_while_it_was_in_force() -> None:
    laid = PastSanction(SanctionKind.SUSPENDED, NOON, NOON + timedelta(hours=1))
    moments = Moments(Policy(), {AUTHOR: [laid]})
    seen = [moments.of(came(minute)).sanction for minute in (-1, 0, 59, 60)]
    assert seen == [None, SanctionKind.SUSPENDED, SanctionKind.SUSPENDED, None]
    assert moments.of(came(5, OTHER)).sanction is None
