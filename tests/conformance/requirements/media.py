"""Sound and pictures of the client."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

MEDIA: Final[dict[str, Requirement]] = {
    "media.pcm": Met(
        "4.8 [D]",
        "Sound is 16-bit mono PCM at the rate its mime type names; rates other than 16 kHz are resampled.",
    ),
    "media.bare_pcm": Met(
        "4.8 [D]",
        "`audio/pcm` without a rate is 16 kHz.",
    ),
    "media.odd_bytes": Met(
        "4.8",
        "An odd byte is carried over to the next chunk.",
    ),
    "media.riff": Met(
        "4.8, clients 3",
        "A WAV header at the start of a stream is read for its rate and channels, and never heard.",
    ),
    "media.chunks": Met(
        "4.8, clients 3",
        "Chunks may have any length, from 20 ms to seconds, paced or not.",
    ),
    "media.backlog": Met(
        "antiphon",
        "More than 120 s of sound that waits to be heard closes with 1007.",
    ),
    "media.other_audio": Met(
        "4.8",
        "Compressed sound in realtime input closes with 1007, and the reason names its type.",
    ),
    "media.audio_in_content": Gap(
        "4.8",
        "Recordings in `clientContent` are listened to: aac, flac, mp3, ogg, wav and others.",
        why="only realtime input goes through the recogniser",
        client="accepted; the model is told that a recording came which it cannot hear",
    ),
    "media.frames": Met(
        "2.6, 4.8",
        ("JPEG, PNG and WebP frames in `video` go before the question they belong to, to a model that can see."),
        tests=("tests/engines/test_chat.py::test_a_model_that_sees_is_shown_the_picture",),
    ),
    "media.blind": Met(
        "antiphon",
        "A model that cannot see is told that a picture came.",
        tests=("tests/engines/test_chat.py::test_a_part_the_model_cannot_take_in_is_named",),
    ),
    "media.frame_alone": Met(
        "2.6",
        "A frame alone asks nothing.",
    ),
    "media.newest_frames": Met(
        "antiphon",
        "Of one turn the newest eight frames are kept, and those of earlier turns go when newer ones come.",
    ),
    "media.containers": Met(
        "4.8",
        "A video container closes with 1007.",
    ),
    "media.media_chunks": Met(
        "2.6 [S], B.14",
        "The deprecated `mediaChunks` still works, told apart by mime type.",
    ),
    "media.all_media_chunks": Differs(
        "2.6 [S][I]",
        "All but the first of `mediaChunks` are ignored, and 3.1 models refuse them.",
        instead="every one is taken, for every model",
    ),
    "media.file_data": Differs(
        "2.5",
        "`fileData` refers to files uploaded to the vendor.",
        instead=(
            "no address of a client's is fetched, nor passed on to an endpoint that would: the model is told that "
            "there is a file, which it cannot see"
        ),
        tests=(
            "tests/engines/test_chat.py::test_an_address_is_never_passed_on",
            "tests/engines/test_chat.py::test_a_part_the_model_cannot_take_in_is_named",
        ),
    ),
}
