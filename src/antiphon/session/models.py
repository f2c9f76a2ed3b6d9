"""What a model's name promises. Any name is taken; known generations differ in small ways (protocol.md 1.4)."""

import re
from dataclasses import dataclass

from antiphon.wire.tools import Behavior

_GENERATION = re.compile(r"gemini-(?:live-)?(\d+)\.(\d+)")
_CALLS_IN_THE_BACKGROUND = (3, 8)
"""From this generation on functions do not block unless they are declared so (protocol.md 2.4)."""
_CALLS_WITHIN_THE_TURN = (3, 0)
"""Before it a turn is complete with its tool call, and the answer is another turn (clients.md 4, rule 10)."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How sessions of a model behave where the setup does not say."""

    turn_completes_with_call: bool
    behavior: Behavior


def model_id(model: str) -> str:
    """The last segment of a model's name: `models/x`, `publishers/google/models/x` and `x` are one."""
    return model.rstrip("/").rpartition("/")[2]


def traits_of(model: str) -> Traits:
    """Read a name; one of no known generation is taken as a current one."""
    found = _GENERATION.match(model_id(model).lower())
    generation = (int(found[1]), int(found[2])) if found else None
    return Traits(
        turn_completes_with_call=generation is not None and generation < _CALLS_WITHIN_THE_TURN,
        behavior=(
            Behavior.NON_BLOCKING
            if generation is not None and generation >= _CALLS_IN_THE_BACKGROUND
            else Behavior.BLOCKING
        ),
    )
