"""What replies sound like."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

VOICES: Final[dict[str, Requirement]] = {
    "voices.names": Met(
        "2.2 [D]",
        "All thirty voice names are accepted, in any case.",
        tests=(
            "tests/engines/test_voices.py::test_there_are_thirty_and_no_two_are_alike",
            "tests/engines/test_voices.py::test_a_namesake_is_taken_in_any_case_and_language",
        ),
    ),
    "voices.substitutes": Differs(
        "2.2 [D]",
        "Each of the thirty names is a voice of its own.",
        instead=(
            "aoede, puck, kore and fenrir speak under their own names where Kokoro is installed; for the others"
            " one of the same gender stands in, and the log says so"
        ),
        tests=(
            "tests/engines/test_voices.py::test_the_gender_is_kept",
            "tests/engines/test_voices.py::test_voices_are_shared_only_when_there_are_too_few",
        ),
    ),
    "voices.default": Differs(
        "2.2 [D]",
        "Without a name Puck speaks.",
        instead="the first voice of the engine speaks; with hibari that is its only one",
        tests=(
            "tests/engines/test_voices.py::test_nothing_known_asked_for_is_the_default_of_its_accent",
            "tests/engines/test_voices.py::test_an_engine_without_a_voice_to_choose_speaks_with_its_first",
        ),
    ),
    "voices.unknown": Met(
        "antiphon",
        "A voice nobody knows is no error: the default speaks.",
        tests=("tests/engines/test_voices.py::test_nothing_known_asked_for_is_the_default_of_its_accent",),
    ),
    "voices.accent": Met(
        "2.2 [D]",
        "`languageCode` en-US or en-GB chooses the accent where the engine has both.",
        tests=("tests/engines/test_voices.py::test_the_accent_is_the_languages",),
    ),
    "voices.languages": Gap(
        "2.2 [D]",
        "Replies are spoken in more than seventy languages.",
        why="the voices that come with antiphon speak English",
        client=(
            "every `languageCode` is accepted and the log names those nobody speaks; another voice engine can "
            "be plugged in"
        ),
    ),
    "voices.by_id": Met(
        "2.2",
        "`voiceConfig.voice` names a voice by its id, as a prebuilt voice is named.",
        tests=("tests/runtime/test_speaking.py::test_what_the_client_asks_of_model_and_voice",),
    ),
    "voices.replicated": Gap(
        "2.2",
        ("`replicatedVoiceConfig` speaks with the voice of a sample, and consent is signed in `setupComplete`."),
        why="no engine copies voices",
        client="accepted; the default voice speaks, and there is no `voiceConsentSignature`",
    ),
}
