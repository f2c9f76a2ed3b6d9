"""Every exception of antiphon.

AntiphonError
├── SettingsError             a setting, flag or file the user gave cannot be used
├── RemoteProtocolError       the peer broke the protocol; its text goes into the close frame
├── LocalProtocolError        we were about to break it; a bug, its text never reaches the peer
├── ConnectionClosed          the peer closed the socket; carries its code and reason
│   └── ConnectionRefused     it was never opened: nobody there, no TLS, or an HTTP status
├── NoAnswer                  the peer did not do in time what it was asked
├── CommandNotStarted         `antiphon run` was given a program that is not there, or is none
├── StoreError                keys, tokens or sessions could not be read or written; its text stays in our log
│   └── StoreFull             there is no room for another one
└── EngineError               an engine could not do its work; its text stays in our log
├── EngineUnavailable     not installed, or its weights are missing
├── EngineBusy            every place in its queue is taken; try again later
└── EngineFailed          it broke while working
├── ContextFull       the conversation is too long for the model
└── MalformedCall     a model wrote a call that nobody can make
└── WeightsError      a weight file could not be fetched, or its sum is wrong
└── WrongFile     what a source gave is not the file its sum promises
"""

from enum import IntEnum, StrEnum
from urllib.parse import urlsplit

REASON_BYTES_MAX = 123
"""What a WebSocket close frame can carry (RFC 6455, 5.5.1: 125 bytes, two of them the code)."""


class CloseCode(IntEnum):
    """The WebSocket close codes the Live API uses (protocol.md section 5)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    INVALID_ARGUMENT = 1007
    POLICY = 1008
    TOO_BIG = 1009
    INTERNAL = 1011
    TRY_AGAIN_LATER = 1013


class AntiphonError(Exception):
    """The root: catch it to catch everything antiphon raises on purpose."""


class SettingsError(AntiphonError):
    """A setting, flag or file cannot be used. The text says which, and what to do next."""


class RemoteProtocolError(AntiphonError):
    """The peer broke the protocol.

    `code` and `reason` go into the close frame as they are, the reason cut to 123 bytes.
    Text given by the peer may be repeated in the reason; secrets of ours may not.
    """

    def __init__(self, reason: str, code: CloseCode = CloseCode.INVALID_ARGUMENT) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class LocalProtocolError(AntiphonError):
    """Our own side was about to break the protocol: a bug in antiphon."""


class ConnectionClosed(AntiphonError):
    """The peer closed the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with {code}: {reason}" if reason else f"closed with {code}")
        self.code = code
        self.reason = reason


class Step(StrEnum):
    """How far a connection came before it failed."""

    NAME = "DNS"
    """The host's name leads nowhere."""
    REACH = "TCP"
    """Nobody listens there, or nothing gets through."""
    CERTIFICATE = "TLS certificate"
    """It is not trusted, or is another host's."""
    TLS = "TLS"
    UPGRADE = "WebSocket upgrade"
    """It broke off, or what answers is no WebSocket server."""
    STATUS = "HTTP status"
    """The server said no."""


class ConnectionRefused(ConnectionClosed):
    """The socket was never opened. `code` is the HTTP status of the answer, or 1006 when there was none."""

    def __init__(self, code: int, reason: str, step: Step = Step.STATUS) -> None:
        super().__init__(code, reason)
        self.args = (reason,)
        self.step = step


class NoAnswer(AntiphonError):
    """The peer did not do in time what it was asked. The text says what, and how long it was given."""


class CommandNotStarted(AntiphonError):
    """A program that was to be run is not there, or is none. `status` is what a shell would exit with."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


class StoreError(AntiphonError):
    """Keys, tokens or sessions could not be read or written."""


class StoreFull(StoreError):
    """There is no room for another one, until some expire."""


class EngineError(AntiphonError):
    """An engine could not do its work."""


class EngineUnavailable(EngineError):
    """The engine is not installed or its weights are missing. The text says how to get them."""


class EngineBusy(EngineError):
    """Every place in the engine's queue is taken."""


class EngineFailed(EngineError):
    """The engine broke while working."""


class ContextFull(EngineFailed):
    """The conversation is too long for the model.

    `tokens` is how long it is and `tokens_max` what the model can read, each where the engine says so.
    """

    def __init__(self, reason: str, tokens: int | None = None, tokens_max: int | None = None) -> None:
        super().__init__(reason)
        self.tokens = tokens
        self.tokens_max = tokens_max


class MalformedCall(EngineFailed):
    """A model wrote a function call that nobody can make."""


class WeightsError(EngineFailed):
    """A weight file could not be fetched, or is not the file its sum promises."""


class WrongFile(WeightsError):
    """What a source gave is not the file its sum promises; nothing of it is kept."""


def without_secrets(url: object) -> str:
    """What of a URL may be shown: its user, password, query and fragment can hold keys."""
    try:
        parts = urlsplit(str(url))
    except ValueError:
        return "the URL given"
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" if parts.scheme else "the URL given"


def fit_reason(reason: str, suffix: str = "") -> str:
    """Cut a close reason so that it and an ASCII suffix are at most 123 bytes of UTF-8, on a character boundary."""
    return reason.encode()[: REASON_BYTES_MAX - len(suffix)].decode(errors="ignore") + suffix
