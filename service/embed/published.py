"""The section's scripts as browsers get them: few requests, few bytes, no two versions mixed.

In ``static/`` each module is a file of its own, and runs as it stands. Browsers would have to ask
for them one after the other, and small files compress badly. So what ``parley.js`` needs at first
is joined into ``core.js``; modules that are imported when they are needed stay files, and import
what they share from it. Every address but that of ``parley.js`` has the digest of all files in it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import rcssmin
import rjsmin

ENTRY: Final = "parley.js"
CORE: Final = "core.js"
_DIGEST_CHARS: Final = 12

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./(\w+\.js)";\n', re.MULTILINE)
_NAMED = re.compile(r'from "\./(\w+\.js)"')
_LATER = re.compile(r'import\("\./(\w+\.js)"\)')
_TOP_NAME = re.compile(
    r"^(export )?(?:async )?(?:function|class|const|let) (\w+)|^const \{ (\w+)", re.MULTILINE
)


def published(folder: Path, *, also: Iterable[bytes] = ()) -> dict[str, str]:
    """Return name → text of every file to serve; ``also`` is what else their addresses vouch for.

    Raises:
        ValueError: two modules that are joined use the same name.
    """
    sources = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.js"))}
    styles = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.css"))}
    version = _digest([*_encoded(sources), *_encoded(styles), *also])
    parts = list(_in_order(ENTRY, sources, seen=set()))
    files = {ENTRY: f'import"./{CORE}?v={version}";\n', CORE: _joined(parts, sources)}
    files |= {name: text for name, text in sources.items() if name not in parts}
    at = dict.fromkeys(parts, CORE)
    scripts = {name: _versioned(text, at, version) for name, text in files.items()}
    return scripts | {name: rcssmin.cssmin(text) for name, text in styles.items()}


def _in_order(name: str, sources: Mapping[str, str], *, seen: set[str]) -> Iterator[str]:
    """Yield the module and all that it imports at once, each after what it needs itself."""
    if name in seen:
        return
    seen.add(name)
    for needed in _IMPORT.findall(sources[name]):
        yield from _in_order(needed, sources, seen=seen)
    yield name


def _joined(parts: Iterable[str], sources: Mapping[str, str]) -> str:
    exported: list[str] = []
    used: dict[str, str] = {}
    bodies: list[str] = []
    for part in parts:
        body = _IMPORT.sub("", sources[part])
        for export, declared, unpacked in _TOP_NAME.findall(body):
            name = declared or unpacked
            if name in used:
                raise ValueError(f"{part} and {used[name]} both have {name} at their top")
            used[name] = part
            exported += [name] if export else []
        bodies.append(re.sub(r"^export ", "", body, flags=re.MULTILINE))
    return "".join([*bodies, f"export {{ {', '.join(exported)} }};\n"])


def _versioned(text: str, at: Mapping[str, str], version: str) -> str:
    def static(found: re.Match[str]) -> str:
        return f'from "./{at.get(found[1], found[1])}?v={version}"'

    def later(found: re.Match[str]) -> str:
        return f'import("./{found[1]}?v={version}")'

    small: str = rjsmin.jsmin(_LATER.sub(later, _NAMED.sub(static, text)))
    return small


def _encoded(files: Mapping[str, str]) -> Iterator[bytes]:
    for name, text in files.items():
        yield name.encode()
        yield text.encode()


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(len(piece).to_bytes(8) + piece)
    return digest.hexdigest()[:_DIGEST_CHARS]
