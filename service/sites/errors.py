"""What can go wrong with a site and its keys."""

from service.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class SiteNotFound(NotFound):
    code = "site_not_found"
    lines = ("There is no site '{slug}'.",)

    def __init__(self, slug: str) -> None:
        super().__init__(self.lines[0].format(slug=slug))


class SlugTaken(Conflict):
    code = "slug_taken"
    lines = ("There is a site '{slug}' already: choose another short name.",)

    def __init__(self, slug: str) -> None:
        super().__init__(self.lines[0].format(slug=slug))


class SiteInvalid(Invalid):
    code = "site_invalid"
    lines = ("{field} {wrong}.",)


class KeyInvalid(Invalid):
    code = "key_invalid"
    lines = ("{field} {wrong}.",)


class KeyNotFound(NotFound):
    code = "key_not_found"
    lines = ("The site has no key that begins with parley_{prefix}_.",)

    def __init__(self, prefix: str) -> None:
        super().__init__(self.lines[0].format(prefix=prefix))


class KeyMissing(Unauthenticated):
    code = "key_missing"

    def __init__(self) -> None:
        super().__init__("Send the site's key: `Authorization: Bearer parley_…`.")


class KeyNotKnown(Unauthenticated):
    """Says the same of a wrong key as of a revoked one: nobody learns which keys there were."""

    code = "key_not_known"

    def __init__(self) -> None:
        super().__init__("This key is not known or has been revoked: ask for a new one.")


class ScopeMissing(Forbidden):
    """The key is right, and not for this."""

    code = "scope_missing"

    def __init__(self, needed: str) -> None:
        super().__init__(
            f"This key is not for that: send one with the scope `{needed}`, "
            f"issued by `parley site key SITE --scope {needed}`."
        )
