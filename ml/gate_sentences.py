"""What the gate says of each thing it looks at: lines with blanks for what was measured. Pure.

Whole lines, so that pages can tell them in other languages.
"""

from typing import Final

FEW_DECISIONS: Final = (
    "There are {texts} newest decisions to judge by, {harmful} of them rejections: {least} and"
    " {least_harmful} are needed to tell better from worse."
)
DECISIONS: Final = "On the {texts} newest decisions PR-AUC is {change}: {said}."
DECISIONS_AND_WORKLOAD: Final = (
    "On the {texts} newest decisions PR-AUC is {change}, and the share left to people"
    " {other_change}: {said}."
)
AUDIT: Final = (
    "On the {texts} comments of the audit sample, weighted to stand for all comments, PR-AUC is"
    " {change}: {said}."
)
CORPORA: Final = "On {texts} held-out texts of the public corpora PR-AUC is {change}: {said}."
LANGUAGE: Final = (
    "On the suites in {language} ROC-AUC is {change}, and the share of innocent cases held"
    " {other_change}: {said}."
)
GROUPS: Final = (
    "None of {count} identity groups is worse off: innocent sentences held by at most {gap} more,"
    " subgroup and BPSN AUC at most {auc} less."
)
GROUP_HELD: Final = (
    "Of innocent sentences about {group}, {after} would be held, before {before}: more than {gap}"
    " more."
)
GROUP_AUC: Final = "The {what} AUC of {group} falls from {before} to {after}: more than {auc}."
CALIBRATION: Final = (
    "The calibration error on the newest decisions is {error} (champion {champion}): {said}."
)
SIZE: Final = "The artifact takes {bytes} bytes (champion {champion}): {said}."
SPEED: Final = (
    "A batch takes {milliseconds} ms of processor time to score (champion {champion} ms): {said}."
)
NONE_HELD: Final = "Every must-pass text would pass."
HELD: Final = "{count} must-pass texts would be held: {quoted}."
HELD_AND_MORE: Final = "{count} must-pass texts would be held: {quoted} and {more} more."
HELD_OF_SITES: Final = "{count} must-pass texts would be held, which sites asked for."
OVERTAKEN: Final = "The champion changed meanwhile: this one was measured against another."

CHANGE: Final = "{after}, before {before} (difference {difference}, 95 % interval {low} to {high})"
BETTER: Final = "better, beyond chance"
WORSE: Final = "worse, beyond chance"
CHANCE: Final = "the difference may be chance"
NOT_WORSE: Final = "not worse"
WORSE_THAN_REFRESH: Final = "worse than a refresh may be ({margin})"
# Where something has a limit: what is said within it, and beyond.
LIMIT: Final = ("within the limit of {limit}", "beyond the limit of {limit}")
LIMIT_LESS: Final = ("within the limit of {limit} less", "beyond the limit of {limit} less")
LIMIT_TIMES: Final = (
    "within the limit of {limit} times as long",
    "beyond the limit of {limit} times as long",
)
LIMITS: Final = (
    "within the limit of {less} less and {more} more",
    "beyond the limit of {less} less and {more} more",
)

# Where one would match what another says, it is later.
LINES: Final = (
    *(FEW_DECISIONS, DECISIONS_AND_WORKLOAD, DECISIONS, AUDIT, CORPORA, LANGUAGE, GROUPS),
    *(GROUP_HELD, GROUP_AUC, CALIBRATION, SIZE, SPEED, NONE_HELD, HELD_OF_SITES, HELD_AND_MORE),
    *(HELD, OVERTAKEN),
)
# What fills the blanks `change`, `other_change` and `said`.
PARTS: Final = (
    *(CHANGE, BETTER, WORSE, CHANCE, NOT_WORSE, WORSE_THAN_REFRESH),
    *(*LIMITS, *LIMIT_LESS, *LIMIT_TIMES, *LIMIT),
)
