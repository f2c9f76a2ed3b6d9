"""Writes what a function takes as JSON schema, from either form a client may declare it in (protocol.md 2.4)."""

import re
from collections.abc import Mapping

from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

_KEPT = {
    "type", "format", "title", "description", "enum", "items", "prefixItems", "properties", "required", "anyOf",
    "default", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "minProperties",
    "maxProperties", "pattern", "additionalProperties",
}  # fmt: skip
"""Of the OpenAPI subset: what means the same in JSON schema. The rest (`propertyOrdering`, `example`) is left out."""
_COUNTS = {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
"""64-bit integers, which proto3 JSON writes as strings."""
_INT64 = re.compile(r"[0-9]{1,19}")
_TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}


def parameters_schema(function: FunctionDeclaration) -> JsonObject:
    """The JSON schema of a function's arguments: an object, without properties when it takes none."""
    if function.parameters_json_schema is not None:
        schema = dict(function.parameters_json_schema)
    else:
        schema = _translated(function.parameters or {})
    return {"type": "object", "properties": {}} | schema


def _translated(schema: Mapping[str, object]) -> JsonObject:
    """One OpenAPI schema, its keys in either spelling, its types in either case."""
    camel = {_camel(key): value for key, value in schema.items() if value is not None}
    written = {key: _member(key, value) for key, value in camel.items() if key in _KEPT}
    if written.get("type") not in _TYPES:
        written.pop("type", None)
    return _nullable(written) if camel.get("nullable") is True else written


def _member(key: str, value: object) -> object:
    match key, value:
        case "type", str():
            return value.lower()
        case "properties", dict():
            return {name: _translated(each) if isinstance(each, dict) else each for name, each in value.items()}
        case (("anyOf" | "prefixItems"), list()):
            return [_translated(each) if isinstance(each, dict) else each for each in value]
        case (("items" | "additionalProperties"), dict()):
            return _translated(value)
        case _, str() if key in _COUNTS and _INT64.fullmatch(value):
            return int(value)
        case _:
            return value


def _nullable(schema: JsonObject) -> JsonObject:
    if "anyOf" in schema and isinstance(schema["anyOf"], list):
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "type" in schema:
        schema = schema | {"type": [schema["type"], "null"]}
    if isinstance(schema.get("enum"), list):
        schema = schema | {"enum": [*_values(schema["enum"]), None]}
    return schema


def _values(listed: object) -> list[object]:
    return list(listed) if isinstance(listed, list) else []


def _camel(key: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), key)
