"""Write the suites from their compact source, the same bytes each time.

``python -m ml.suites.build``. Nothing is composed here but template × term: ``{a|b|c}`` in a
template stands for one row each, and several such slots in one template are read side by side.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ml.suites.translit import kazakh_in_latin, uzbek_in_cyrillic

HERE = Path(__file__).parent
PLAIN_SUITES = ("must_pass", "functional", "disguises_innocent", "abusive_kk_uz", "spam")
COLUMNS = (
    *("id", "text", "language", "script", "expected", "labels"),
    *("functionality", "note", "template"),
)
IDENTITY_COLUMNS = (*COLUMNS, "group", "stance")
DISGUISE_COLUMNS = (*COLUMNS, "plain", "technique")
BOTH_SCRIPTS = "Latn+Cyrl"
SENTENCES_PER_DISGUISE = 2
HOSTILE = {"expected": "abusive", "labels": "toxicity;identity_attack"}
CALM = {"expected": "ok", "labels": ""}

Row = Mapping[str, str]

_SLOT = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")
# What people type for the Uzbek apostrophe: the ASCII one, the letter that is meant, the quote
# that phones put in its place.
_APOSTROPHES = ("'", "\u02bb", "\u2018")


def expand(template: str) -> list[str]:
    """Return one text for each alternative of the template's slots, read side by side.

    Raises:
        ValueError: if two slots of one template differ in length.
    """
    slots = [found.split("|") for found in _SLOT.findall(template)]
    lengths = {len(slot) for slot in slots}
    if len(lengths) > 1:
        raise ValueError(f"slots of different length in: {template}")
    return [_filled(template, at) for at in range(lengths.pop() if lengths else 1)]


def read_source(name: str) -> list[dict[str, str]]:
    """Return the rows of ``source/<name>.csv``."""
    with (HERE / "source" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def build(name: str) -> str:
    """Return the CSV text of suite ``name``."""
    if name == "identity":
        return _as_csv(IDENTITY_COLUMNS, _numbered(name, _identity()))
    if name == "disguises":
        return _as_csv(DISGUISE_COLUMNS, _numbered(name, _disguises()))
    return _as_csv(COLUMNS, _numbered(name, _plain(name)))


def build_all(folder: Path = HERE) -> list[Path]:
    """Write every suite below ``folder``; return the files written."""
    written = []
    for name in (*PLAIN_SUITES, "identity", "disguises"):
        path = folder / f"{name}.csv"
        path.write_text(build(name), encoding="utf-8", newline="")
        written.append(path)
    return written


def _filled(template: str, at: int) -> str:
    text = _SLOT.sub(lambda found: found[1].split("|")[at], template)
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _plain(name: str) -> Iterator[Row]:
    alternate = _Scripts()
    for number, source in enumerate(read_source(name), start=1):
        for text in expand(source["template"]):
            written, script = alternate.write(text, source["language"], source["script"])
            yield {**source, "text": written, "script": script, "template": str(number)}


def _identity() -> Iterator[Row]:
    alternate = _Scripts()
    templates = read_source("identity_templates")
    for terms in read_source("identity_terms"):
        language = terms["language"]
        forms = _forms(terms)
        for number, template in enumerate(templates, start=1):
            if template["language"] != language:
                continue
            script = {"uz": BOTH_SCRIPTS, "en": "Latn"}.get(language, "Cyrl")
            text = template["template"].format_map(forms)
            written, script = alternate.write(text[:1].upper() + text[1:], language, script)
            yield {
                "text": written,
                "language": language,
                "script": script,
                **(HOSTILE if template["stance"] == "hostile" else CALM),
                "functionality": f"identity_{template['stance']}",
                "note": template["note"],
                "template": str(number),
                "group": terms["group"],
                "stance": template["stance"],
            }


def _forms(terms: Row) -> Row:
    """Return the case forms of a group's name: given, or by rule where endings are regular."""
    plural = terms["plural"]
    if terms["language"] == "uz":
        endings = {"gen": "ning", "acc": "ni", "dat": "ga", "loc": "da", "abl": "dan"}
        return {"pl": plural} | {case: plural + ending for case, ending in endings.items()}
    if terms["language"] == "kk":
        front = plural.endswith(("лер", "дер", "тер"))
        endings = {"gen": "дің", "acc": "ді", "dat": "ге", "loc": "де", "abl": "ден"}
        if not front:
            endings = {"gen": "дың", "acc": "ды", "dat": "ға", "loc": "да", "abl": "дан"}
        endings["ins"] = "мен"
        return {"pl": plural} | {case: plural + ending for case, ending in endings.items()}
    return {
        "pl": plural,
        "gen": terms["genitive"],
        "dat": terms["dative"],
        "ins": terms["instrumental"],
        "prep": terms["prepositional"],
        "one": terms["one"],
    }


def _disguises() -> Iterator[Row]:
    sentences = read_source("disguise_sentences")
    taken: Counter[tuple[str, str]] = Counter()
    for number, word in enumerate(read_source("disguise_words"), start=1):
        kind = (word["language"], word["kind"])
        fitting = [s for s in sentences if (s["language"], s["kind"]) == kind]
        for _ in range(SENTENCES_PER_DISGUISE):
            sentence = fitting[taken[kind] % len(fitting)]
            taken[kind] += 1
            plain = sentence["plain_template"] or sentence["template"]
            disguised = expand(word["disguised"])[0]
            yield {
                "text": sentence["template"].replace("{}", disguised),
                "language": word["language"],
                "script": word["script"],
                "expected": "abusive",
                "labels": word["labels"],
                "functionality": "disguise",
                "note": word["note"],
                "template": str(number),
                "plain": plain.replace("{}", word["plain"]),
                "technique": word["technique"],
            }


class _Scripts:
    """Alternates the script of rows that ask for both, language by language."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def write(self, text: str, language: str, script: str) -> tuple[str, str]:
        turn = self._seen[language]
        if script == BOTH_SCRIPTS:
            self._seen[language] += 1
            script = "Cyrl" if turn % 2 else "Latn"
        if language == "uz":
            if script == "Cyrl":
                return uzbek_in_cyrillic(text), script
            return text.replace("'", _APOSTROPHES[turn // 2 % len(_APOSTROPHES)]), script
        if language == "kk" and script == "Latn":
            return kazakh_in_latin(text, plain_keyboard=bool(turn // 2 % 2)), script
        return text, script


def _numbered(name: str, rows: Iterable[Row]) -> Iterator[Row]:
    numbers: Counter[str] = Counter()
    for row in rows:
        numbers[row["language"]] += 1
        yield {**row, "id": f"{name}-{row['language']}-{numbers[row['language']]:04d}"}


def _as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    build_all()
