"""Loosens what a function takes to what a grammar may cost, and checks afterwards what that let through.

A client writes the schema, and llama.cpp makes its grammar of it in the one thread that every session waits
for: a list of 10^8 items, or a pattern that repeats repetitions, ends the process there. So the shape of the
schema is kept, and what multiplies is not.
"""

import math
from collections.abc import Iterator
from urllib.parse import unquote

from antiphon.wire.kinds import JsonObject

VALUES_MAX = 512
"""Schemas and listed values in one grammar; what comes after them may be any value."""
CHARACTERS_MAX = 16_384
"""Of names and listed values in one grammar."""
DEPTH_MAX = 12
"""Schemas inside each other; what lies deeper may be any value."""
COUNT_MAX = 8
"""Of items a list is held to have, or not to exceed."""
_FIGURE_MAX = 1e15
"""Bounds beyond it are left out: the grammar spells them out digit by digit."""
_REFS_MAX = 8
"""References that lead to references."""

_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_FORMATS = ("date", "time", "date-time")
"""Each of a few fixed characters, and a small model gets them wrong."""
_COUNTS = {
    list: ("minItems", "maxItems"),
    str: ("minLength", "maxLength"),
    dict: ("minProperties", "maxProperties"),
}


def grammar_schema(schema: JsonObject) -> JsonObject:
    """A JSON schema of bounded size and cost that whatever fits `schema` fits too, lists longer than a few apart."""
    return _Loosening(schema).of(schema)


def meets(schema: JsonObject, value: object) -> bool:
    """Whether a value keeps to the schema's listed values and counts, in properties and items.

    Patterns and formats are not tried: a pattern can take for ever.
    """
    waiting: list[tuple[object, object]] = [(schema, value)]
    while waiting:
        wanted, given = waiting.pop()
        wanted = _resolved(schema, wanted)
        if not _listed(wanted, given) or not _counted(wanted, given):
            return False
        waiting += _members(wanted, given)
    return True


class _Loosening:
    """One schema being loosened, with the room that is left for it."""

    def __init__(self, root: JsonObject) -> None:
        self._root = root
        self._values = VALUES_MAX
        self._characters = CHARACTERS_MAX

    def of(self, node: object, depth: int = 0, followed: frozenset[str] = frozenset()) -> JsonObject:
        """The node's looser form; that of any value when it is none, too deep, or refers to itself."""
        if depth > DEPTH_MAX or not self._has_room(1) or not isinstance(node, dict):
            return {}
        reference = node.get("$ref")
        if isinstance(reference, str):
            if reference in followed:
                return {}
            return self.of(_target(self._root, reference), depth + 1, followed | {reference})
        values = _values(node)
        if values is not None and self._has_room(len(values), sum(len(str(each)) for each in values)):
            return {"enum": values}
        if alternatives := _alternatives(node):
            among = self._each(alternatives, depth, followed)
            return {"anyOf": among} if among else {}
        return self._typed(node, depth, followed)

    def _typed(self, node: JsonObject, depth: int, followed: frozenset[str]) -> JsonObject:
        types = _types(node)
        loosened: JsonObject = {}
        if types:
            loosened["type"] = types[0] if len(types) == 1 else types
        if "object" in types:
            loosened |= self._object(node, depth, followed)
        if "array" in types:
            loosened |= self._array(node, depth, followed)
        if "string" in types and node.get("format") in _FORMATS:
            loosened["format"] = node["format"]
        if {"integer", "number"} & set(types):
            loosened |= {key: node[key] for key in ("minimum", "maximum") if _is_figure(node.get(key))}
        return loosened

    def _object(self, node: JsonObject, depth: int, followed: frozenset[str]) -> JsonObject:
        declared, others = node.get("properties"), node.get("additionalProperties")
        if not isinstance(declared, dict):
            declared = {}
        if isinstance(others, dict) and not declared:
            return {"additionalProperties": self.of(others, depth + 1, followed)}
        if len(declared) > self._values or not self._has_room(0, sum(map(len, declared))):
            return {}
        loosened: JsonObject = {
            "properties": {name: self.of(each, depth + 1, followed) for name, each in declared.items()}
        }
        required = _strings(node.get("required"))
        if needed := [name for name in declared if name in required]:
            loosened["required"] = needed
        if others is False:
            loosened["additionalProperties"] = False
        return loosened

    def _array(self, node: JsonObject, depth: int, followed: frozenset[str]) -> JsonObject:
        loosened: JsonObject = {}
        items, first = node.get("items"), node.get("prefixItems")
        if isinstance(first, list):
            if beginning := self._each(first, depth, followed):
                loosened["prefixItems"] = beginning
        elif isinstance(items, dict):
            loosened["items"] = self.of(items, depth + 1, followed)
        least, most = _count(node.get("minItems")), _count(node.get("maxItems"))
        if least:
            loosened["minItems"] = min(least, COUNT_MAX)
        if most is not None and most <= COUNT_MAX:
            loosened["maxItems"] = most
        return loosened

    def _each(self, nodes: list[object], depth: int, followed: frozenset[str]) -> list[JsonObject]:
        """None of them where there is no room for all."""
        room = len(nodes) <= self._values
        return [self.of(node, depth + 1, followed) for node in nodes] if room else []

    def _has_room(self, values: int, characters: int = 0) -> bool:
        """Take it, where there is."""
        if values > self._values or characters > self._characters:
            return False
        self._values -= values
        self._characters -= characters
        return True


