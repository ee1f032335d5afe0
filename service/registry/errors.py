"""What can go wrong with model versions."""

from service.errors import Invalid, Unavailable


class DigestWrong(Invalid):
    code = "digest_wrong"

    def __init__(self, digest: str) -> None:
        super().__init__(f"The content is not that of {digest}: give the digest of these bytes.")


class NoChampion(Unavailable):
    code = "no_champion"

    def __init__(self) -> None:
        super().__init__("No model version is live yet: start a worker, or promote a version.")


class ChampionUnusable(Unavailable):
    """The live version is damaged, or of a release that reads another format."""

    code = "champion_unusable"
