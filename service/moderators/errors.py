"""What can go wrong with the people who review."""

from service.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unauthenticated
from service.moderators.tables import Role


class EmailInvalid(Invalid):
    code = "email_invalid"

    def __init__(self) -> None:
        super().__init__(
            "The e-mail address must be written like name@example.org.",
            fields=(FieldProblem("/email", "must be written like name@example.org"),),
        )


class PasswordUnfit(Invalid):
    code = "password_unfit"

    def __init__(self, *, min_chars: int, max_chars: int) -> None:
        sentence = f"must have {min_chars} to {max_chars} characters"
        super().__init__(f"The password {sentence}.", fields=(FieldProblem("/password", sentence),))


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is a moderator with this e-mail address already.")


class ModeratorNotFound(NotFound):
    code = "moderator_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such moderator.")


class SignInRefused(Unauthenticated):
    """One answer for a wrong password, an unknown e-mail address and a moderator who has left."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class NotSignedIn(Unauthenticated):
    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("Sign in first: the session is missing, unknown or has ended.")


class OutsideRefused(Unauthenticated):
    """What came back from an OpenID Connect provider does not hold."""

    code = "outside_refused"

    def __init__(self) -> None:
        super().__init__("The sign-in did not work out: begin it again here.")


class OutsideUnknown(Unauthenticated):
    """Somebody has signed in at the provider whom nobody has invited here."""

    code = "outside_unknown"

    def __init__(self) -> None:
        super().__init__(
            "Nobody here has been invited under this address: ask whoever leads your site's "
            "moderation for an invitation."
        )


class ForeignRequest(Forbidden):
    """A request that another site's page may have made in the moderator's name."""

    code = "foreign_request"

    def __init__(self) -> None:
        super().__init__(
            "This request did not come from our own page: load the page again, or send the token "
            "as `Authorization: Bearer` instead of a cookie."
        )


class RoleTooLow(Forbidden):
    code = "role_too_low"

    def __init__(self, needed: Role) -> None:
        article = "an" if needed is Role.ADMIN else "a"
        super().__init__(f"This needs the role of {article} {needed} on the site.")


class NameInvalid(Invalid):
    code = "name_invalid"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"The name {sentence}.", fields=(FieldProblem("/name", sentence),))


class LinkNotGood(NotFound):
    """One answer for a link that is unknown, used, revoked or over."""

    code = "link_not_good"

    def __init__(self) -> None:
        super().__init__(
            "This link opens nothing: it has been used or is over, or the address was not copied "
            "whole. Ask for another one."
        )


class PasswordOfAccount(Invalid):
    """An invitation was followed with a password that is not the account's."""

    code = "password_of_account"

    def __init__(self) -> None:
        sentence = "must be the one of your account, since this address has one already"
        super().__init__(f"The password {sentence}.", fields=(FieldProblem("/password", sentence),))


class SignsInElsewhere(Forbidden):
    code = "signs_in_elsewhere"

    def __init__(self) -> None:
        super().__init__(
            "This address signs in without a password: sign in as you do, then open the link again."
        )


class TokenInvalid(Invalid):
    code = "token_invalid"

    def __init__(self, pointer: str, sentence: str) -> None:
        super().__init__(
            f"{pointer.strip('/')} {sentence}.", fields=(FieldProblem(pointer, sentence),)
        )


class TokenNotFound(NotFound):
    code = "token_not_found"

    def __init__(self) -> None:
        super().__init__("The site has no such token.")


class ScopeOfTokenMissing(Forbidden):
    code = "scope_missing"

    def __init__(self, needed: str) -> None:
        super().__init__(f"This token is not for that: it needs one with the scope `{needed}`.")


class PersonNeeded(Forbidden):
    """What no program does, whatever its token holds."""

    code = "person_needed"

    def __init__(self) -> None:
        super().__init__("A token opens the queue, and this is for people: sign in.")
