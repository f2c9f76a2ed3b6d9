"""The first message of a session, and what it asks for."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

SETUP: Final[dict[str, Requirement]] = {
    "setup.first": Met(
        "4.1",
        "Anything before the setup closes with 1007.",
    ),
    "setup.once": Met(
        "4.1, 5",
        "A second setup closes with 1007 and the vendor's text.",
    ),
    "setup.wait": Met(
        "4.1 [G]",
        "A client that sends no setup within 20 s is closed with 1008.",
    ),
    "setup.complete_first": Met(
        "1.5 [S], 3, clients 4.3",
        "The first server message is `setupComplete`.",
    ),
    "setup.pipelined": Met(
        "4.1, B.13",
        "What a client sends before `setupComplete` is taken after it.",
    ),
    "setup.model_required": Met(
        "2.1",
        "A setup without a model closes with 1007.",
    ),
    "setup.model_forms": Met(
        "1.4 [P][S], B.6",
        "`models/x`, `publishers/google/models/x`, a full Vertex name and the bare id name the same model.",
    ),
    "setup.any_model": Differs(
        "5",
        "An unknown or retired model closes with 1008 or 1007.",
        instead="every name is accepted, and answered by the engines that the settings give it",
        tests=("tests/engines/test_registry.py::test_a_model_name_can_have_engines_of_its_own",),
    ),
    "setup.every_field": Met(
        "2.1, 2.2, 2.3, 2.4",
        "Every field of the setup that the newest SDK can send is known.",
    ),
    "setup.instruction": Met(
        "2.1",
        "The text parts of the system instruction are its paragraphs, whatever its role.",
    ),
    "setup.instruction_string": Met(
        "2.1 [G]",
        "A system instruction may be a bare string.",
    ),
    "setup.default_instruction": Met(
        "antiphon",
        "Without a system instruction the model is told to answer briefly, in spoken sentences.",
    ),
    "setup.audio": Met(
        "2.2 [S]",
        "Replies are spoken unless the setup says otherwise.",
    ),
    "setup.text": Differs(
        "2.2, 5",
        "Models with native audio refuse TEXT with 1007.",
        instead="every model answers in writing when TEXT is asked for",
    ),
    "setup.one_modality": Met(
        "2.2, 5",
        "Two modalities, IMAGE and VIDEO close with 1007.",
    ),
    "setup.sampling": Met(
        "2.2",
        "temperature, topP, topK, maxOutputTokens, seed and both penalties reach the language model.",
        tests=("tests/engines/test_openai_chat.py::test_sampling_becomes_parameters",),
    ),
    "setup.ranges": Met(
        "antiphon",
        "A parameter outside its range closes with 1007 and says which, and what the range is.",
    ),
    "setup.one_candidate": Met(
        "2.2",
        "`candidateCount` may be 1 and nothing else.",
    ),
    "setup.not_live": Met(
        "2.2 [S]",
        (
            "What only generateContent knows is refused: response schemas and mime types, stop sequences, log "
            "probabilities."
        ),
    ),
    "setup.multi_speaker": Met(
        "2.2 [S]",
        "`multiSpeakerVoiceConfig` closes with 1007.",
    ),
    "setup.thoughts": Met(
        "2.2",
        "`includeThoughts` has the model's reasoning sent.",
    ),
    "setup.thinking_models": Differs(
        "2.2 [I]",
        "Some models refuse `thinkingConfig`, others need a level.",
        instead="it is accepted for every model",
    ),
    "setup.thinking_effort": Gap(
        "2.2",
        "`thinkingBudget` and `thinkingLevel` say how long the model thinks.",
        why="the engines have no such parameter yet",
        client="accepted; the model thinks as long as it does by itself",
    ),
    "setup.media_resolution": Differs(
        "2.2, 4.8",
        "`mediaResolution` decides how finely pictures are looked at: 64 tokens at LOW, 256 above.",
        instead=(
            "it decides what pictures count for, 66 tokens at LOW and 258 above; the model gets them as they came"
        ),
    ),
    "setup.labels": Differs(
        "2.1",
        "Labels are kept for billing.",
        instead="they are checked (63 characters) and not used",
    ),
    "setup.safety": Gap(
        "2.1",
        "Safety settings decide what is blocked.",
        why="no engine judges content",
        client="accepted; nothing is blocked and no turn ends for reasons of safety",
    ),
    "setup.proactivity": Gap(
        "2.1 [D]",
        "With proactive audio the model may stay silent on input that is not meant for it.",
        why="nothing decides for whom speech is meant",
        client="accepted; every utterance with words in it is answered",
    ),
    "setup.affective": Gap(
        "2.2",
        "`enableAffectiveDialog` adapts the tone to the speaker's feelings.",
        why="neither the recogniser nor the voices know any",
        client="accepted; the tone stays the same",
    ),
    "setup.translation": Gap(
        "2.2",
        "`translationConfig` makes a session an interpreter.",
        why="there is no translating engine",
        client="accepted; the model answers as usual instead of translating",
    ),
    "setup.avatar": Gap(
        "2.1",
        "`avatarConfig` shows a speaking face.",
        why="there is no engine that makes video",
        client="accepted and logged; no video comes",
    ),
}
