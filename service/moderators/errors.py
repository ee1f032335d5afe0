"""What can go wrong with the people who review."""

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unauthenticated
from service.moderators.tables import Role


class EmailInvalid(Invalid):
    code = "email_invalid"
    lines = ("The e-mail address must be written like name@example.org.",)

    def __init__(self) -> None:
        super().__init__(
            self.lines[0],
            fields=(FieldProblem("/email", "must be written like name@example.org"),),
        )


class PasswordUnfit(Invalid):
    code = "password_unfit"
    lines = ("The password {wrong}.",)

    def __init__(self, *, min_chars: int, max_chars: int) -> None:
        sentence = f"must have {min_chars} to {max_chars} characters"
        super().__init__(
            self.lines[0].format(wrong=sentence), fields=(FieldProblem("/password", sentence),)
        )


class EmailTaken(Conflict):
    code = "email_taken"
    lines = ("There is a moderator with this e-mail address already.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ModeratorNotFound(NotFound):
    code = "moderator_not_found"
    lines = ("There is no such moderator.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class SignInRefused(Unauthenticated):
    """One answer for a wrong password, an unknown e-mail address and a moderator who has left."""

    code = "sign_in_refused"
    lines = ("The e-mail address or the password is wrong.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class OldPasswordWrong(SignInRefused):
    """Of somebody who is signed in, and wants another one."""

    lines = ("The password until now is wrong.",)


class NotSignedIn(Unauthenticated):
    code = "not_signed_in"
    lines = ("Sign in first: the session is missing, unknown or has ended.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class OutsideRefused(Unauthenticated):
    """What came back from an OpenID Connect provider does not hold."""

    code = "outside_refused"
    lines = ("The sign-in did not work out: begin it again here.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class OutsideUnknown(Unauthenticated):
    """Somebody has signed in at the provider whom nobody has invited here."""

    code = "outside_unknown"
    lines = (
        (
            "Nobody here has been invited under this address: ask whoever leads your site's "
            "moderation for an invitation."
        ),
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ForeignRequest(Forbidden):
    """A request that another site's page may have made in the moderator's name."""

    code = "foreign_request"
    lines = (
        (
            "This request did not come from our own page: load the page again, or send the token "
            "as `Authorization: Bearer` instead of a cookie."
        ),
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class RoleTooLow(Forbidden):
    code = "role_too_low"
    lines = (
        "This needs the role of a {role} on the site.",
        "This needs the role of an {role} on the site.",
    )

    def __init__(self, needed: Role) -> None:
        line = self.lines[1] if needed is Role.ADMIN else self.lines[0]
        super().__init__(line.format(role=needed))


class NameInvalid(Invalid):
    code = "name_invalid"
    lines = ("The name {wrong}.",)

    def __init__(self, sentence: str) -> None:
        super().__init__(
            self.lines[0].format(wrong=sentence), fields=(FieldProblem("/name", sentence),)
        )


class LinkNotGood(NotFound):
    """One answer for a link that is unknown, used, revoked or over."""

    code = "link_not_good"
    lines = (
        (
            "This link opens nothing: it has been used or is over, or the address was not copied "
            "whole. Ask for another one."
        ),
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class PasswordOfAccount(Invalid):
    """An invitation was followed with a password that is not the account's."""

    code = "password_of_account"
    lines = ("The password {wrong}.",)

    def __init__(self) -> None:
        sentence = "must be the one of your account, since this address has one already"
        super().__init__(
            self.lines[0].format(wrong=sentence), fields=(FieldProblem("/password", sentence),)
        )


class SignsInElsewhere(Forbidden):
    code = "signs_in_elsewhere"
    lines = (
        "This address signs in without a password: sign in as you do, then open the link again.",
    )

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class TokenInvalid(Invalid):
    code = "token_invalid"
    lines = ("{field} {wrong}.",)

    def __init__(self, pointer: str, sentence: str) -> None:
        super().__init__(
            self.lines[0].format(field=pointer.strip("/"), wrong=sentence),
            fields=(FieldProblem(pointer, sentence),),
        )


class TokenNotFound(NotFound):
    code = "token_not_found"
    lines = ("The site has no such token.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ScopeOfTokenMissing(Forbidden):
    code = "scope_missing"
    lines = ("This token is not for that: it needs one with the scope `{needed}`.",)

    def __init__(self, needed: str) -> None:
        super().__init__(self.lines[0].format(needed=needed))


class PersonNeeded(Forbidden):
    """What no program does, whatever its token holds."""

    code = "person_needed"
    lines = ("A token opens the queue, and this is for people: sign in.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])
