"""A policy as it is stored and as it crosses HTTP, checked field by field.

Every part but the thresholds has a default that is off, so documents of earlier releases are read
as they were meant.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ml.labels import Label, Language
from ml.thresholds import Automatic, OperatingPoint
from service.policy.operating_points import Wish
from service.policy.rules import Degradation, Mode, Policy, Threshold
from service.policy.sections import (
    Allowed,
    Articles,
    Authors,
    Contacts,
    Copies,
    Floods,
    Languages,
    Links,
    Probability,
    Raids,
    Section,
    Style,
)
from service.policy.wordlist_section import Words

SCORED_LANGUAGES = tuple(each for each in Language if each is not Language.OTHER)
Solutions = Mapping[Language, tuple[Threshold, ...]]


class LimitsDocument(Section):
    """From which probability a comment in one language is held, and from which it is rejected."""

    neither: ClassVar[str] = "must be given where hold is not: or leave the language out"

    hold: Annotated[
        Probability | None,
        Field(description="Held from this probability upwards; null: never.", examples=[0.4]),
    ] = None
    reject: Annotated[
        Probability | None,
        Field(
            description="Rejected from this probability upwards; null: never.",
            examples=[0.97],
            validate_default=True,
        ),
    ] = None

    @field_validator("reject")
    @classmethod
    def _is_in_order(cls, reject: float | None, info: ValidationInfo) -> float | None:
        if "hold" not in info.data:
            return reject
        hold = info.data["hold"]
        if hold is None and reject is None:
            raise ValueError(cls.neither)
        if hold is not None and reject is not None and reject < hold:
            raise ValueError(f"must not be below hold, which is {hold}")
        return reject


def _own(language: str) -> object:
    # Left out where there is none, so that documents of earlier releases stay what they were.
    description = f"For comments in {language}, in place of the label's own."
    return Field(description=description, exclude_if=lambda limits: limits is None)


class LanguagesApart(Section):
    """Thresholds of a label in languages that do not go by those it has for all."""

    en: Annotated[LimitsDocument | None, _own("English")] = None
    ru: Annotated[LimitsDocument | None, _own("Russian")] = None
    uz: Annotated[LimitsDocument | None, _own("Uzbek")] = None
    kk: Annotated[LimitsDocument | None, _own("Kazakh")] = None

    @model_validator(mode="before")
    @classmethod
    def _are_scored(cls, sent: object) -> object:
        if isinstance(sent, Mapping) and not set(sent) <= set(SCORED_LANGUAGES):
            raise ValueError(f"must be among {', '.join(SCORED_LANGUAGES)}")
        return sent

    def by_language(self) -> dict[Language, LimitsDocument]:
        found = {language: getattr(self, language.value) for language in SCORED_LANGUAGES}
        return {language: limits for language, limits in found.items() if limits is not None}


class ThresholdDocument(LimitsDocument):
    """From which probability of a label a comment is held, and from which it is rejected."""

    neither: ClassVar[str] = (
        "must be given where hold is not, also where a language has its own: or leave the label out"
    )

    languages: Annotated[
        LanguagesApart | None,
        Field(
            description="In place of both, in these languages: changing what stands above changes "
            "nothing in them. A language that is left out, and one that is not known, goes by both "
            "above.",
            examples=[{"ru": {"hold": 0.9, "reject": None}}],
            exclude_if=lambda languages: languages is None,
        ),
    ] = None

    @field_validator("languages")
    @classmethod
    def _has_some(cls, languages: LanguagesApart | None) -> LanguagesApart | None:
        return languages if languages is not None and languages.by_language() else None

    def apart(self) -> dict[Language, LimitsDocument]:
        """Return the limits of each language that has its own."""
        return {} if self.languages is None else self.languages.by_language()


class Thresholds(Section):
    """A threshold for each label that the site goes by; a label without one is ignored."""

    toxicity: ThresholdDocument | None = None
    severe_toxicity: ThresholdDocument | None = None
    insult: ThresholdDocument | None = None
    threat: ThresholdDocument | None = None
    identity_attack: ThresholdDocument | None = None
    obscenity: ThresholdDocument | None = None
    sexual: ThresholdDocument | None = None
    spam: ThresholdDocument | None = None

    @classmethod
    def same_for_all(cls, *, hold: float | None, reject: float | None) -> Self:
        one = {"hold": hold, "reject": reject}
        return cls.model_validate({label.value: one for label in Label})


class WishDocument(Section):
    """Which errors a site accepts for a label: the thresholds are worked out, and kept true."""

    label: Label
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = SCORED_LANGUAGES
    approve: Annotated[
        float | None,
        Field(
            gt=0,
            le=50,
            strict=True,
            description="Published unseen, as long as at most so many in 100 would not have been.",
            examples=[1],
        ),
    ] = None
    reject: Annotated[
        float | None,
        Field(
            ge=50,
            lt=100,
            strict=True,
            validate_default=True,
            description="Rejected unseen, where at least so many of 100 would be rejected.",
            examples=[97],
        ),
    ] = None

    @field_validator("languages")
    @classmethod
    def _are_scored(cls, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        if not set(languages) <= set(SCORED_LANGUAGES):
            raise ValueError(f"must be among {', '.join(SCORED_LANGUAGES)}")
        return tuple(sorted(set(languages)))

    @field_validator("reject")
    @classmethod
    def _wishes_something(cls, reject: float | None, info: ValidationInfo) -> float | None:
        if reject is None and info.data.get("approve", 0) is None:
            raise ValueError("must be given where approve is not: or leave the label out")
        return reject

    @property
    def wishes(self) -> list[Wish]:
        asked = {Automatic.APPROVE: self.approve, Automatic.REJECT: self.reject}
        return [
            Wish(self.label, language, OperatingPoint(automatic, of_100 / 100))
            for language in self.languages
            for automatic, of_100 in asked.items()
            if of_100 is not None
        ]


class PolicyDocument(Section):
    """What a site wants done with its comments."""

    thresholds: Annotated[
        Thresholds, Field(description="What the classifier's probabilities lead to, by label.")
    ]
    operating_points: Annotated[
        tuple[WishDocument, ...],
        Field(
            max_length=len(Label) * len(SCORED_LANGUAGES),
            description="In place of a label's threshold, in the languages that they name.",
        ),
    ] = ()
    mode: Annotated[
        Mode,
        Field(
            description="With `pre_moderation` nothing is published before a person has seen it."
        ),
    ] = Mode.POST_MODERATION
    degradation: Annotated[
        Degradation,
        Field(description="What happens to a comment that could not be judged."),
    ] = Degradation.HOLD
    trusted_from: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            strict=True,
            description="How many approved comments, and none rejected, make an author trusted.",
        ),
    ] = 5
    words: Words = Words()
    allow: Allowed = Allowed()
    links: Links | None = None
    contacts: Contacts | None = None
    style: Style | None = None
    languages: Languages | None = None
    copies: Copies | None = None
    floods: Floods | None = None
    raids: Raids | None = None
    authors: Authors | None = None
    articles: Articles | None = None

    @model_validator(mode="after")
    def _each_wish_once(self) -> Self:
        named: dict[tuple[Label, Language], int] = {}
        for place, each in enumerate(self.operating_points):
            for language in each.languages:
                first = named.setdefault((each.label, language), place)
                if first != place:
                    raise ValueError(
                        f"must have one operating point for a label in a language: "
                        f"{place} and {first} are both of {each.label} in {language}"
                    )
        return self

    @property
    def wishes(self) -> list[Wish]:
        return [wish for each in self.operating_points for wish in each.wishes]

    def policy(self, solutions: Solutions | None = None) -> Policy:
        """Return what ``rules.rule`` goes by.

        ``solutions`` holds the thresholds that were worked out for the wishes, by language. A wish
        without one has everything looked at by a person.
        """
        plain, apart = self._plain(), self._apart()
        wished = {wish.language for wish in self.wishes}
        return Policy(
            thresholds=plain,
            of_language={
                language: self._merged(
                    language,
                    [apart.get((language, each.label), each) for each in plain],
                    solutions or {},
                )
                for language in wished.union(language for language, _ in apart)
            },
            mode=self.mode,
            degradation=self.degradation,
            trusted_from=self.trusted_from,
            links=self.links,
            contacts=self.contacts,
            style=self.style,
            languages=self.languages,
            copies=self.copies,
            floods=self.floods,
            raids=self.raids,
            authors=self.authors,
            articles=self.articles,
        )

    def _given(self) -> dict[Label, ThresholdDocument]:
        given = {label: getattr(self.thresholds, label.value) for label in Label}
        return {label: each for label, each in given.items() if each is not None}

    def _plain(self) -> tuple[Threshold, ...]:
        given = self._given().items()
        return tuple(Threshold(label, each.hold, each.reject) for label, each in given)

    def _apart(self) -> dict[tuple[Language, Label], Threshold]:
        return {
            (language, label): Threshold(label, own.hold, own.reject)
            for label, each in self._given().items()
            for language, own in each.apart().items()
        }

    def _merged(
        self, language: Language, given: Iterable[Threshold], solutions: Solutions
    ) -> tuple[Threshold, ...]:
        """Return the thresholds in a language: those solved, and those given of other labels."""
        wished = {wish.label for wish in self.wishes if wish.language is language}
        solved = {each.label: each for each in solutions.get(language, ())}
        mine = [solved.get(label, Threshold(label, hold=0.0)) for label in sorted(wished)]
        return (*mine, *(each for each in given if each.label not in wished))
