"""Text from outside, brought to one form; and the characters that can be neither stored nor shown.

PostgreSQL cannot hold NUL, HTML and XML cannot carry the other control characters, and half of a
surrogate pair is no character at all.
"""

import re
import unicodedata

# The ends that JavaScript's `trim` takes off, so that a browser counts as we do. Python's `strip`
# takes U+0085 and U+001C to U+001F too, and leaves U+FEFF.
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNFIT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
# Control, format, combining and blank characters: a text of nothing else shows nothing.
_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Zl", "Zp", "Zs"})
# Letters and a symbol by category, empty to the eye: Hangul fillers, the Braille blank.
_EMPTY_SIGNS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


# NFC makes one code point of four at the most, so a text over this is too long for every limit of
# ours, whatever its normal form is.
NORMALISED_MAX_CHARS = 8_000


def said(line: str) -> str:
    """Mark a line that a page says: translators find it, and the page translates it."""
    return line


def normal_form(text: str) -> str:
    """Return ``text`` in NFC, with LF for CRLF and CR, without blanks at its ends.

    A text of more than ``NORMALISED_MAX_CHARS`` is not brought to NFC: ordering combining marks
    takes time by the square of their number, and a quarter of a megabyte of them half a minute.
    """
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    text = text.strip(BLANKS)
    if len(text) > NORMALISED_MAX_CHARS:
        return text
    return unicodedata.normalize("NFC", text).strip(BLANKS)


def unfit_character(text: str) -> str | None:
    """Return the first character that cannot be stored or shown, as ``U+0000``, or None."""
    found = _UNFIT.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def shows_nothing(text: str) -> bool:
    """Say whether a reader would see an empty place: only blanks and invisible characters."""
    # Written out, because a generator costs more than the one letter that it most often looks at.
    for c in text:  # noqa: SIM110
        if unicodedata.category(c) not in _UNSEEN and c not in _EMPTY_SIGNS:
            return False
    return True


def clean_line(text: str) -> str:
    """Return a name or a title in its normal form.

    Raises:
        ValueError: it shows nothing, or is not one line of text; says what would be right.
    """
    line = normal_form(text)
    _check_line(line)
    return line


def check_identifier(text: str) -> str:
    """Return an id of somebody else's making, untouched.

    Raises:
        ValueError: it shows nothing, or is not one line of text; says what would be right.
    """
    _check_line(text)
    return text


def _check_line(line: str) -> None:
    found = _UNFIT_IN_LINE.search(line)
    if found:
        raise ValueError(f"must be one line of text, without U+{ord(found[0]):04X}")
    if shows_nothing(line):
        raise ValueError("must not be empty or blank")
