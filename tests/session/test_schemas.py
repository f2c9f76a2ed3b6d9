"""Schemas that are too large or of an unknown type are refused with their path; everyday ones are taken."""

import json
from pathlib import Path

import pytest

from antiphon.config import Limits
from antiphon.errors import RemoteProtocolError
from antiphon.session.schemas import check_size, check_types
from antiphon.wire.kinds import JsonObject

LIMITS = Limits(schema_values_max=50, schema_chars_max=1_000, schema_depth_max=12)
RECORDED = Path(__file__).parents[1] / "wire" / "data" / "recorded.jsonl"

PYDANTIC: JsonObject = {
    "$defs": {
        "Unit": {"enum": ["celsius", "kelvin"], "title": "Unit", "type": "string"},
        "Place": {
            "properties": {
                "name": {"type": "string", "minLength": 1, "pattern": "^[A-Z].*$"},
                "near": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": None},
            },
            "required": ["name"],
            "type": "object",
        },
    },
    "properties": {"place": {"$ref": "#/$defs/Place"}, "unit": {"allOf": [{"$ref": "#/$defs/Unit"}]}},
    "required": ["place"],
    "type": "object",
    "additionalProperties": False,
}
"""As pydantic writes it, and so adk and MCP servers."""


def nested(depth: int) -> JsonObject:
    schema: JsonObject = {"type": "STRING"}
    for _ in range(depth):
        schema = {"items": schema}
    return schema


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"enum": ["x"] * 49}, "p: more than 50 values"),
        ({"anyOf": [{"type": "string"}] * 25}, "p: more than 50 values"),
        ({"$defs": {str(each): {} for each in range(49)}}, "p: more than 50 values"),
        ({"if": {"not": {"enum": list(range(50))}}}, "p: more than 50 values"),
        ({"description": "x" * 1_000}, "p: more than 1000 characters"),
        ({"properties": {"x" * 1_000: {}}}, "p: more than 1000 characters"),
        (nested(11), "p: nested deeper than 12"),
    ],
)
def test_what_is_too_large(schema: JsonObject, reason: str) -> None:
    with pytest.raises(RemoteProtocolError) as refused:
        check_size(schema, "p", LIMITS)
    assert refused.value.reason == reason
    assert refused.value.code == 1007


@pytest.mark.parametrize(
    "schema", [None, {}, {"enum": ["x"] * 48}, {"description": "x" * 989}, nested(10), PYDANTIC],
    ids=["none", "nothing", "listed", "described", "nested", "pydantic"],
)  # fmt: skip
def test_what_is_not(schema: JsonObject | None) -> None:
    check_size(schema, "p", LIMITS)
    check_types(schema, "p")


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({"type": "INT"}, "p"),
        ({"properties": {"items": {"type": "INT"}}}, "p.properties.items"),
        ({"items": {"items": {"type": "INT"}}}, "p.items.items"),
        ({"prefixItems": [{}, {"type": "INT"}]}, "p.prefixItems[1]"),
        ({"any_of": [{"type": "INT"}]}, "p.any_of[0]"),
        ({"additionalProperties": {"type": "INT"}}, "p.additionalProperties"),
        ({"$defs": {"a": {"oneOf": [{"type": "INT"}]}}}, "p.$defs.a.oneOf[0]"),
    ],
)
def test_a_type_nobody_knows(schema: JsonObject, where: str) -> None:
    with pytest.raises(RemoteProtocolError) as refused:
        check_types(schema, "p")
    assert refused.value.reason.startswith(f"{where}.type: 'INT' is none of ARRAY,")


def test_a_value_that_looks_like_a_type_is_none() -> None:
    check_types({"enum": ["INT"], "default": {"type": "INT"}, "example": {"type": "INT"}}, "p")


def test_what_clients_were_seen_to_declare_is_taken() -> None:
    declared = [
        function
        for line in RECORDED.read_text().splitlines()
        for tool in (json.loads(line)["means"].get("setup") or {}).get("tools", ())
        for function in tool.get("functionDeclarations", tool.get("function_declarations", ()))
    ]
    assert declared
    for function in declared:
        check_size(function.get("parameters"), "p", Limits())
        check_types(function.get("parameters"), "p")
