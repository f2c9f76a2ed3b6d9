from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk, AudioFormat
from antiphon.recording.media import images, spoken, voiced
from antiphon.wire.client import RealtimeInput
from antiphon.wire.content import Blob, Part

PICTURE = Blob(mime_type="image/png", data=b"p")


def test_the_users_sound_and_images() -> None:
    eight = Blob(mime_type="audio/pcm;rate=8000", data=b"abcd")
    realtime = RealtimeInput(
        audio=Blob(mime_type="audio/pcm", data=b"abc"), video=PICTURE, media_chunks=(PICTURE, eight)
    )
    assert list(spoken(realtime)) == [AudioChunk(b"ab", HEARING), AudioChunk(b"abcd", AudioFormat(8_000))]
    assert list(images(realtime)) == [PICTURE, PICTURE]


def test_what_is_no_pcm_is_no_sound() -> None:
    for mime_type, data in (("audio/ogg", b"ab"), ("audio/pcm;rate=1", b"ab"), ("audio/pcm", b"a"), ("", b"ab")):
        assert list(spoken(RealtimeInput(audio=Blob(mime_type=mime_type, data=data)))) == []


def test_the_models_sound() -> None:
    assert voiced(Part(inline_data=Blob(mime_type="audio/pcm", data=b"ab"))) == AudioChunk(b"ab", SPEAKING)
    assert voiced(Part(text="a")) is None
    assert voiced(Part(inline_data=PICTURE)) is None
