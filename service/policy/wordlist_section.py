"""The words of a policy: lists that ship, by name, and the site's own entries over them."""

from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from ml.labels import Language
from service.policy.sections import Section
from service.policy.word_entries import WORD_MAX_CHARS, Entry, Kind
from service.policy.word_lists import ENTRIES_MAX, NOTE_MAX_CHARS, STARTER_LANGUAGES, starter

_Key = tuple[str, Language | None]


class ListedWord(Section):
    """A word of a list, as a site writes it."""

    # Before the word, which is judged by them.
    kind: Kind
    language: Annotated[
        Language | None, Field(description="Whose endings it takes; null: it stands for itself.")
    ] = None
    word: Annotated[
        str,
        Field(
            max_length=WORD_MAX_CHARS,
            description="All its forms; a last `*` takes any ending, `!` none, `-` a verb's.",
            examples=["spam*"],
        ),
    ]
    note: Annotated[str, Field(max_length=NOTE_MAX_CHARS)] = ""

    @field_validator("word")
    @classmethod
    def _can_be_matched(cls, word: str, info: ValidationInfo) -> str:
        if "language" in info.data:
            Entry(word, info.data.get("kind", Kind.SUSPECT), info.data["language"])
        return word

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(kind=entry.kind, language=entry.language, word=entry.word, note=entry.note)

    @property
    def entry(self) -> Entry:
        return Entry(self.word, self.kind, self.language, self.note)

    @property
    def key(self) -> _Key:
        return self.word.lower(), self.language


class Words(Section):
    """Word lists: `banned` rejects, `suspect` holds, `innocent` is never matched by another."""

    starters: Annotated[
        tuple[Language, ...],
        Field(max_length=len(STARTER_LANGUAGES), description="Lists that ship, by language."),
    ] = ()
    listed: Annotated[
        tuple[ListedWord, ...],
        Field(
            max_length=ENTRIES_MAX,
            description="The site's own words; the same word here takes the place of a list's.",
        ),
    ] = ()

    @field_validator("starters")
    @classmethod
    def _exist(cls, languages: tuple[Language, ...]) -> tuple[Language, ...]:
        for language in languages:
            if language not in STARTER_LANGUAGES:
                raise ValueError(f"must be among {', '.join(STARTER_LANGUAGES)}")
        return tuple(sorted(set(languages)))

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen: dict[_Key, int] = {}
        for place, each in enumerate(self.listed):
            first = seen.setdefault(each.key, place)
            if first != place:
                raise ValueError(
                    f"must list each word once: listed/{place} is listed/{first} again"
                )
        return self

    @property
    def is_empty(self) -> bool:
        return not self.starters and not self.listed

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries that are in force."""
        own = {each.key for each in self.listed}
        shipped = (
            entry
            for language in self.starters
            for entry in starter(language)
            if (entry.word.lower(), entry.language) not in own
        )
        return (*shipped, *(each.entry for each in self.listed))
