"""The OpenAPI document: the framework's own, with each error as the problem document that it is.

What every call of a kind can meet (no key, too many calls, a broken body) is written here, once;
the routes say what is particular to them, by code: ``responses={404: {"description": "`…`"}}``.
"""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from ml.labels import DEFINITIONS
from service.problems import MEDIA_TYPE, Problem

_Document = dict[str, Any]

_API: Final = ("/v1/", "/embed/v1/")
_SECTION: Final = "/embed/v1/"
_SITE_KEY: Final = "siteKey"
_OF_ALL: Final = {"503": "`unavailable`: what we need does not answer; try again in a moment"}
_OF_GUARDED: Final = {
    "401": "`key_missing`, `key_not_known`",
    "429": "`rate_limited`: come back after `Retry-After` seconds",
}
_OF_KEYS: Final = {"403": "`scope_missing`: the key is not for this; `detail` says which would be"}
_OF_READERS: Final = {
    "403": "`origin_not_allowed`, `origin_missing`: the page is not one of the key's",
    "404": "`public_key_not_known`",
    "429": "`rate_limited`: come back after `Retry-After` seconds",
}
_OF_READING: Final = {"422": "`fields_invalid`: `errors` says which, and what would be right"}
_OF_BODIES: Final = {
    "400": "`malformed_json`, `malformed_body`",
    "413": "`body_too_large`",
    "415": "`content_type_not_json`",
}
_EXAMPLES: Final = "Examples of each, in four languages, stand in `docs/labels.md`."
_FRAMEWORKS_OWN: Final = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI) -> None:
    """Have ``app`` serve this document in place of the framework's."""

    def document() -> _Document:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # the framework's documented way


def _document(app: FastAPI) -> _Document:
    document: _Document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _name_plainly(operation)
            _describe_streams(operation)
        if path.startswith(_API):
            for operation in operations.values():
                _describe_errors(operation, is_for_readers=path.startswith(_SECTION))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    _define_labels(schemas.get("Label"))
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    return document


def _define_labels(schema: _Document | None) -> None:
    """Say of each label what it means, where the document speaks of labels."""
    if schema is not None:
        meanings = [f"- `{label}`: {meaning}" for label, meaning in DEFINITIONS.items()]
        schema["description"] = "\n".join([schema["description"], "", *meanings, "", _EXAMPLES])


def _name_plainly(operation: _Document) -> None:
    """Write the name that the framework makes of a function's as a sentence, not as a title."""
    if operation["summary"].istitle():
        operation["summary"] = operation["summary"].capitalize()


def _describe_streams(operation: _Document) -> None:
    """Say of a stream of events that it is text; what the framework says is of OpenAPI 3.2."""
    for response in operation["responses"].values():
        stream = response.get("content", {}).get("text/event-stream")
        if stream is not None and "itemSchema" in stream:
            del stream["itemSchema"]
            stream["schema"] = {"type": "string"}


def _describe_errors(operation: _Document, *, is_for_readers: bool) -> None:
    expected = dict(_OF_ALL)
    if is_for_readers:
        expected |= _OF_READERS
    if "security" in operation:
        expected |= _OF_GUARDED
        if any(_SITE_KEY in way for way in operation["security"]):
            expected |= _OF_KEYS
    if "parameters" in operation or "requestBody" in operation:
        expected |= _OF_READING
    if "requestBody" in operation:
        expected |= _OF_BODIES
    responses: _Document = operation["responses"]
    if "schema" in responses.get("422", {}).get("content", {}).get("application/json", {}):
        del responses["422"]  # the framework's, which is not what we answer
    for status, sentence in expected.items():
        responses.setdefault(status, {"description": sentence})
    for status, response in responses.items():
        if status >= "400":
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = dict(sorted(responses.items()))
