"""The tools a model may use (protocol.md 2.4)."""

from antiphon.wire.kinds import JsonObject, Message, ProtoEnum


class Behavior(ProtoEnum):
    """Whether the model waits for a function's result."""

    BLOCKING = "BLOCKING"
    NON_BLOCKING = "NON_BLOCKING"


class FunctionDeclaration(Message, frozen=True, kw_only=True):
    """A function the client can run. Each schema comes in one of two forms."""

    name: str = ""
    description: str = ""
    parameters: JsonObject | None = None
    """OpenAPI 3 subset; types in upper case, in some notebooks in lower case."""
    parameters_json_schema: JsonObject | None = None
    response: JsonObject | None = None
    response_json_schema: JsonObject | None = None
    behavior: Behavior | None = None


class Tool(Message, frozen=True, kw_only=True):
    """Functions, or a tool of the vendor's with its options (`{}` switches it on)."""

    function_declarations: tuple[FunctionDeclaration, ...] = ()
    google_search: JsonObject | None = None
    google_search_retrieval: JsonObject | None = None
    google_maps: JsonObject | None = None
    code_execution: JsonObject | None = None
    url_context: JsonObject | None = None
    retrieval: JsonObject | None = None
    enterprise_web_search: JsonObject | None = None
    computer_use: JsonObject | None = None
    file_search: JsonObject | None = None
    parallel_ai_search: JsonObject | None = None
    exa_ai_search: JsonObject | None = None
    mcp_servers: tuple[JsonObject, ...] = ()
