"""What a function's schema may hold, refused with the path of what is at fault (protocol.md 2.4)."""

from collections.abc import Iterator

from antiphon.config import Limits
from antiphon.errors import RemoteProtocolError
from antiphon.wire.kinds import JsonObject

_TYPES = {"string", "number", "integer", "boolean", "array", "object", "null"}
_UNSPECIFIED = "type_unspecified"
_ONE = ("items", "additionalProperties", "additional_properties")
"""Keywords that hold a schema."""
_LISTED = ("anyOf", "any_of", "oneOf", "one_of", "allOf", "all_of", "prefixItems", "prefix_items")
"""... several."""
_NAMED = ("properties", "$defs", "defs", "definitions")
"""... one to each name."""


def check_size(schema: JsonObject | None, path: str, limits: Limits) -> None:
    """Raise RemoteProtocolError for a schema, of either form, that is larger than a function's may be."""
    values = characters = 0
    waiting: list[tuple[object, int]] = [(schema, 1)]
    while waiting:
        value, depth = waiting.pop()
        values += 1
        match value:
            case str():
                characters += len(value)
            case dict():
                characters += sum(map(len, value))
                waiting += [(member, depth + 1) for member in value.values()]
            case list():
                waiting += [(member, depth + 1) for member in value]
        if values + len(waiting) > limits.schema_values_max:
            raise RemoteProtocolError(f"{path}: more than {limits.schema_values_max} values")
        if characters > limits.schema_chars_max:
            raise RemoteProtocolError(f"{path}: more than {limits.schema_chars_max} characters")
        if depth > limits.schema_depth_max:
            raise RemoteProtocolError(f"{path}: nested deeper than {limits.schema_depth_max}")


def check_types(schema: JsonObject | None, path: str) -> None:
    """Raise RemoteProtocolError for a type nobody knows, all the way down an OpenAPI schema."""
    waiting: list[tuple[tuple[str, ...], object]] = [((), schema)]
    while waiting:
        where, node = waiting.pop()
        if not isinstance(node, dict):
            continue
        kind = node.get("type")
        if isinstance(kind, str) and kind.lower() not in _TYPES | {_UNSPECIFIED}:
            field = path + "".join(where)
            raise RemoteProtocolError(f"{field}.type: {kind[:30]!r} is none of {', '.join(sorted(_TYPES)).upper()}")
        waiting += [((*where, *step), member) for step, member in _members(node)]


def _members(node: JsonObject) -> Iterator[tuple[tuple[str, ...], object]]:
    """The schemas in a schema, and the way to each."""
    yield from (((f".{key}",), node[key]) for key in _ONE if key in node)
    for key in _LISTED:
        among = node.get(key)
        if isinstance(among, list):
            yield from (((f".{key}[{index}]",), member) for index, member in enumerate(among))
    for key in _NAMED:
        named = node.get(key)
        if isinstance(named, dict):
            yield from (((f".{key}.", name), member) for name, member in named.items())
