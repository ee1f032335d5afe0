"""The parts of a policy beside its thresholds: one for each rule, with the bounds a site may set.

Each is checked field by field where it is sent, and is what the rules go by. A part that is left
out is a rule that is off.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ml.labels import Language
from service import texts
from service.policy.contacts import ContactKind
from service.policy.links import plain_host
from service.policy.outcomes import Outcome

Probability = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1, strict=True, allow_inf_nan=False)]

LISTED_MAX = 1000
_HOST_MAX_CHARS = 253
_ID_MAX_CHARS = 255


class Section(BaseModel):
    # A misspelt field would be a rule that the site believes in and that does not exist.
    model_config = ConfigDict(extra="forbid", frozen=True)


class Then(StrEnum):
    """What a rule asks for."""

    HOLD = "hold"
    REJECT = "reject"

    @property
    def outcome(self) -> Outcome:
        return Outcome.REJECT if self is Then.REJECT else Outcome.HOLD


ThenHold = Annotated[Then, Field(description="What is done: `hold` or `reject`.")]


def _count(description: str, *, most: int, least: int = 1) -> object:
    return Field(ge=least, le=most, strict=True, description=description)


def _host(written: str) -> str:
    host = plain_host(written)
    if "." not in host or any(c in host for c in "/:@ "):
        raise ValueError("must be a domain such as news.example, without scheme and path")
    return host


Host = Annotated[str, Field(max_length=_HOST_MAX_CHARS), AfterValidator(_host)]
Identifier = Annotated[
    str, Field(min_length=1, max_length=_ID_MAX_CHARS), AfterValidator(texts.check_identifier)
]


class Links(Section):
    """Links to places that are not on the list."""

    most: Annotated[int, _count("So many links are nothing to look at.", least=0, most=100)] = 0
    allowed_hosts: Annotated[
        tuple[Host, ...],
        Field(max_length=LISTED_MAX, description="Domains, each with all below it."),
    ] = ()
    then: ThenHold = Then.HOLD


class Contacts(Section):
    """Telephone numbers, e-mail addresses, names at messengers."""

    kinds: Annotated[tuple[ContactKind, ...], Field(min_length=1)] = tuple(ContactKind)
    then: ThenHold = Then.HOLD


class Style(Section):
    """Shouting and repetition; a bound that is left out is not looked at."""

    capitals: Annotated[
        Share | None, Field(description="From this share of capital letters.", examples=[0.7])
    ] = None
    longest_run: Annotated[
        Annotated[int, Field(ge=3, le=1500, strict=True)] | None,
        Field(description="From so many of one character in a row.", examples=[10]),
    ] = None
    repetition: Annotated[
        Share | None,
        Field(description="From this share of word triples said before.", examples=[0.5]),
    ] = None
    then: ThenHold = Then.HOLD

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if (self.capitals, self.longest_run, self.repetition) == (None, None, None):
            raise ValueError("give capitals, longest_run or repetition, or leave the part out")
        return self


class Languages(Section):
    """Which languages a comment may be in."""

    accepted: Annotated[tuple[Language, ...], Field(min_length=1, examples=[["ru", "kk"]])]
    certainty: Annotated[
        Probability, Field(description="Only where the language is at least so sure.")
    ] = 0.9
    then: ThenHold = Then.HOLD


class Copies(Section):
    """The same text again on this site, whoever sends it."""

    within_hours: Annotated[int, _count("How far back copies are counted.", most=720)] = 24
    exact: Annotated[
        Annotated[int, Field(ge=2, le=1000, strict=True)] | None,
        Field(description="From the so manieth time that a text comes; null: never."),
    ] = 2
    near: Annotated[
        Annotated[int, Field(ge=2, le=1000, strict=True)] | None,
        Field(description="As `exact`, for texts that are nearly the same; null: never."),
    ] = 3
    resemblance: Annotated[
        float,
        Field(
            ge=0.5, le=1, strict=True, description="How much of two nearly same texts is the same."
        ),
    ] = 0.7
    min_chars: Annotated[int, _count("Shorter texts are alike by chance.", most=1500)] = 20
    then: ThenHold = Then.HOLD

    @model_validator(mode="after")
    def _counts_something(self) -> Self:
        if self.exact is None and self.near is None:
            raise ValueError("give exact or near, or leave the part out")
        return self


class Window(Section):
    """So many comments in so many minutes are no flood; one more is."""

    most: Annotated[int, _count("Comments that are no flood.", most=100_000)]
    minutes: Annotated[int, _count("Within so many minutes.", most=1440)]


class Floods(Section):
    """Too many comments in a short time, by whom or where."""

    author: Annotated[Window | None, Field(description="From one author.")] = None
    network: Annotated[Window | None, Field(description="From one network of readers.")] = None
    article: Annotated[Window | None, Field(description="Under one article.")] = None
    then: ThenHold = Then.HOLD

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if (self.author, self.network, self.article) == (None, None, None):
            raise ValueError("give author, network or article, or leave the part out")
        return self


class Raids(Section):
    """Many new authors under one article at once: a person then sees each comment there first."""

    new_authors: Annotated[
        int, _count("More authors than these, without an approved comment yet…", most=10_000)
    ] = 20
    minutes: Annotated[int, _count("…within so many minutes are a raid.", most=1440)] = 10
    hours: Annotated[int, _count("How long the article is pre-moderated.", most=720)] = 24


class Rejections(Section):
    """A recent record that speaks against an author."""

    of: Annotated[int, _count("Of an author's so many last decided comments…", least=2, most=100)]
    at_least: Annotated[int, _count("…so many were rejected.", most=100)]

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.at_least > self.of:
            raise ValueError(f"at_least must not be more than of, which is {self.of}")
        return self


class Authors(Section):
    """What an author's own record leads to."""

    new_until: Annotated[
        Annotated[int, Field(ge=1, le=1000, strict=True)] | None,
        Field(description="New authors are held until so many of their comments were approved."),
    ] = None
    trusted_approve: Annotated[
        bool,
        Field(
            strict=True,
            description=(
                "A trusted author speaks for a comment: what would be rejected is held instead."
            ),
        ),
    ] = False
    recent_rejections: Annotated[
        Rejections | None, Field(description="An author who is often rejected is held.")
    ] = None
    throwaway_email: Annotated[
        Then | None, Field(description="An e-mail address whose mailboxes are thrown away.")
    ] = None


class Articles(Section):
    """When a discussion is over."""

    close_after_days: Annotated[
        int,
        _count("An article takes comments for so many days after its first one.", most=3650),
    ]
    then: ThenHold = Then.REJECT


class Allowed(Section):
    """Whom the site vouches for: what would be rejected of theirs is held instead."""

    authors: Annotated[
        tuple[Identifier, ...],
        Field(max_length=LISTED_MAX, description="The site's own ids of authors."),
    ] = ()
