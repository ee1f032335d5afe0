"""The page, and the picture, of the months of ``bench_month``."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ml.comparison import Difference
from service.learning.states import RunState
from tests.bench.month import POINTS, Month, Night

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TEMPLATE = Path(__file__).with_name("month_page.md")
_COLORS = {"ordinary": "#24476b", "poisoned": "#b3261e", "shifted": "#7a6a00"}


class _Gain(Protocol):
    @property
    def pr_auc(self) -> Difference: ...

    @property
    def workload(self) -> Difference: ...


def first_promoted(month: Month) -> int:
    """Return the first night that brought another champion.

    Raises:
        ValueError: none did.
    """
    for night in month.nights:
        if night.outcome == RunState.PROMOTED:
            return night.night
    raise ValueError("no night of the month brought another champion")


def draw(months: Mapping[str, Month], target: Path) -> None:
    """Draw both measures over the nights, promotions as dots, alarms as crosses."""
    import matplotlib as mpl  # noqa: PLC0415 - slow to load

    mpl.use("svg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    with mpl.rc_context({"svg.hashsalt": "parley", "font.size": 9}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
        for name, month in months.items():
            _line(left, month, name, [night.pr_auc for night in month.nights])
            _line(right, month, name, [night.workload for night in month.nights])
        left.set(xlabel="night", ylabel="PR-AUC, held out")
        right.set(xlabel="night", ylabel="share left to people", ylim=(0, None))
        left.legend(frameon=False, loc="lower right")
        figure.savefig(target, metadata={"Date": None})
        plt.close(figure)


def _line(axes: "Axes", month: Month, name: str, values: list[float]) -> None:
    axes.plot(range(len(values)), values, color=_COLORS[name], label=name)
    for wanted, mark in ((_is_promoted, "o"), (_is_alarming, "x")):
        some = [night.night for night in month.nights if wanted(night)]
        axes.plot(some, [values[number] for number in some], mark, color=_COLORS[name])


def _is_promoted(night: Night) -> bool:
    return night.outcome == RunState.PROMOTED


def _is_alarming(night: Night) -> bool:
    return bool(night.alarms)


def page(
    months: Mapping[str, Month],
    *,
    since_start: _Gain,
    since_first: _Gain,
    poisoned: _Gain,
    seconds: float,
) -> str:
    """Return the page as Markdown.

    Args:
        months: ``ordinary``, ``poisoned`` and ``shifted``.
        since_start: what the ordinary month gained on the model that ships.
        since_first: and on the first champion that its own moderators taught.
        poisoned: how far the poisoned month ends from the ordinary one.
        seconds: that all took.
    """
    ordinary, bad, moved = (months[name] for name in ("ordinary", "poisoned", "shifted"))
    last_bad = bad.nights[-1]
    as_late = ordinary.nights[last_bad.night]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        minutes=f"{seconds / 60:.0f}",
        model=ordinary.began_with.removeprefix("sha256:")[:12],
        a_day=ordinary.course.a_day,
        wrong=f"{ordinary.course.wrong:.0%}",
        held_out=f"{len(ordinary.truths):,}",
        harmful=f"{ordinary.truths.mean():.0%}",
        reject=f"{POINTS.reject:.0%}",
        approve=f"{POINTS.approve:.0%}",
        shipped=_both(since_start, "champion"),
        first=_both(since_first, "champion"),
        first_night=first_promoted(ordinary),
        last=_both(since_start, "challenger"),
        since_start=_apart(since_start),
        since_first=_apart(since_first),
        promotions=_promotions(ordinary),
        alarms=_alarms(ordinary),
        poison=f"{bad.course.poison:.0%}",
        poisoned=last_bad.poison_set_aside + last_bad.poison_free,
        quarantine=_quarantine(bad),
        promotions_poisoned=_promotions(bad),
        civic_poisoned=f"{last_bad.civic_held:.1%}",
        civic=f"{as_late.civic_held:.1%}",
        nights_poisoned=last_bad.night,
        civic_shipped=f"{bad.nights[0].civic_held:.1%}",
        poisoned_less=_apart(poisoned),
        a_day_shifted=moved.course.a_day,
        half=moved.course.nights // 2,
        alarms_shifted=_alarms(moved),
    )


def _both(gain: _Gain, which: str) -> str:
    found = [getattr(each, which) for each in (gain.pr_auc, gain.workload)]
    return " | ".join(f"{value:.3f}" for value in found)


def _apart(gain: _Gain) -> str:
    found = [each.difference for each in (gain.pr_auc, gain.workload)]
    return " | ".join(f"{each.value:+.3f} ({each.low:+.3f} to {each.high:+.3f})" for each in found)


def _promotions(month: Month) -> str:
    runs = [night for night in month.nights if night.outcome != "none"]
    promoted = [str(night.night) for night in runs if _is_promoted(night)]
    seconds = [night.seconds for night in runs]
    on = f" (nights {', '.join(promoted)})" if promoted else ""
    return (
        f"{len(runs)} runs, {len(promoted)} promotions{on}; a run took"
        f" {sum(seconds) / len(runs):.0f} s, {max(seconds):.0f} s at most."
    )


def _alarms(month: Month) -> str:
    found = [f"{night.night} ({', '.join(night.alarms)})" for night in month.nights if night.alarms]
    return ", ".join(found) or "none"


def _quarantine(month: Month) -> str:
    first = next((night.night for night in month.nights if night.poison_set_aside), None)
    if first is None:
        return "None of them was set aside."
    last = month.nights[-1]
    return (
        f"From night {first} on labels are set aside for a lead: at the end of the month"
        f" {last.poison_set_aside} of his wrong ones, {last.set_aside - last.poison_set_aside}"
        f" others; {last.poison_free} of his wrong ones may teach."
    )
