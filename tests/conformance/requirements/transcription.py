"""What was said, in writing."""

from typing import Final

from tests.conformance.requirement import Gap, Met, Requirement

TRANSCRIPTION: Final[dict[str, Requirement]] = {
    "transcription.asked_for": Met(
        "2.1",
        "Transcripts come only for the side whose config is present.",
    ),
    "transcription.input": Met(
        "3.1",
        "`inputTranscription` holds the words of each utterance, in front of the reply to it.",
    ),
    "transcription.input_finished": Met(
        "3.1 [I]",
        "Each `inputTranscription` is `finished`: an utterance is recognised in one piece.",
    ),
    "transcription.deltas": Met(
        "3.1, clients 4.15",
        "Pieces are appended as they are; later ones bring their own leading space.",
    ),
    "transcription.output_first": Met(
        "3.1 [R]",
        "`outputTranscription` comes in front of the sound it belongs to.",
    ),
    "transcription.output_finished": Met(
        "3.1 [R][I], 4.2 [S]",
        "A last `outputTranscription` with `finished` precedes `generationComplete` or `interrupted`.",
    ),
    "transcription.interim": Met(
        "3.1",
        "While the user speaks `interimInputTranscription` replaces the one before it.",
    ),
    "transcription.hints": Met(
        "2.1 [S]",
        "`languageCodes` and the older `languageHints` tell the recogniser which languages to expect.",
        tests=("tests/engines/test_whisper.py::test_the_language_is_hinted_or_detected_or_english",),
    ),
    "transcription.vocabulary": Met(
        "2.1 [S]",
        "`customVocabulary` and the older `adaptationPhrases` tell it which words to expect.",
        tests=("tests/engines/test_whisper.py::test_expected_words_stand_before_the_transcript",),
    ),
    "transcription.language": Met(
        "3.1",
        "`languageCode` says which language was heard, where the engine knows.",
    ),
    "transcription.word_timestamps": Gap(
        "2.1 [S], 3.1",
        "`wordTimestamp` has each word's offsets sent.",
        why="the recogniser gives none",
        client="accepted; transcripts have no `words`, `startOffset` or `endOffset`",
    ),
    "transcription.diarization": Gap(
        "2.1 [S], 3.1",
        "`diarization` tells speakers apart.",
        why="there is no engine for it",
        client="accepted; transcripts have no `speakerLabel`",
    ),
    "transcription.mode": Gap(
        "2.1 [S]",
        "`mode: SMART` tidies the transcript up.",
        why="the transcript is what the recogniser heard",
        client="accepted; it is the same in both modes",
    ),
    "transcription.source_text": Gap(
        "2.1 [S]",
        "`sourceText` gives what the speech was made from.",
        why="the recogniser cannot use it",
        client="accepted and not looked at",
    ),
    "transcription.interim_timestamps": Gap(
        "2.3 [S]",
        "`interimTranscriptTimestampEnabled` times interim transcripts.",
        why="the recogniser gives no times",
        client="accepted; interim transcripts have none",
    ),
}
