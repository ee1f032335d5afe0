"""What must be true of e-mail addresses, passwords and roles."""

import re
import unicodedata
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum
from typing import Final

from service import texts
from service.moderators.errors import (
    EmailInvalid,
    NameInvalid,
    PasswordUnfit,
    ScopeOfTokenMissing,
    TokenInvalid,
)
from service.moderators.tables import Role

EMAIL_MAX_CHARS = 254
NAME_MAX_CHARS = 100
PASSWORD_MIN_CHARS = 12
PASSWORD_MAX_CHARS = 200

TOKEN_MARK: Final = "parleymod_"  # noqa: S105 - what a token begins with
TOKEN_LIFETIME_MAX: Final = timedelta(days=366)


class TokenScope(StrEnum):
    """What a program's token opens. Settings, team and policy are for people alone."""

    READ = "read"
    DECIDE = "decide"
    LEAD = "lead"


TOKEN_MEANINGS: Final[dict[TokenScope, str]] = {
    TokenScope.READ: "read queues, comments, their evidence, and search",
    TokenScope.DECIDE: "claim and decide comments, undo, escalate, note",
    TokenScope.LEAD: "do as leads do: decide many at once, and what was left to them; sanction",
}

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


def higher(role: Role, other: Role | None) -> Role:
    """Return whichever role may do more."""
    return role if other is None or reaches(role, other) else other


def is_program(email: str) -> bool:
    """Say whether this stands in the place of a program's address, and is none."""
    return "@" not in email


def clean_name(text: str) -> str:
    """Return the name that colleagues see, in one form.

    Raises:
        NameInvalid: it shows nothing, is longer than a name, or not one line.
    """
    try:
        name = texts.clean_line(text)
    except ValueError as error:
        raise NameInvalid(str(error)) from error
    if len(name) > NAME_MAX_CHARS:
        raise NameInvalid(f"must have {NAME_MAX_CHARS} characters at most")
    return name


def check_token(scopes: Collection[TokenScope], *, lifetime: timedelta) -> None:
    """Refuse what would not serve as a program's token.

    Raises:
        TokenInvalid: says what would be right.
    """
    if TokenScope.READ not in scopes:
        raise TokenInvalid("/scopes", "must hold `read`, without which nothing can be decided")
    if TokenScope.LEAD in scopes and TokenScope.DECIDE not in scopes:
        raise TokenInvalid("/scopes", "must hold `decide` where it holds `lead`")
    if not timedelta(0) < lifetime <= TOKEN_LIFETIME_MAX:
        most = TOKEN_LIFETIME_MAX.days
        raise TokenInvalid("/expires_at", f"must be in the future, by {most} days at most")


def require_scope(held: Collection[TokenScope], needed: TokenScope) -> None:
    """Pass a token that holds the scope.

    Raises:
        ScopeOfTokenMissing: it does not.
    """
    if needed not in held:
        raise ScopeOfTokenMissing(needed)


def may_give(own: Role, role: Role) -> bool:
    """Say whether somebody in the role ``own`` may give ``role`` on the site, or take it away."""
    return reaches(own, Role.LEAD) and reaches(own, role)
