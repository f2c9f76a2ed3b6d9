"""Over a real socket: conversations, bad input, and sessions that do not disturb each other."""

import asyncio
import base64
import re
import struct
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from antiphon.recording.lines import Side
from antiphon.recording.reader import read_recording
from antiphon.recording.telling import timeline_of
from tests.server.conftest import SETUP, VERTEX, silence, tone


def audio(data: bytes, mime: str = "audio/pcm;rate=16000") -> dict[str, object]:
    return {"realtimeInput": {"audio": {"mimeType": mime, "data": base64.b64encode(data).decode()}}}


async def ask(caller, hertz: int) -> list[dict[str, object]]:
    await caller.send(audio(tone(hertz, 600) + silence(500)))
    return await caller.read_until("turnComplete")


async def is_heard(caller, hertz: int = 440) -> bool:
    """Whether the session still listens; what it answers is not waited for."""
    await caller.send(audio(tone(hertz, 600) + silence(500)))
    contents = await caller.read_until("inputTranscription")
    return words(contents, "inputTranscription") == f"tone {hertz} hertz"


def words(contents: list[dict[str, object]], member: str) -> str:
    return "".join(content[member].get("text", "") for content in contents if member in content)


def sound(contents: list[dict[str, object]]) -> bytes:
    turns = [content["modelTurn"]["parts"][0]["inlineData"]["data"] for content in contents if "modelTurn" in content]
    return b"".join(base64.b64decode(data) for data in turns)


@pytest.mark.requirement("wire.text_in", "setup.audio", "generation.order", "activity.automatic", "transcription.input")
async def test_a_spoken_question_is_answered_in_the_documented_order(call):
    caller = await call()
    contents = await ask(caller, 440)
    members = [next(iter(content)) for content in contents]
    assert members[0] == "inputTranscription"
    assert members[1] == "outputTranscription"
    assert members[-2:] == ["generationComplete", "turnComplete"]
    assert words(contents, "inputTranscription") == "tone 440 hertz"
    assert words(contents, "outputTranscription") == "You said: tone 440 hertz."
    assert len(sound(contents)) > 24_000


@pytest.mark.requirement("wire.binary_out", "wire.formatting")
async def test_frames_are_binary_and_say_nothing_false(call):
    caller = await call(setup=None)
    await caller.send(SETUP)
    frame = await caller.socket.recv()
    assert frame == b'{"setupComplete":{}}'


@pytest.mark.requirement("setup.pipelined")
async def test_what_is_sent_before_setup_complete_is_kept(call):
    caller = await call(setup=None)
    await caller.send(SETUP)
    await caller.send(audio(tone(300, 600) + silence(500)))
    contents = await caller.read_until("turnComplete")
    assert words(contents, "inputTranscription") == "tone 300 hertz"


@pytest.mark.requirement("media.riff", "media.media_chunks")
async def test_a_wav_header_inside_the_stream_is_not_sound(call):
    caller = await call()
    body = tone(520, 600) + silence(500)
    header = (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
    )
    file = header + b"data" + struct.pack("<I", len(body)) + body
    for at in range(0, len(file), 1024):
        chunk = {"mime_type": "audio/pcm;rate=16000", "data": base64.urlsafe_b64encode(file[at : at + 1024]).decode()}
        await caller.send({"realtime_input": {"media_chunks": [chunk]}})
    contents = await caller.read_until("turnComplete")
    assert words(contents, "inputTranscription") == "tone 520 hertz"


@pytest.mark.requirement("activity.starvation")
async def test_a_stream_that_just_stops_is_answered(call):
    caller = await call()
    await caller.send(audio(tone(610, 600)))
    contents = await caller.read_until("turnComplete")
    assert words(contents, "inputTranscription") == "tone 610 hertz"


@pytest.mark.requirement("activity.stream_end")
async def test_a_stream_end_is_answered(call):
    caller = await call()
    await caller.send(audio(tone(610, 600)))
    await caller.send({"realtimeInput": {"audioStreamEnd": True}})
    contents = await caller.read_until("turnComplete")
    assert words(contents, "inputTranscription") == "tone 610 hertz"


