import pytest

from antiphon.config import load_settings
from antiphon.errors import RemoteProtocolError
from antiphon.session.camera import Camera
from antiphon.session.effects import StartReply
from antiphon.wire.content import Blob
from antiphon.wire.setup import TurnCoverage
from tests.session.script import SPOKEN, Script

ALL_VIDEO = TurnCoverage.TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO


def camera(coverage: TurnCoverage = ALL_VIDEO, **limits: int) -> Camera:
    return Camera(coverage, load_settings(limits=limits).limits)


def picture(data: bytes) -> Blob:
    return Blob(mime_type="image/jpeg", data=data)


def seen(taker: Camera) -> list[bytes]:
    return [part.inline_data.data for content in taker.take() for part in content.parts]


@pytest.mark.requirement("media.newest_frames")
def test_the_newest_pictures_stay():
    taker = camera(frames_max=2)
    for data in (b"1", b"2", b"3"):
        taker.see(picture(data), speaking=False)
    assert seen(taker) == [b"2", b"3"]
    assert taker.take() == ()


@pytest.mark.requirement("wire.size_in")
def test_old_ones_make_room_for_large_ones():
    taker = camera(history_bytes_max=2_000)
    for size in (600, 600, 900):
        taker.see(picture(bytes(size)), speaking=False)
    assert [len(data) for data in seen(taker)] == [900]
    with pytest.raises(RemoteProtocolError, match="1001 bytes; at most 1000"):
        taker.see(picture(bytes(1_001)), speaking=False)


@pytest.mark.requirement("activity.only_activity")
def test_what_belongs_to_a_turn():
    taker = camera(TurnCoverage.TURN_INCLUDES_ONLY_ACTIVITY)
    taker.see(picture(b"quiet"), speaking=False)
    taker.see(picture(b"speaking"), speaking=True)
    assert seen(taker) == [b"speaking"]


@pytest.mark.requirement("media.frames", "media.media_chunks")
def test_a_question_comes_with_the_pictures_before_it():
    script = Script(SPOKEN)
    script.client(realtimeInput={"video": {"mimeType": "image/jpeg", "data": "AAAA"}})
    script.client(realtimeInput={"mediaChunks": [{"mimeType": "image/png", "data": "AAAB"}]})
    script.ask("what is this")
    first, second = script.last(StartReply).brief.contents
    assert [part.inline_data.mime_type for part in first.parts] == ["image/jpeg", "image/png"]
    assert second.parts[0].text == "what is this"


@pytest.mark.requirement("media.frame_alone")
def test_a_picture_alone_asks_nothing():
    script = Script(SPOKEN)
    script.client(realtimeInput={"video": {"mimeType": "image/jpeg", "data": "AAAA"}})
    script.wait(60)
    assert script.count(StartReply) == 0


def test_a_cough_is_no_question_about_a_picture():
    script = Script(SPOKEN)
    script.client(realtimeInput={"video": {"mimeType": "image/jpeg", "data": "AAAA"}})
    script.ask("")
    assert script.count(StartReply) == 0
    script.ask("what is this")
    assert script.last(StartReply).brief.contents[0].parts[0].inline_data


@pytest.mark.requirement("media.containers")
def test_what_is_no_picture_is_refused_with_its_path():
    script = Script(SPOKEN)
    script.client(realtimeInput={"video": {"mimeType": "video/mp4", "data": "AAAA"}})
    assert script.closed.reason.startswith("realtime_input.video: 'video/mp4' is no picture")
