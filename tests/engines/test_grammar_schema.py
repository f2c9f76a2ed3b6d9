"""What a grammar is made of is small and quick to make, whatever a client declares; the rest is checked afterwards."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engines.grammar_schema import CHARACTERS_MAX, DEPTH_MAX, VALUES_MAX, grammar_schema, meets
from antiphon.wire.kinds import JsonObject

CONVERSION_S_MAX = 5.0
"""Generous: what runs away takes longer than anybody waits."""
OVERHEAD = 200
"""Characters a schema takes for keywords, types and bounds."""


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"type": "string", "pattern": "((a{1000}){1000}){1000}", "minLength": 9, "format": "int32", "title": "A"},
         {"type": "string"}),
        ({"type": "string", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "array", "items": {"type": "string"}, "minItems": 10**8, "maxItems": 10**9},
         {"type": "array", "items": {"type": "string"}, "minItems": 8}),
        ({"type": "array", "minItems": 2, "maxItems": 3.0}, {"type": "array", "minItems": 2, "maxItems": 3}),
        ({"items": {"type": "null"}}, {"type": "array", "items": {"type": "null"}}),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": {}},
         {"type": "array", "prefixItems": [{"type": "string"}]}),
        ({"type": "integer", "minimum": 1, "maximum": 10**400, "multipleOf": 7}, {"type": "integer", "minimum": 1}),
        ({"type": "number", "maximum": float("inf")}, {"type": "number"}),
        ({"properties": {"a": {"type": ["string", "null", "any"]}, "b": {}}, "required": ["a", "z", []],
          "minProperties": 10**8, "patternProperties": {"(a+)+": {}}, "additionalProperties": False},
         {"type": "object", "properties": {"a": {"type": ["string", "null"]}, "b": {}}, "required": ["a"],
          "additionalProperties": False}),
        ({"type": "object", "additionalProperties": {"type": "string", "pattern": "a{9999}"}},
         {"type": "object", "additionalProperties": {"type": "string"}}),
        ({"type": "integer", "enum": ["1", "2"]}, {"enum": ["1", "2"]}),
        ({"const": None}, {"enum": [None]}),
        ({"type": "object", "enum": [{}]}, {"type": "object", "properties": {}}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
         {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"oneOf": [{"const": "a"}]}, {"anyOf": [{"enum": ["a"]}]}),
        ({"allOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}]}),
        ({"type": "string", "allOf": [{"minLength": 1}, {"maxLength": 3}]}, {"type": "string"}),
        ({"properties": {}, "anyOf": [{}] * 9}, {"type": "object", "properties": {}}),
        ({"not": {}, "if": {}, "x-guidance": {"whitespace_pattern": "a{9999}"}}, {}),
        ({"type": "enum", "format": [], "items": 5, "enum": {}}, {}),
    ],
)  # fmt: skip
def test_what_multiplies_is_left_out(schema: JsonObject, wanted: JsonObject) -> None:
    assert grammar_schema(schema) == wanted


def of_member(schema: JsonObject, **definitions: object) -> object:
    loosened = grammar_schema({"properties": {"it": schema}, "$defs": definitions})["properties"]
    assert isinstance(loosened, dict)
    return loosened["it"]


def test_references_are_followed() -> None:
    unit = {"enum": ["kelvin"]}
    assert of_member({"$ref": "#/$defs/unit"}, unit=unit) == unit
    assert of_member({"$ref": "#/$defs/a~1b%20c"}, **{"a/b c": {"$ref": "#/$defs/unit"}, "unit": unit}) == unit


@pytest.mark.parametrize("reference", ["#/$defs/none", "#/$defs/loop", "https://x/y#/a", "#/$defs/loop/$ref/x", "a"])
def test_references_that_lead_nowhere_are_any_value(reference: str) -> None:
    assert of_member({"$ref": reference}, loop={"$ref": "#/$defs/loop"}) == {}


def test_what_refers_to_itself_is_any_value_there() -> None:
    tree = {"type": "array", "items": {"$ref": "#/$defs/tree"}}
    assert of_member({"$ref": "#/$defs/tree"}, tree=tree) == {"type": "array", "items": {}}
    assert grammar_schema({"properties": {"it": {"$ref": "#"}}})["properties"] == {
        "it": {"type": "object", "properties": {"it": {}}}
    }


def test_references_that_double_are_bounded() -> None:
    definitions = {f"d{each}": {"anyOf": [{"$ref": f"#/$defs/d{each + 1}"}] * 10} for each in range(60)}
    assert size(grammar_schema({"$ref": "#/$defs/d0", "$defs": definitions})) <= VALUES_MAX


def test_where_there_is_no_room_is_any_value() -> None:
    listed = {"type": "string", "enum": [str(each) for each in range(VALUES_MAX + 1)]}
    assert grammar_schema(listed) == {"type": "string"}
    assert grammar_schema({"enum": ["x" * (CHARACTERS_MAX + 1)]}) == {}
    wide: JsonObject = {"properties": {str(each): {} for each in range(VALUES_MAX + 1)}, "additionalProperties": False}
    assert grammar_schema(wide) == {"type": "object"}
    assert grammar_schema({"anyOf": [{"type": "string"}] * (VALUES_MAX + 1)}) == {}
    assert grammar_schema({"prefixItems": [{}] * (VALUES_MAX + 1), "type": "array"}) == {"type": "array"}


def size(value: object) -> int:
    """Schemas and listed values."""
    if not isinstance(value, dict):
        return 0
    listed = value.get("enum")
    return 1 + (len(listed) if isinstance(listed, list) else 0) + sum(map(size, schemas_in(value)))


def schemas_in(schema: JsonObject) -> list[object]:
    properties = schema.get("properties")
    several = [schema.get(key) for key in ("anyOf", "prefixItems")]
    return [
        *(properties.values() if isinstance(properties, dict) else ()),
        *(each for among in several if isinstance(among, list) for each in among),
        *(schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)),
    ]


def depth(value: object) -> int:
    return 1 + max(map(depth, schemas_in(value)), default=0) if isinstance(value, dict) else 0


NAMES = st.sampled_from(["a", "b", "type", "enum", "$ref"]) | st.text(max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
REFERENCES = st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "#/$defs/a/items", "x", "#/%"])
HUGE = st.sampled_from([0, -1, 9, 10**8, 10**400, 1e300, float("nan"), float("inf"), "100", True])
TYPES = st.sampled_from(["string", "number", "integer", "boolean", "array", "object", "null", "any"])


def keywords(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    named = st.dictionaries(NAMES, inner, max_size=4)
    several = st.lists(inner, max_size=4)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES | SCALARS, max_size=3) | SCALARS,
            "properties": named | SCALARS, "$defs": named, "items": inner | several, "prefixItems": several,
            "anyOf": several | SCALARS, "oneOf": several, "allOf": several, "additionalProperties": inner,
            "required": st.lists(NAMES | SCALARS, max_size=3) | SCALARS,
            "enum": st.lists(SCALARS | inner, max_size=3) | st.just(["x" * 99] * 600) | SCALARS, "const": inner,
            "minItems": HUGE, "maxItems": HUGE, "minLength": HUGE, "maxProperties": HUGE,
            "minimum": HUGE, "maximum": HUGE | SCALARS, "multipleOf": HUGE,
            "pattern": st.just("((a{1000}){1000}){1000}"), "format": st.sampled_from(["date", "regex", []]),
            "$ref": REFERENCES | SCALARS,
        },
    )  # fmt: skip


@given(st.recursive(SCALARS, keywords, max_leaves=30), st.recursive(SCALARS, keywords, max_leaves=10))
def test_any_schema_becomes_a_small_one(properties: object, definition: object) -> None:
    schema: JsonObject = {
        "type": "object",
        "properties": {"a": properties},
        "$defs": {"a": definition, "b": properties},
    }
    began = time.perf_counter()
    loosened = grammar_schema(schema)
    meets(schema, {"a": [{"a": "x", "b": [1, None]}]})
    assert time.perf_counter() - began < CONVERSION_S_MAX
    written = json.dumps(loosened, allow_nan=False)
    assert size(loosened) <= VALUES_MAX + 1
    assert depth(loosened) <= DEPTH_MAX + 1
    assert len(written) <= CHARACTERS_MAX * 12 + (VALUES_MAX + 1) * OVERHEAD
    assert not any(f'"{word}":' in written for word in ("pattern", "minLength", "multipleOf", "maxProperties"))
    for key in ("minItems", "maxItems"):
        assert f'"{key}": 9' not in written


@pytest.mark.parametrize(
    ("schema", "value", "kept"),
    [
        ({"enum": ["a"]}, "a", True),
        ({"enum": ["a"]}, "b", False),
        ({"const": 1}, 2, False),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": "x", "b": "y"}, True),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": "y"}, False),
        ({"items": {"enum": ["x"]}}, ["x", "y"], False),
        ({"prefixItems": [{}], "items": {"enum": ["x"]}}, ["y", "x"], True),
        ({"minItems": 9}, ["x"] * 8, False),
        ({"maxItems": 1}, ["x"] * 2, False),
        ({"minItems": "9"}, ["x"] * 8, True),
        ({"maxLength": 2}, "abc", False),
        ({"minProperties": 1}, {}, False),
        ({"maxLength": 2}, 345, True),
        ({"pattern": "(a+)+b"}, "a" * 64, True),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}, 2, False),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, 2, True),
        ({"$ref": "#/$defs/none"}, 2, True),
        ({"items": {"$ref": "#"}, "maxItems": 1}, [[["x"]]], True),
        ({"items": {"$ref": "#"}, "maxItems": 1}, [[["x", "y"]]], False),
    ],
)
def test_what_the_grammar_let_through_is_checked(schema: JsonObject, value: object, kept: bool) -> None:
    assert meets(schema, value) is kept
