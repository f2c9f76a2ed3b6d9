"""How the two products differ in what their servers send (protocol.md 3, 3.1, 3.2)."""

from enum import Enum

from msgspec.structs import asdict, replace

from antiphon.wire.kinds import Role
from antiphon.wire.server import ModalityTokenCount, ServerMessage, UsageMetadata

DEVELOPER_PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
"""The Developer API's method, for a URL that names none (protocol.md 1.1)."""


class Dialect(Enum):
    """The product whose server is spoken, known from the path the client came by."""

    DEVELOPER = "developer"
    VERTEX = "vertex"


class VertexUsageMetadata(
    UsageMetadata,
    frozen=True,
    kw_only=True,
    rename={"response_token_count": "candidatesTokenCount", "response_tokens_details": "candidatesTokensDetails"},
):
    """Usage as Vertex spells it."""

    response_token_count: int = 0
    response_tokens_details: tuple[ModalityTokenCount, ...] = ()


def in_dialect(message: ServerMessage, dialect: Dialect) -> ServerMessage:
    """Put a message as that product would."""
    return _as_vertex(message) if dialect is Dialect.VERTEX else _as_developer(message)


def _as_developer(message: ServerMessage) -> ServerMessage:
    if message.setup_complete is not None:
        message = replace(message, setup_complete=replace(message.setup_complete, session_id=None))
    if message.usage_metadata is not None:
        message = replace(message, usage_metadata=replace(message.usage_metadata, traffic_type=None))
    return _with_role(message, None)


def _as_vertex(message: ServerMessage) -> ServerMessage:
    if message.usage_metadata is not None:
        counts = {**asdict(message.usage_metadata), "service_tier": None}
        message = replace(message, usage_metadata=VertexUsageMetadata(**counts))
    return _with_role(message, "model")


def _with_role(message: ServerMessage, role: Role | None) -> ServerMessage:
    content = message.server_content
    if content is None or content.model_turn is None or content.model_turn.role == role:
        return message
    return replace(message, server_content=replace(content, model_turn=replace(content.model_turn, role=role)))
