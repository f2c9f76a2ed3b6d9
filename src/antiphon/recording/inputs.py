"""What of a recording can be put to a server again: its setup, what the user sent, what functions returned."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from antiphon.errors import SettingsError
from antiphon.recording.reader import Exchanged, Recorded
from antiphon.wire.client import ClientMessage
from antiphon.wire.content import FunctionCall, FunctionResponse
from antiphon.wire.server import ServerMessage
from antiphon.wire.setup import SessionResumptionConfig, Setup

REPLAY_S = 2.0
"""At the beginning of a later connection, in which what was sent before may be sent again."""


@dataclass(frozen=True, slots=True)
class Input:
    """A message of the user's, and when it was sent, in seconds since the session was open."""

    at_s: float
    message: ClientMessage


def setup_of(recorded: Recorded) -> Setup:
    """Give the setup of a new session like the recorded one; raises SettingsError when the recording has none."""
    setups = (message.setup for _, message in recorded.client_messages() if message.setup is not None)
    setup = next(setups, None)
    if setup is None:
        raise SettingsError("the recording holds no setup: what it begins with cannot be sent again")
    resumption = setup.session_resumption
    if resumption is not None:
        resumption = SessionResumptionConfig(transparent=resumption.transparent)
    return replace(setup, model=setup.model.rpartition("/")[2], session_resumption=resumption)


def inputs_of(recorded: Recorded) -> tuple[Input, ...]:
    """Give what the user sent, once: without setups, results of functions and what the client sent again itself."""
    opened_s = _opened_s(recorded)
    connected_s = 0.0
    before: list[ClientMessage] = []
    sent: list[ClientMessage] = []
    inputs = []
    for at_s, message in recorded.client_messages():
        if message.setup is not None:
            connected_s, before, sent = at_s, before + sent, []
        elif message.tool_response is None and not (at_s - connected_s < REPLAY_S and message in before):
            sent.append(message)
            inputs.append(Input(max(0.0, at_s - opened_s), message))
    return tuple(inputs)


def _opened_s(recorded: Recorded) -> float:
    for entry in recorded.entries:
        if isinstance(entry, Exchanged) and isinstance(entry.message, ServerMessage):
            return entry.at_s
    return 0.0


class Results:
    """What the functions of a recorded session returned, for a session that calls them again."""

    def __init__(self, recorded: Recorded) -> None:
        self._left: dict[str, list[FunctionResponse]] = defaultdict(list)
        for _, message in recorded.client_messages():
            for response in message.tool_response.function_responses if message.tool_response is not None else ():
                self._left[response.name].append(response)

    def result_of(self, call: FunctionCall) -> Mapping[str, object]:
        """Give the next result of the same function; its last one again when there are no more."""
        left = self._left[call.name]
        response = left.pop(0) if len(left) > 1 else left[0] if left else None
        if response is None:
            return {"error": f"{call.name} was not called in the recording"}
        return response.response or {}
