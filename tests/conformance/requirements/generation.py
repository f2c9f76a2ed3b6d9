"""What a reply consists of."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

GENERATION: Final[dict[str, Requirement]] = {
    "generation.order": Met(
        "4.2",
        ("A spoken turn is input transcript, output transcript and sound mixed, `generationComplete`, `turnComplete`."),
    ),
    "generation.audio_format": Met(
        "4.8, clients 4.14",
        "Sound is 16-bit mono PCM at 24 kHz, in parts of type `audio/pcm;rate=24000`.",
    ),
    "generation.pieces": Met(
        "3.1 [R]",
        "Sound comes in messages of at most 240 ms.",
    ),
    "generation.faster": Met(
        "4.2",
        "Sound is sent faster than real time, and the client owns the playback buffer.",
    ),
    "generation.lead": Met(
        "antiphon",
        "Sound runs at most 20 s ahead of its playing.",
    ),
    "generation.complete": Met(
        "3.1, clients 4.12",
        "`generationComplete` says that the model produced everything, before `turnComplete`.",
    ),
    "generation.text": Met(
        "2.2",
        "A written reply comes as text parts, each to be appended.",
    ),
    "generation.thought": Met(
        "3.1 [R]",
        "Reasoning comes as a part with `thought: true`, and is never spoken.",
    ),
    "generation.thoughts_unasked": Differs(
        "3.1 [R]",
        "2.5 native audio sends thoughts without `includeThoughts`.",
        instead="they are sent only to who asks",
    ),
    "generation.bundles": Differs(
        "3",
        "3.x models send several members of `serverContent` in one message.",
        instead="each message has one, and beside `turnComplete` its reason; `usageMetadata` rides along",
    ),
    "generation.markup": Met(
        "antiphon",
        "Markup and bare links in a reply are not read out.",
    ),
    "generation.longest": Met(
        "antiphon",
        "A reply is ended after 300 s of speech.",
    ),
    "generation.executable_code": Gap(
        "3.1 [R], 4.6",
        "The model writes `executableCode` and gets its `codeExecutionResult`.",
        why="nothing runs code here",
        client="such parts never come",
    ),
    "generation.grounding": Gap(
        "3.1 [R]",
        "`groundingMetadata` names the sources of a search.",
        why="there is no search",
        client="it never comes, on the paths of Vertex not even empty",
    ),
    "generation.url_metadata": Gap(
        "3.1",
        "`urlContextMetadata` names the pages that were read.",
        why="no page is fetched",
        client="it never comes",
    ),
    "generation.waiting": Gap(
        "3.1",
        "`waitingForInput` says that the model waits for the user to go on.",
        why="a pause is judged before the model is asked",
        client="it never comes; an unfinished utterance simply is not answered yet",
    ),
}
