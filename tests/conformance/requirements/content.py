"""What the client writes into the conversation."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

CONTENT: Final[dict[str, Requirement]] = {
    "content.accumulates": Met(
        "2.5",
        "`clientContent` without `turnComplete` is appended in order and asks nothing.",
    ),
    "content.complete": Met(
        "2.5, 4.4",
        "`turnComplete: true` has the conversation answered.",
    ),
    "content.answer_now": Met(
        "2.5",
        "`turnComplete: true` without turns means: answer now.",
    ),
    "content.interrupts": Met(
        "2.5, 4.4",
        "`clientContent` interrupts a running reply; an empty one is the command to stop talking.",
    ),
    "content.ends_speech": Met(
        "4.1",
        "`clientContent` that asks ends speech that is going on, and follows it.",
    ),
    "content.remembered": Met(
        "2.5",
        "The model is given all that was said before, on both sides.",
    ),
    "content.no_role": Met(
        "2.5",
        "A content without a role is the user's.",
        tests=("tests/engines/test_chat.py::test_the_conversation_follows_the_system_text",),
    ),
    "content.system_role": Differs(
        "2.5 [I]",
        'A turn with `role: "system"` is refused on the Developer API and ignored on Vertex.',
        instead="it is the system's on both",
        tests=("tests/engines/test_chat.py::test_a_system_content_is_the_systems",),
    ),
    "content.initial_history": Met(
        "2.1 [S], 4.4",
        (
            "With `initialHistoryInClientContent` the contents up to `turnComplete` are silent history, which "
            "may end with the model."
        ),
    ),
    "content.prefill": Met(
        "2.5 [I]",
        "History may be given at any time and may end with the model's turn.",
    ),
    "content.function_parts": Differs(
        "2.5 [I]",
        "Function calls and results inside seeded turns are refused.",
        instead="they are read as what they are",
        tests=("tests/engines/test_chat.py::test_calls_at_once_and_their_results",),
    ),
    "content.parts": Met(
        "2.5",
        "Every kind of part is accepted; thoughts among them are not shown to the model again.",
        tests=("tests/engines/test_chat.py::test_thoughts_and_empty_contents_are_left_out",),
    ),
    "content.pictures": Met(
        "2.5",
        "Pictures in a content reach the model where they stand.",
        tests=("tests/engines/test_chat.py::test_a_model_that_sees_is_shown_the_picture",),
    ),
    "content.realtime_text": Met(
        "2.6, 4.4",
        "Each `realtimeInput.text` asks for an answer.",
    ),
    "content.text_and_speech": Met(
        "4.4",
        "Text that comes while the user speaks is answered with the speech.",
    ),
    "content.context_update": Met(
        "2.8 [S]",
        ("`contextUpdate` changes the members it gives from the next turn on; an empty list clears the tools."),
    ),
    "content.size": Met(
        "antiphon",
        "A conversation that outgrows 4 MiB closes with 1007.",
    ),
}
