"""What a function takes, as JSON schema."""

import pytest

from antiphon.engines.schema import parameters_schema
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import FunctionDeclaration

NOTHING = {"type": "object", "properties": {}}


def schema(parameters: JsonObject) -> JsonObject:
    return parameters_schema(FunctionDeclaration(name="f", parameters=parameters))


def of_property(written: JsonObject) -> object:
    properties = schema({"type": "OBJECT", "properties": {"it": written}})["properties"]
    assert isinstance(properties, dict)
    return properties["it"]


def test_a_function_that_takes_nothing() -> None:
    assert parameters_schema(FunctionDeclaration(name="f")) == NOTHING
    assert schema({"type": "OBJECT"}) == NOTHING


def test_json_schema_is_taken_as_it_is() -> None:
    given: JsonObject = {"type": "object", "properties": {"a": {"const": 1}}, "$defs": {}}
    assert parameters_schema(FunctionDeclaration(name="f", parameters_json_schema=given)) == given


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ({"type": "STRING", "format": "date"}, {"type": "string", "format": "date"}),
        ({"type": "integer"}, {"type": "integer"}),
        ({"type": "TYPE_UNSPECIFIED", "description": "any"}, {"description": "any"}),
        ({"type": "ARRAY", "items": {"type": "NUMBER"}, "min_items": "2", "maxItems": 3},
         {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}),
        ({"type": "OBJECT", "properties": {"property_ordering": {"type": "STRING"}}, "property_ordering": ["a"],
          "propertyOrdering": ["a"], "example": 1, "required": ["a"]},
         {"type": "object", "properties": {"property_ordering": {"type": "string"}}, "required": ["a"]}),
        ({"type": "STRING", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"any_of": [{"type": "STRING"}], "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "STRING", "nullable": False, "title": None}, {"type": "string"}),
        ({"enum": ["OBJECT"]}, {"enum": ["OBJECT"]}),
        ({"maxItems": "9" * 5_000}, {"maxItems": "9" * 5_000}),
    ],
)  # fmt: skip
def test_openapi_becomes_json_schema(written: JsonObject, wanted: JsonObject) -> None:
    assert of_property(written) == wanted
