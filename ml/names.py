"""The names of groups, so that what a site's readers call each other teaches nothing about a name.

Where a nation is mostly named in anger, its name becomes a mark of abuse to whoever counts words,
and then its members are held for saying who they are. Measured in ``docs/learning/prior.md``.
"""

from collections.abc import Iterator

from ml.augment import WRITTEN_IN, read_writing

# Lists of words in ``ml/own_writing`` that name people by sex, faith or origin.
_LISTS = ("woman", "women", "faith")


def names_of_groups() -> list[str]:
    """Return every form of every name in our own writing, in all languages, in order."""
    return sorted({name.strip() for name in _names() if name.strip()})


def _names() -> Iterator[str]:
    for language in WRITTEN_IN:
        writing = read_writing(language)
        for forms in writing["terms"]:
            for form in forms.values():
                yield from form
        for name in _LISTS:
            yield from writing["words"].get(name, ())
