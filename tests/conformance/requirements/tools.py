"""Functions of the client."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

TOOLS: Final[dict[str, Requirement]] = {
    "tools.declared": Met(
        "2.4",
        "The model is told of the functions, each schema in either of its two forms.",
        tests=("tests/engines/test_chat.py::test_functions_are_declared_with_json_schema",),
    ),
    "tools.names": Met(
        "2.4",
        (
            "A function's name has at most 128 letters, digits, `_`, `.`, `:` and `-`; another closes with 1007"
            " and its path."
        ),
    ),
    "tools.schemas": Met(
        "2.4, 5 [I], clients 3",
        "Schema types are read in upper and lower case; one nobody knows closes with 1007 and its path.",
    ),
    "tools.call": Met(
        "3",
        "`toolCall` holds the calls of one reply, each with id, name and args.",
        tests=(
            "tests/clients/test_matrix.py::test_client",
            "tests/conformance/test_replay.py::test_functions_are_called_and_their_answers_taken",
        ),
    ),
    "tools.ids": Met(
        "3 [R], clients 4.11",
        "Call ids are unique; the Developer API's are `function-call-<number>`, those of Vertex UUIDs.",
    ),
    "tools.blocking": Met(
        "4.6",
        "A blocking call stops the model until it is answered, and the reply goes on within the turn.",
    ),
    "tools.parallel": Met(
        "4.6",
        "Of several calls every one must be answered, in one message or many.",
    ),
    "tools.speech_before": Met(
        "4.6 [R]",
        "What the model says before a call is spoken, and remembered before it.",
    ),
    "tools.turn_of_2x": Met(
        "clients 4.10",
        (
            "For 2.x model names `turnComplete` follows the `toolCall` at once, which adk waits for; for others"
            " it does not."
        ),
    ),
    "tools.vertex_complete": Met(
        "3.1 [R]",
        "On Vertex `generationComplete` follows a `toolCall`.",
    ),
    "tools.non_blocking": Met(
        "4.6",
        "A NON_BLOCKING call leaves the conversation running.",
    ),
    "tools.behavior_default": Met(
        "2.4",
        "Functions block unless declared otherwise; with 3.8 names they do not.",
    ),
    "tools.behavior_any_model": Differs(
        "2.4",
        (
            "3.1 knows blocking functions only, 3.8 extended thinking the others only, and Vertex does not "
            "block by default."
        ),
        instead="both behaviors are honoured for every model, and defaults are the same on both products",
    ),
    "tools.interrupt": Met(
        "2.7, 4.6",
        "A result with INTERRUPT cuts the current speech and is spoken of in a new turn.",
    ),
    "tools.when_idle": Met(
        "2.7, 4.6",
        "A result with WHEN_IDLE, the default, is spoken of after the current turn.",
    ),
    "tools.silent": Met(
        "2.7, 4.6",
        "A result with SILENT is only remembered.",
    ),
    "tools.generators": Met(
        "2.7",
        "With `willContinue` a call gives several results; `false` without a response ends it.",
    ),
    "tools.by_name": Met(
        "2.7",
        "A result without an id belongs to the oldest call of its name.",
    ),
    "tools.id_optional": Differs(
        "2.7",
        "The Developer API needs the id of a result.",
        instead="it is optional on both products",
    ),
    "tools.output_error": Met(
        "2.7",
        "Of a response `output` or `error` counts where there is one, else the whole object.",
        tests=("tests/engines/test_chat.py::test_calls_at_once_and_their_results",),
    ),
    "tools.media": Met(
        "2.7",
        "Pictures among the `parts` of a result reach the model.",
        tests=("tests/engines/test_chat.py::test_a_picture_that_a_function_gave",),
    ),
    "tools.bare_response": Met(
        "clients 3",
        "A `toolResponse` may hold the one response itself, as demo apps send it.",
    ),
    "tools.cancelled": Met(
        "3, 4.3",
        "Calls that are not to be answered any more are named in `toolCallCancellation`.",
    ),
    "tools.late": Met(
        "4.6",
        "A result of a call that is over or was cancelled is ignored.",
    ),
    "tools.unknown_id": Met(
        "4.6",
        ("A result of a call that was never made closes with 1007 and names the id, while others are awaited."),
    ),
    "tools.unasked": Met(
        "4.6 [R], clients 3",
        "A result when no call is pending is answered, with or without tools declared.",
    ),
    "tools.audio_meanwhile": Met(
        "4.6, clients 4",
        "Speech while a call is pending is heard, and answered after it.",
    ),
    "tools.patience": Met(
        "antiphon",
        "A user who has spoken waits 30 s for a call; then it is cancelled and he is answered.",
    ),
    "tools.circles": Met(
        "antiphon",
        "After sixteen rounds of calls for one question the turn ends with MAX_REGENERATION_REACHED.",
    ),
    "tools.embedded_model": Met(
        "antiphon",
        "The embedded model calls functions when they are asked for, and leaves them alone otherwise.",
        tests=(
            "tests/engines/test_llama.py::test_the_model_calls_a_function_and_tells_its_result",
            "tests/engines/test_llama.py::test_the_model_leaves_functions_alone",
        ),
    ),
    "tools.remote_model": Met(
        "antiphon",
        "A model behind an OpenAI-compatible endpoint calls functions in that API's own way.",
        tests=(
            "tests/engines/test_openai_chat.py::test_functions_are_declared",
            "tests/engines/test_openai_chat.py::test_calls_at_once_come_when_they_are_whole",
            "tests/engines/test_openai_chat.py::test_results_go_back_as_tool_messages",
        ),
    ),
    "tools.vendor_tools": Differs(
        "2.4",
        "googleSearch, codeExecution, urlContext and the like are run by the vendor.",
        instead="they are accepted, logged, and the model is told that it cannot do these things",
    ),
    "tools.google_search": Gap(
        "2.4",
        "`googleSearch` grounds answers in a search of the web.",
        why="there is no search provider",
        client="the model says that it cannot search when asked to",
    ),
    "tools.code_execution": Gap(
        "2.4",
        "`codeExecution` runs code the model writes.",
        why="nothing here runs code",
        client="the model says that it cannot run code",
    ),
    "tools.url_context": Gap(
        "2.4",
        "`urlContext` reads pages the user names.",
        why="no page is fetched",
        client="the model says that it cannot open pages",
    ),
    "tools.maps_and_retrieval": Gap(
        "2.4",
        "`googleMaps`, `retrieval`, `fileSearch` and the like answer from the vendor's data.",
        why="that data is the vendor's",
        client="the model says that it cannot",
    ),
    "tools.partial_args": Gap(
        "3",
        "On Vertex a call's arguments may stream as `partialArgs` with `willContinue`.",
        why="a call is sent once it is whole",
        client="whole calls only, which every client must take anyway",
    ),
    "tools.response_schemas": Gap(
        "2.4",
        "`response` and `responseJsonSchema` describe what a function gives.",
        why="models are told of parameters only",
        client="accepted; the model reads the result as it comes",
    ),
}
