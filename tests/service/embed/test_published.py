"""What browsers get of the section's files."""

import re
from pathlib import Path

import pytest

from service.embed import files, published
from service.embed.published import CORE, ENTRY

STATIC = Path(published.__file__).with_name("static")
LANGUAGES = ("en", "ru", "uz-Latn", "uz-Cyrl", "kk")
BUDGET_BYTES = 15_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_loads_at_first_is_less_than_15_kilobytes(language: str) -> None:
    served = files.files()
    first = (ENTRY, CORE, "style.css", f"locales/{language}.json")
    sizes = {name: len(served[name].compressed) for name in first}
    assert sum(sizes.values()) < BUDGET_BYTES, sizes


def test_whatever_a_module_exports_is_exported_by_one_file() -> None:
    made = published.published(STATIC)
    exported = {name: _exported(text) for name, text in made.items()}
    for path in STATIC.glob("*.js"):
        for wanted in _exported(path.read_text("utf-8")):
            assert len([name for name, found in exported.items() if wanted in found]) == 1, wanted


def _exported(script: str) -> set[str]:
    listed = re.search(r"export\s*\{([^}]*)\}", script)
    declared = re.findall(r"\bexport (?:async )?(?:function|class|const) (\w+)", script)
    return {*declared, *(re.findall(r"\w+", listed[1]) if listed else ())}


def test_every_address_but_the_first_names_the_version_and_leads_somewhere() -> None:
    made = published.published(STATIC)
    for name, text in made.items():
        for target in re.findall(r"""(?:from|import)\s*\(?["']\./([^"']+)["']""", text):
            file, _, version = target.partition("?v=")
            assert file in made, f"{name} imports {file}"
            assert re.fullmatch("[0-9a-f]{12}", version)


def test_another_text_or_another_script_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "parley.js").write_text("let one = 1;\n")
    first = published.published(tmp_path)
    assert published.published(tmp_path) == first
    assert published.published(tmp_path, also=[b"words"])[ENTRY] != first[ENTRY]
    (tmp_path / "parley.js").write_text("let one = 2;\n")
    assert published.published(tmp_path)[ENTRY] != first[ENTRY]


def test_what_is_needed_at_first_is_joined_and_the_rest_takes_from_it(tmp_path: Path) -> None:
    (tmp_path / "parley.js").write_text('import { two } from "./numbers.js";\n\ntwo();\n')
    (tmp_path / "numbers.js").write_text(
        '// A comment.\nexport function two() { return import("./later.js"); }\n'
    )
    (tmp_path / "later.js").write_text(
        'import { two } from "./numbers.js";\nexport const four = two;\n'
    )
    made = published.published(tmp_path)
    assert set(made) == {ENTRY, CORE, "later.js"}
    assert made[CORE].index("function two") < made[CORE].rindex("two();")
    assert "A comment" not in made[CORE]
    assert re.search(r'from\s*"\./core\.js\?v=', made["later.js"])


def test_two_modules_with_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "parley.js").write_text('import { a } from "./a.js";\nconst LIMIT = 1;\n')
    (tmp_path / "a.js").write_text("const LIMIT = 2;\nexport const a = LIMIT;\n")
    with pytest.raises(ValueError, match="both have LIMIT"):
        published.published(tmp_path)
