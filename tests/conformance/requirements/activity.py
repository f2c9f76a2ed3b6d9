"""When the user speaks, and has finished."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

ACTIVITY: Final[dict[str, Requirement]] = {
    "activity.automatic": Met(
        "2.3, 4.5",
        "Speech is found in the audio unless detection is disabled.",
    ),
    "activity.manual": Met(
        "2.3, 4.5",
        ("With detection disabled `activityStart` and `activityEnd` make the turn, and sound outside them is ignored."),
        tests=("tests/clients/test_matrix.py::test_client",),
    ),
    "activity.markers_automatic": Met(
        "4.5",
        "Activity markers while detection is on close with 1007.",
    ),
    "activity.markers_text": Differs(
        "4.5 [I]",
        "`activityEnd` in a session of text alone closes with 1007.",
        instead="what was typed between the markers is answered; nothing at all ends with NEED_MORE_INPUT",
    ),
    "activity.stray_markers": Met(
        "antiphon",
        "A second `activityStart` and a lone `activityEnd` do nothing.",
    ),
    "activity.sensitivity": Met(
        "2.3 [S]",
        (
            "The sensitivities decide how readily speech begins and ends; the default is HIGH on the Developer "
            "API, LOW on Vertex."
        ),
    ),
    "activity.prefix": Met(
        "2.3, 4.5",
        "A start is committed after `prefixPaddingMs` of speech.",
    ),
    "activity.silence": Met(
        "2.3, 4.5",
        "An end is committed after exactly the `silenceDurationMs` that the client names.",
    ),
    "activity.end_of_turn": Differs(
        "2.3 [G]",
        "Without `silenceDurationMs` a fixed silence of about half a second ends a turn.",
        instead="by the sound, the words and the speaker's own pauses it is 0.19 to 1.05 s, at LOW 0.285 to 1.575 s",
    ),
    "activity.preroll": Met(
        "4.5",
        "At least 300 ms before the start belong to the utterance.",
    ),
    "activity.stream_time": Met(
        "4.5, clients 4.18",
        ("Speech and silence are counted in stream time: a file sent at once ends where a microphone's speech would."),
    ),
    "activity.starvation": Met(
        "4.5 [G], clients 4.18",
        "A stream that just stops is taken as ended after a second without data.",
    ),
    "activity.stream_end": Met(
        "2.6",
        "`audioStreamEnd` ends the turn with what was said, and audio that follows opens a new one.",
    ),
    "activity.stream_end_manual": Met(
        "2.6",
        "`audioStreamEnd` without detection closes with 1007.",
    ),
    "activity.only_activity": Met(
        "2.3",
        "TURN_INCLUDES_ONLY_ACTIVITY leaves out frames that come while nobody speaks.",
    ),
    "activity.all_input": Met(
        "2.3, 4.5",
        "TURN_INCLUDES_ALL_INPUT keeps sound that comes between declared activities.",
    ),
    "activity.coverage_default": Differs(
        "2.3 [D]",
        "Coverage defaults to ONLY_ACTIVITY for 2.x models, to ALL_INPUT on Vertex, to all video for 3.x.",
        instead="every model has TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO by default",
    ),
    "activity.signals": Met(
        "2.1 [S], 3",
        "With `explicitVadSignal` `voiceActivity` tells start and end, with their offsets in the audio.",
    ),
    "activity.signals_everywhere": Differs(
        "2.1 [S]",
        "`explicitVadSignal` is of Vertex only.",
        instead="it works on both products, and with declared activity too",
    ),
    "activity.no_signals": Met(
        "2.1 [S]",
        "Without `explicitVadSignal` there is no `voiceActivity`.",
    ),
    "activity.vad_signal": Gap(
        "3",
        "`voiceActivityDetectionSignal` tells start and end to clients on an allow-list.",
        why="it is an older form of `voiceActivity`",
        client="it never comes",
    ),
    "activity.long_speech": Met(
        "antiphon",
        "Long speech is recognised in pieces without a gap, and answered after 300 s at the latest.",
    ),
    "activity.nudge": Met(
        "clients 3",
        (
            "A blank text behind `clientContent` is neither a turn nor a barge-in: it has an unanswered history"
            " answered, once."
        ),
    ),
}
