"""What can go wrong with authors."""

from service.errors import Invalid, NotFound


class AuthorNotFound(NotFound):
    code = "author_not_found"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"This site has no author with the id {external_id}.")


class SanctionMeaningless(Invalid):
    code = "sanction_meaningless"
