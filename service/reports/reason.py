"""Why a reader reports a comment, and what became of the report. Standard library only."""

from enum import StrEnum


class ReportReason(StrEnum):
    """What the reader says is wrong with the comment."""

    SPAM = "spam"
    INSULT = "insult"
    HATE = "hate"
    THREAT = "threat"
    SEXUAL = "sexual"
    OFF_TOPIC = "off_topic"
    OTHER = "other"


class Resolution(StrEnum):
    """``upheld``: the comment was rejected; ``dismissed``: it stays; ``moot``: it is gone."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
    MOOT = "moot"


class NoticeState(StrEnum):
    """``acted``: the comment was taken down; ``not_acted``: it stays; ``moot``: it is gone."""

    WAITING = "waiting"
    ACTED = "acted"
    NOT_ACTED = "not_acted"
    MOOT = "moot"