@pytest.mark.requirement("interruption.order", "interruption.not_complete", "interruption.answered")
async def test_barge_in_ends_the_old_turn_and_answers_the_new_one(call):
    caller = await call()
    await caller.send({"realtimeInput": {"text": "count to 200"}})
    await caller.read_until("modelTurn")
    await caller.send(audio(tone(700, 600)))
    before = await caller.read_until("interrupted")
    assert "generationComplete" not in {key for content in before for key in content}
    assert next(iter(await caller.read_until("turnComplete"))) == {"turnComplete": True}
    await caller.send(audio(silence(500)))
    after = await caller.read_until("turnComplete")
    assert words(after, "outputTranscription") == "You said: tone 700 hertz."


@pytest.mark.requirement("turns.generated_other", "errors.overload")
async def test_a_failing_engine_ends_the_turn_not_the_session(call):
    caller = await call()
    await caller.send({"realtimeInput": {"text": "please fail"}})
    contents = await caller.read_until("turnComplete")
    assert contents[-1]["turnCompleteReason"] == "GENERATED_OTHER"
    assert await is_heard(caller)


BAD_INPUT = {
    "not JSON": ("{nonsense", 1007, "JSON"),
    "not UTF-8": (b"\xff\xfe\x00", 1007, ""),
    "not an object": ("[]", 1007, ""),
    "nothing": ("{}", 1007, ""),
    "unknown member": ({"sausage": {}}, 1007, 'Unknown name "sausage"'),
    "unknown field": ({"realtimeInput": {"sausage": 1}}, 1007, "'realtime_input'"),
    "two members": ({"realtimeInput": {}, "clientContent": {}}, 1007, ""),
    "setup twice": (SETUP, 1007, "setup"),
    "bad base64": ({"realtimeInput": {"audio": {"data": "!!!"}}}, 1007, "realtime_input.audio.data"),
    "wrong rate": (audio(b"", "audio/pcm;rate=1"), 1007, "realtime_input.audio"),
    "wrong kind": (audio(b"", "audio/opus"), 1007, "realtime_input.audio"),
    "deep nesting": ('{"toolResponse":' * 10 + "[" * 5_000, 1007, ""),
    "markers": ({"realtimeInput": {"activityStart": {}}}, 1007, "realtime_input.activity_start"),
}


@pytest.mark.requirement(
    "wire.one_member",
    "setup.once",
    "activity.markers_automatic",
    "media.other_audio",
    "errors.closes",
    "errors.reason_length",
    "errors.garbage",
)
@pytest.mark.parametrize(("message", "code", "text"), BAD_INPUT.values(), ids=BAD_INPUT)
async def test_bad_input_is_refused_with_its_path_and_disturbs_nobody(call, message, code, text):
    neighbour, caller = await call(), await call()
    await caller.send(message)
    closed, reason = await caller.closed()
    assert closed == code
    assert text in reason
    assert 0 < len(reason.encode()) <= 123
    assert await is_heard(neighbour)


BAD_SETUPS = {
    "no model": ({}, "setup.model"),
    "unknown enum": ({"model": "x", "generationConfig": {"responseModalities": ["SMELL"]}}, "response_modalities[0]"),
    "two modalities": ({"model": "x", "generationConfig": {"responseModalities": ["TEXT", "AUDIO"]}}, "exactly one"),
    "unknown field": ({"model": "x", "generationConfig": {"sausage": 1}}, "'setup.generation_config'"),
    "temperature": ({"model": "x", "generationConfig": {"temperature": 9}}, "setup.generation_config.temperature"),
}


@pytest.mark.requirement("wire.unknown_field", "setup.model_required", "setup.ranges", "errors.invalid_argument")
@pytest.mark.parametrize(("setup", "text"), BAD_SETUPS.values(), ids=BAD_SETUPS)
async def test_a_bad_setup_is_refused_with_its_path(call, setup, text):
    caller = await call(setup=None)
    await caller.send({"setup": setup})
    code, reason = await caller.closed()
    assert code == 1007
    assert text in reason


