"""How turns end."""

from typing import Final

from tests.conformance.requirement import Met, Requirement

TURNS: Final[dict[str, Requirement]] = {
    "turns.end_once": Met(
        "3.1, clients 4.9",
        "Every turn ends with `turnComplete`, exactly once, after `interrupted` too.",
    ),
    "turns.no_stall": Met(
        "antiphon",
        "No question is left hanging: it ends in sound, text, a call or a stated reason.",
        tests=("tests/conformance/test_fuzz.py::test_whatever_clients_say_every_turn_ends",),
    ),
    "turns.played": Met(
        "3.1, 4.1, 4.2",
        "`turnComplete` waits until the sound would have been played.",
    ),
    "turns.need_more_input": Met(
        "3.1",
        "Speech without words ends with NEED_MORE_INPUT, also when the recogniser fails or does not answer.",
    ),
    "turns.generated_other": Met(
        "3.1",
        "A reply that fails, stalls or says nothing ends with GENERATED_OTHER, and the session goes on.",
    ),
    "turns.malformed_call": Met(
        "3.1",
        "A call nobody can make ends the turn with MALFORMED_FUNCTION_CALL.",
    ),
    "turns.interaction_status": Met(
        "3.1, clients 4.22",
        "`interactionStatus` is never sent, so that `receive()` stops at `turnComplete`.",
    ),
    "turns.neighbours": Met(
        "antiphon",
        "Sessions hear and say only their own.",
    ),
}
