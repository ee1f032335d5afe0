"""What must be true of e-mail addresses, passwords and roles."""

import re
import unicodedata

from service.moderators.errors import EmailInvalid, PasswordUnfit
from service.moderators.tables import Role

EMAIL_MAX_CHARS = 254
NAME_MAX_CHARS = 100
PASSWORD_MIN_CHARS = 12
PASSWORD_MAX_CHARS = 200

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+\.[^@\s\x00-\x1f\x7f]+")
_RANKS = {Role.MODERATOR: 0, Role.LEAD: 1, Role.ADMIN: 2}


def clean_email(text: str) -> str:
    """Return the address as it is stored: trimmed, composed, in lower case.

    Whether somebody reads mail there, only a mail can tell.

    Raises:
        EmailInvalid: this is no address.
    """
    email = unicodedata.normalize("NFC", text).strip().lower()
    if len(email) > EMAIL_MAX_CHARS or not _EMAIL.fullmatch(email):
        raise EmailInvalid
    return email


def clean_password(text: str) -> str:
    """Return the password in one form, whichever keyboard or phone it was typed on.

    Raises:
        PasswordUnfit: too short to resist guessing, or longer than anybody types.

    Source: NIST SP 800-63B, 3.1.1.2 (normalise with NFKC; length is what counts).
    """
    password = composed(text)
    if not PASSWORD_MIN_CHARS <= len(password) <= PASSWORD_MAX_CHARS:
        raise PasswordUnfit(min_chars=PASSWORD_MIN_CHARS, max_chars=PASSWORD_MAX_CHARS)
    return password


def composed(password: str) -> str:
    """Return the form of a password that is hashed."""
    return unicodedata.normalize("NFKC", password)


def reaches(role: Role, needed: Role) -> bool:
    """Say whether ``role`` may do what ``needed`` may."""
    return _RANKS[role] >= _RANKS[needed]