def _target(root: JsonObject, reference: str) -> object:
    """What a JSON pointer into the schema itself leads to; None when it leads nowhere."""
    found: object = root
    document, _, pointer = reference.partition("#")
    if document:
        return None
    for step in pointer.split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _resolved(root: JsonObject, node: object) -> JsonObject:
    for _ in range(_REFS_MAX):
        if not isinstance(node, dict):
            break
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = _target(root, reference)
    return {}


def _strings(listed: object) -> set[str]:
    return {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()


def _types(node: JsonObject) -> list[str]:
    named = node.get("type")
    types = [each for each in _TYPES if each in (named if isinstance(named, list) else [named])]
    if not types and isinstance(node.get("properties"), dict):
        return ["object"]
    return types or (["array"] if isinstance(node.get("items"), dict) else [])


def _alternatives(node: JsonObject) -> list[object]:
    """Of a node that is nothing but them; beside properties they would multiply."""
    for key in ("anyOf", "oneOf", "allOf"):
        among = node.get(key)
        if isinstance(among, list) and among and "properties" not in node and (key != "allOf" or len(among) == 1):
            return among
    return []


def _values(node: JsonObject) -> list[object] | None:
    """The values listed; None where there are none, or some that are no plain ones."""
    listed = [node["const"]] if "const" in node else node.get("enum")
    if not isinstance(listed, list) or not listed:
        return None
    plain = all(isinstance(each, (str, bool)) or each is None or _is_figure(each) for each in listed)
    return listed if plain else None


def _is_figure(value: object) -> bool:
    """A number that can be spelled out; false for infinity, too."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _FIGURE_MAX


def _count(value: object) -> int | None:
    if isinstance(value, float) and math.isfinite(value):
        return max(0, int(value))
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else None


def _listed(wanted: JsonObject, given: object) -> bool:
    listed = [wanted["const"]] if "const" in wanted else wanted.get("enum")
    return not isinstance(listed, list) or given in listed


def _counted(wanted: JsonObject, given: object) -> bool:
    if not isinstance(given, (list, str, dict)):
        return True
    least, most = (_count(wanted.get(key)) for key in _COUNTS[type(given)])
    return (least or 0) <= len(given) and (most is None or len(given) <= most)


def _members(wanted: JsonObject, given: object) -> Iterator[tuple[object, object]]:
    properties, items = wanted.get("properties"), wanted.get("items")
    if isinstance(given, dict) and isinstance(properties, dict):
        yield from ((properties[name], each) for name, each in given.items() if name in properties)
    if isinstance(given, list) and "prefixItems" not in wanted:
        yield from ((items, each) for each in given)