@pytest.mark.requirement("errors.log_id")
async def test_the_log_has_the_whole_reason_under_the_id_that_the_client_gets(call, caplog):
    caller = await call(setup=None)
    name = "long_" * 60
    await caller.send({"setup": {"model": "x", name: 1}})
    code, reason = await caller.closed()
    id = re.search(r"\(log ([0-9a-f]{8})\)$", reason)[1]
    assert (code, len(reason.encode()) <= 123) == (1007, True)
    (line,) = (record for record in caplog.records if f"session={id}" in record.getMessage())
    assert "Cannot find field" in line.getMessage()
    assert line.levelname == "WARNING", "seen without -v"


@pytest.mark.requirement("resumption.not_found", "errors.log_id")
async def test_a_handle_of_another_life_is_not_found(call):
    caller = await call(setup=None)
    await caller.send({"setup": {"model": "x", "sessionResumption": {"handle": "gone"}}})
    code, reason = await caller.closed()
    assert code == 1008
    assert re.fullmatch(r"BidiGenerateContent session not found \(log [0-9a-f]{8}\)", reason)


@pytest.mark.requirement("wire.size_in", "errors.too_big")
async def test_a_20_mib_message_is_too_big(call):
    caller = await call()
    with suppress(ConnectionClosed):
        await caller.send("x" * (20 << 20))
    code, _ = await caller.closed()
    assert code == 1009


@pytest.mark.requirement("setup.wait")
@pytest.mark.parametrize("server", [{"limits": {"setup_wait_s": 0.05}}], indirect=True)
async def test_a_client_without_setup_is_closed(call):
    caller = await call(setup=None)
    code, reason = await caller.closed()
    assert code == 1008
    assert reason.startswith("setup")


@pytest.mark.requirement("activity.long_speech")
@pytest.mark.parametrize("server", [{"limits": {"speech_s_max": 2.0}}], indirect=True)
async def test_sound_that_never_ends_is_answered_at_the_limit(call):
    caller = await call()
    for _ in range(30):
        await caller.send(audio(tone(440, 100)))
    contents = await caller.read_until("inputTranscription")
    assert words(contents, "inputTranscription") == "tone 440 hertz"


@pytest.mark.requirement("errors.slow_reader")
@pytest.mark.parametrize("server", [{"limits": {"send_wait_s": 0.2, "outbox_messages_high": 8}}], indirect=True)
async def test_a_client_that_never_reads_is_given_up_and_disturbs_nobody(call):
    deaf, neighbour = await call(max_queue=1), await call()
    await deaf.send({"realtimeInput": {"text": "count to 1000"}})
    assert await is_heard(neighbour)


@pytest.mark.requirement("turns.neighbours")
async def test_ten_sessions_hear_and_say_only_their_own(call):
    callers = [await call() for _ in range(10)]
    pitches = [300 + 50 * number for number in range(10)]
    answers = await asyncio.gather(*(ask(caller, hertz) for caller, hertz in zip(callers, pitches, strict=True)))
    for hertz, contents in zip(pitches, answers, strict=True):
        assert words(contents, "inputTranscription") == f"tone {hertz} hertz"
        assert words(contents, "outputTranscription") == f"You said: tone {hertz} hertz."


@pytest.mark.parametrize("server", [{"server": {"record": "talk.jsonl"}}], indirect=True)
async def test_sessions_are_recorded_each_in_its_own_file(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    callers = [await call(), await call(VERTEX)]
    for caller, hertz in zip(callers, (440, 880), strict=True):
        await ask(caller, hertz)
        await caller.socket.close()
    recorded = [read_recording(path) for path in sorted(tmp_path.glob("talk-*.jsonl"))]
    assert {each.header.seen_from for each in recorded} == {Side.SERVER}
    heard = {words.text for each in recorded for words in timeline_of(each).heard}
    assert heard == {"tone 440 hertz", "tone 880 hertz"}


@pytest.mark.parametrize("server", [{"server": {"record": "missing/talk.jsonl"}}], indirect=True)
async def test_a_recording_that_cannot_be_written_costs_no_session(call, caplog):
    assert await is_heard(await call())
    assert "is not recorded" in caplog.text
