"""The document by which Google's own clients learn the calls of an API.

Source: Google API Discovery Service v1. No scopes are named: the clients would look for
credentials when there is only a key.
"""

from typing import Any, Final

from starlette.requests import Request

from service.settings import Settings, Web

_DEFAULT_URL: Final = Web.model_validate({}).public_url
VERSION: Final = "v1alpha1"
_METHODS: Final = {"analyze": "AnalyzeComment", "suggestscore": "SuggestCommentScore"}
Json = dict[str, Any]


def root_of(request: Request, settings: Settings) -> str:
    """Return our address as the caller knows it, with a slash at its end.

    The setting counts where it was set; it may carry the path of a proxy.
    """
    public_url = settings.web.public_url
    if public_url != _DEFAULT_URL:
        return public_url.rstrip("/") + "/"
    return f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}/"


def document(root: str) -> Json:
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": f"commentanalyzer:{VERSION}",
        "name": "commentanalyzer",
        "version": VERSION,
        "revision": "20261125",
        "title": "Perspective Comment Analyzer API",
        "description": "Perspective's calls, answered by Parley.",
        "documentationLink": "https://developers.perspectiveapi.com/",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "servicePath": "",
        "basePath": "",
        "batchPath": "batch",
        "parameters": {
            "key": _text("API key.", location="query"),
            "alt": {**_text("Data format.", location="query"), "enum": ["json"], "default": "json"},
            "fields": _text("Accepted and ignored.", location="query"),
            "prettyPrint": {
                "type": "boolean",
                "description": "Accepted and ignored.",
                "location": "query",
                "default": "true",
            },
            "quotaUser": _text("Accepted and ignored.", location="query"),
        },
        "resources": {"comments": {"methods": {name: _method(name) for name in _METHODS}}},
        "schemas": {name: {"id": name, **schema} for name, schema in _schemas().items()},
    }


def _method(name: str) -> Json:
    return {
        "id": f"commentanalyzer.comments.{name}",
        "path": f"{VERSION}/comments:{name}",
        "flatPath": f"{VERSION}/comments:{name}",
        "httpMethod": "POST",
        "description": "See the vendor's reference.",
        "parameters": {},
        "parameterOrder": [],
        "request": {"$ref": f"{_METHODS[name]}Request"},
        "response": {"$ref": f"{_METHODS[name]}Response"},
    }


def _schemas() -> Json:
    strings: Json = {"type": "array", "items": {"type": "string"}}
    asked: dict[str, Json] = {
        "comment": {"$ref": "TextEntry"},
        "context": {"$ref": "Context"},
        "languages": strings,
        "clientToken": {"type": "string"},
        "sessionId": {"type": "string"},
        "communityId": {"type": "string"},
    }
    scores = _map_of("AttributeScores")
    return {
        "TextEntry": _object(text={"type": "string"}, type={"type": "string"}),
        "ArticleAndParentComment": _object(
            article={"$ref": "TextEntry"}, parentComment={"$ref": "TextEntry"}
        ),
        "Context": _object(
            entries={"type": "array", "items": {"$ref": "TextEntry"}},
            articleAndParentComment={"$ref": "ArticleAndParentComment"},
        ),
        "AttributeParameters": _object(
            scoreType={"type": "string"}, scoreThreshold={"type": "number", "format": "float"}
        ),
        "Score": _object(value={"type": "number", "format": "float"}, type={"type": "string"}),
        "SpanScore": _object(
            begin={"type": "integer", "format": "int32"},
            end={"type": "integer", "format": "int32"},
            score={"$ref": "Score"},
        ),
        "AttributeScores": _object(
            summaryScore={"$ref": "Score"},
            spanScores={"type": "array", "items": {"$ref": "SpanScore"}},
        ),
        "AnalyzeCommentRequest": _object(
            **asked,
            requestedAttributes=_map_of("AttributeParameters"),
            spanAnnotations={"type": "boolean"},
            doNotStore={"type": "boolean"},
            dropUnsupportedAttributes={"type": "boolean"},
        ),
        "AnalyzeCommentResponse": _object(
            attributeScores=scores,
            languages=strings,
            detectedLanguages=strings,
            clientToken={"type": "string"},
        ),
        "SuggestCommentScoreRequest": _object(**asked, attributeScores=scores),
        "SuggestCommentScoreResponse": _object(
            detectedLanguages=strings,
            requestedLanguages=strings,
            clientToken={"type": "string"},
        ),
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _map_of(schema: str) -> Json:
    return {"type": "object", "additionalProperties": {"$ref": schema}}


def _text(description: str, *, location: str) -> Json:
    return {"type": "string", "description": description, "location": location}
