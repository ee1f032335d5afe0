"""What can go wrong with model versions."""

from service.errors import Conflict, Invalid, NotFound, Unavailable


class DigestWrong(Invalid):
    code = "digest_wrong"

    def __init__(self, digest: str) -> None:
        super().__init__(f"The content is not that of {digest}: give the digest of these bytes.")


class ModelVersionNotFound(NotFound):
    code = "model_version_not_found"
    lines = ("There is no model version {number}: see the list of versions.",)

    def __init__(self, number: int) -> None:
        super().__init__(self.lines[0].format(number=number))


class ArtifactDamaged(Conflict):
    """The stored bytes are not those of the digest; nothing of them may decide."""

    code = "artifact_damaged"
    lines = (
        (
            "The artifact {digest} is missing or damaged, so it is refused: what decides now goes "
            "on. Restore it from a backup, or promote another version."
        ),
    )

    def __init__(self, digest: str) -> None:
        super().__init__(self.lines[0].format(digest=digest))


class NothingToRollBack(Conflict):
    code = "nothing_to_roll_back"
    lines = ("No version has ever replaced another here, so there is no way back.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class IsChampion(Conflict):
    code = "model_version_is_champion"
    lines = ("This version decides already: it cannot be its own shadow.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class NoChampion(Unavailable):
    code = "no_champion"
    lines = ("No model version is live yet: start a worker, or promote a version.",)

    def __init__(self) -> None:
        super().__init__(self.lines[0])


class ChampionUnusable(Unavailable):
    """The live version is damaged, or of a release that reads another format."""

    code = "champion_unusable"
