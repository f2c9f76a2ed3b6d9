"""How a client is refused: as a Google API error over HTTP, as a close frame over a socket (protocol.md 5)."""

from enum import Enum

from starlette.responses import JSONResponse

from antiphon.errors import CloseCode, RemoteProtocolError


class Kind(Enum):
    """A status of Google's APIs: its name, as HTTP, and as a close code."""

    INVALID_ARGUMENT = (400, CloseCode.INVALID_ARGUMENT)
    UNAUTHENTICATED = (401, CloseCode.POLICY)
    PERMISSION_DENIED = (403, CloseCode.POLICY)
    NOT_FOUND = (404, CloseCode.POLICY)
    RESOURCE_EXHAUSTED = (429, CloseCode.INTERNAL)
    UNAVAILABLE = (503, CloseCode.INTERNAL)

    def __init__(self, status: int, code: CloseCode) -> None:
        self.status = status
        self.code = code


class Refused(RemoteProtocolError):
    """A client is not let in. The text may go to the client, and holds no secret."""

    def __init__(self, kind: Kind, text: str, code: CloseCode | None = None) -> None:
        super().__init__(text, code or kind.code)
        self.kind = kind


def google_error(kind: Kind, text: str) -> JSONResponse:
    """Answer in the shape of a Google API error."""
    return JSONResponse({"error": {"code": kind.status, "message": text, "status": kind.name}}, kind.status)
