"""Pages: Jinja over the slices' templates, and files with a digest in their address.

Every text of a page goes through ``gettext``. A page is in the language that is asked for where
there is a catalogue of it, else in English, as is a text of which the catalogue has no line.
Scripts find their lines in the page (see ``ui/texts.js``).

No script and no style stands in the HTML itself, so the content security policy allows none.
"""

import gettext
import hashlib
import io
import os
from contextvars import ContextVar
from functools import cache, partial
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from service import wording
from service.errors import ModerationError

_ROOT = Path(__file__).resolve().parent
_UI = _ROOT / "ui"
_CATALOGUES = _ROOT / "locales"
_ENGLISH = "en"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Comments and their authors are not for caches.
    "Cache-Control": "no-store",
    # Also keeps `Origin` on our own posts, which the check against forgery reads.
    "Referrer-Policy": "same-origin",
}

_translations: ContextVar[gettext.NullTranslations] = ContextVar("translations")


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    language: str | None = None,
    **context: object,
) -> HTMLResponse:
    """Return the template, filled, in the reader's language, or in ``language``."""
    language = language or language_of(request)
    catalogue = _catalogue(_CATALOGUES, language)
    reset = _translations.set(catalogue)
    try:
        body = (
            _environment()
            .get_template(template)
            .render(language=language, lines=lines_of(catalogue), path=request.url.path, **context)
        )
    finally:
        _translations.reset(reset)
    return HTMLResponse(body, status_code=status, headers=_HEADERS)


def go_to(path: str) -> RedirectResponse:
    """Send the browser on after a form, so that loading again does not send it again."""
    return RedirectResponse(path, status_code=303)


def own_path(path: str | None, *, otherwise: str) -> str:
    """Return ``path`` where it leads to a page of ours, so that nobody is sent elsewhere."""
    if path and path.startswith("/review") and path.isprintable() and "\\" not in path:
        return path
    return otherwise


def language_of(request: Request) -> str:
    """Return the language that the reader asks for first, among those that pages speak."""
    known = languages(_CATALOGUES)
    for part in request.headers.get("accept-language", "").split(","):
        language = part.split(";")[0].strip().lower().partition("-")[0]
        if language in known:
            return language
    return _ENGLISH


@cache
def languages(folder: Path) -> frozenset[str]:
    """Return English, and each language that has a catalogue there: a page says what it speaks."""
    return frozenset({_ENGLISH, *(path.stem for path in folder.glob("*.po"))})


def lines_of(catalogue: gettext.NullTranslations) -> dict[str, str | list[str]]:
    """Return the catalogue's lines for the scripts: English → the language's own.

    A line about a number has all its forms, in the catalogue's order.
    """
    found: dict[object, str] = getattr(catalogue, "_catalog", {})
    lines: dict[str, str | list[str]] = {}
    forms: dict[str, dict[int, str]] = {}
    for key, line in found.items():
        match key:
            case str() if key:
                lines[key] = line
            case (str() as one, int() as place):
                forms.setdefault(one, {})[place] = line
    return {**lines, **{one: [by[place] for place in sorted(by)] for one, by in forms.items()}}


class _ForeverFiles(StaticFiles):
    """Files whose address changes with their content."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def install(app: FastAPI, sentences: wording.Lines) -> None:
    """Serve the files of the pages, which tell ``sentences`` of ours in their own language."""
    _environment().globals.update(
        sentences={"lines": sentences, "words": sorted(wording.WORDS)},
        in_words=partial(_in_words, sentences),
    )
    app.mount(f"/ui/{_version()}", _ForeverFiles(directory=_UI), name="ui")


def _in_words(
    sentences: wording.Lines, said: str | ModerationError, code: str = wording.PARTS
) -> str:
    """Tell an error, or a sentence that was said under ``code``, in the page's language."""
    translate = _translations.get().gettext
    if isinstance(said, ModerationError):
        return wording.in_words(said.code, said.detail, lines=sentences, translate=translate)
    return wording.in_words(code, said, lines=sentences, translate=translate)


@cache
def _version() -> str:
    """Return a digest of all files: one address for all, because modules import one another."""
    digest = hashlib.sha256()
    for path in sorted(_UI.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(_UI).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def _environment() -> Environment:
    folders = {"ui": _UI} | {path.parent.name: path for path in _ROOT.glob("*/templates")}
    environment = Environment(
        loader=PrefixLoader({name: FileSystemLoader(path) for name, path in folders.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined] # the extension's
        lambda text: _translations.get().gettext(text),
        lambda one, many, n: _translations.get().ngettext(one, many, n),
        newstyle=True,
    )
    # `_(…)` fills in what its line leaves open; what people have written leaves nothing open, and
    # may well say "100 %".
    environment.filters["translated"] = lambda text: _translations.get().gettext(text)
    environment.globals["ui"] = lambda name: f"/ui/{_version()}/{name}"
    return environment


@cache
def _catalogue(folder: Path, language: str) -> gettext.NullTranslations:
    """Read a catalogue as translators write it: compiling it takes a few milliseconds, once."""
    source = folder / f"{language}.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
