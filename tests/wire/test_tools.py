import json

import pytest

from antiphon.wire.codec import decode_client, encode_client
from antiphon.wire.kinds import JsonObject
from antiphon.wire.tools import Behavior, FunctionDeclaration, Tool

SCHEMA: JsonObject = {"type": "OBJECT", "properties": {"in_city": {"type": "STRING"}}, "property_ordering": ["in_city"]}


def decoded_tools(tools: object) -> tuple[Tool, ...]:
    message = decode_client(json.dumps({"setup": {"tools": tools}}))
    assert message.setup is not None
    return message.setup.tools


@pytest.mark.requirement("wire.free_form")
def test_a_declaration_keeps_its_schemas_verbatim() -> None:
    sent = {
        "name": "f",
        "description": "does it",
        "parameters": SCHEMA,
        "parametersJsonSchema": SCHEMA,
        "response": SCHEMA,
        "responseJsonSchema": SCHEMA,
        "behavior": "NON_BLOCKING",
    }
    tools = decoded_tools([{"functionDeclarations": [sent]}])
    assert tools == (
        Tool(
            function_declarations=(
                FunctionDeclaration(
                    name="f",
                    description="does it",
                    parameters=SCHEMA,
                    parameters_json_schema=SCHEMA,
                    response=SCHEMA,
                    response_json_schema=SCHEMA,
                    behavior=Behavior.NON_BLOCKING,
                ),
            )
        ),
    )


@pytest.mark.requirement("tools.vendor_tools")
@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("googleSearch", "google_search"),
        ("googleSearchRetrieval", "google_search_retrieval"),
        ("googleMaps", "google_maps"),
        ("codeExecution", "code_execution"),
        ("urlContext", "url_context"),
        ("retrieval", "retrieval"),
        ("enterpriseWebSearch", "enterprise_web_search"),
        ("computerUse", "computer_use"),
        ("fileSearch", "file_search"),
        ("parallelAiSearch", "parallel_ai_search"),
        ("exaAiSearch", "exa_ai_search"),
    ],
)
def test_a_tool_of_the_vendor_is_on_when_present(key: str, field: str) -> None:
    assert decoded_tools([{key: {}}]) == decoded_tools([{field: {}}])
    assert getattr(decoded_tools([{key: {}}])[0], field) == {}
    message = json.dumps({"setup": {"tools": [{key: {"an_option": 1}}]}}, separators=(",", ":"))
    assert encode_client(decode_client(message)) == message


@pytest.mark.requirement("wire.lists")
def test_an_object_is_taken_for_a_list() -> None:
    tools = (Tool(function_declarations=(FunctionDeclaration(name="f"),)),)
    assert decoded_tools({"function_declarations": {"name": "f"}}) == tools


def test_servers_of_tools_are_kept() -> None:
    assert decoded_tools([{"mcpServers": [{"name": "a"}]}]) == (Tool(mcp_servers=({"name": "a"},)),)
