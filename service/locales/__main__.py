"""Brings the catalogues up to the lines that pages use: ``python -m service.locales``."""

from rich.console import Console

from service.locales import catalogues
from service.locales.extracting import catalogue


def main() -> None:
    lines = catalogue()
    for language in catalogues.LANGUAGES:
        catalogues.write(language, lines)
        missing = list(catalogues.holes(language, lines))
        Console().print(f"{language}: {len(lines)} lines, {len(missing)} to translate")


if __name__ == "__main__":
    main()
