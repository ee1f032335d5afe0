"""What moderators write for one another."""

from service import texts

NOTE_MAX_CHARS = 2000


def clean_note(text: str | None) -> str | None:
    """Return the note in its normal form, None for an empty one.

    Raises:
        ValueError: it has a character that cannot be stored.
    """
    if text is None:
        return None
    note = texts.normal_form(text)
    found = texts.unfit_character(note)
    if found:
        raise ValueError(f"must not have {found}")
    return note or None
