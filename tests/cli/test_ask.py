import io
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from antiphon.client.endpoint import DEVELOPER_PATH
from tests.cli.conftest import Antiphon
from tests.client.fake_live import COMPLETE, Peer, Script, content, fake_live, sound
from tests.client.recordings import question, record, voice


@pytest.fixture(autouse=True)
def in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question(tmp_path)


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


async def answers(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until(lambda: peer.ended or len(peer.pcm) > 20_000)
    await peer.say(
        content(inputTranscription={"text": "Where is"}),
        content(inputTranscription={"text": " it?"}, modelTurn={"parts": [{"text": "Planning", "thought": True}]}),
        content(outputTranscription={"text": "It is"}, **sound(100, mime="audio/pcm", value=5)),
        content(outputTranscription={"text": " near."}, **sound(50, mime="audio/pcm", value=6)),
        content(generationComplete=True),
        {
            "serverContent": {"turnComplete": True},
            "usageMetadata": {"promptTokenCount": 40, "candidatesTokenCount": 25, "totalTokenCount": 65},
        },
    )


async def test_shows_the_question_the_answer_the_time_and_the_file(antiphon: Antiphon) -> None:
    async with fake_live(answers) as live:
        done = await antiphon("ask", "question.wav", "--url", live.url)
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[:2] == ["You: Where is it?", "Answer: It is near."]
    assert lines[2].startswith("First sound: ")
    assert lines[2].endswith(" ms after the end of speech")
    assert lines[3:] == ["Reply: reply.wav (0.1 s, 24 kHz mono)"]
    assert done.err == ""
    samples, rate_hz = soundfile.read("reply.wav", dtype="int16")
    assert rate_hz == 24_000
    assert list(samples) == [5] * 2_400 + [6] * 1_200
    assert files() == ["question.wav", "reply.wav"]
    assert live.peer.path == DEVELOPER_PATH
    assert live.peer.setup == {
        "model": "models/gemini-live-2.5-flash-native-audio",
        "generationConfig": {"responseModalities": ["AUDIO"]},
        "inputAudioTranscription": {},
        "outputAudioTranscription": {},
        "sessionResumption": {"transparent": True},
        "explicitVadSignal": True,
    }
    assert live.peer.mime_types == {"audio/pcm;rate=16000"}
    assert not live.peer.ended


async def test_json_is_one_object_and_nothing_else(antiphon: Antiphon) -> None:
    async with fake_live(answers) as live:
        done = await antiphon(
            "ask", "question.wav", "--url", live.url, "--json", "--out", "a.flac", "--model", "models/y"
        )
    assert done.status == 0
    assert done.err == ""
    result = json.loads(done.out)
    assert result.pop("first_sound_ms") > 0
    assert result.pop("first_text_ms") > 0
    assert result == {
        "model": "models/y",
        "heard": "Where is it?",
        "answer": "It is near.",
        "real_time": True,
        "question_s": 0.4,
        "end_of_speech_s": 0.3,
        "interruptions": 0,
        "reply": "a.flac",
        "reply_s": 0.15,
        "usage": {"promptTokenCount": 40, "responseTokenCount": 25, "totalTokenCount": 65},
        "close_code": None,
        "close_reason": None,
        "error": None,
    }
    assert soundfile.info("a.flac").samplerate == 24_000


async def test_flags_reach_the_server(antiphon: Antiphon) -> None:
    async with fake_live(answers) as live:
        await antiphon(
            "ask", "question.wav", "--no-pace", "--url", live.url.replace("ws://", ""),
            "--voice", "Puck", "--system", "Be brief.", "--api-key", "k",
        )  # fmt: skip
    assert live.peer.ended
    assert live.peer.headers["x-goog-api-key"] == "k"
    assert live.peer.setup["generationConfig"] == {
        "responseModalities": ["AUDIO"],
        "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Puck"}}},
    }
    assert live.peer.setup["systemInstruction"] == {"parts": [{"text": "Be brief."}]}


async def test_an_answer_in_writing_leaves_no_file(antiphon: Antiphon) -> None:
    async def writes(peer: Peer) -> None:
        await peer.say({"setupComplete": {"sessionId": "s"}})
        await peer.until_ended()
        parts = {"parts": [{"text": "It is "}, {"text": "near."}], "role": "model"}
        await peer.say(
            content(modelTurn=parts, inputTranscription={"text": "Where?"}, generationComplete=True, turnComplete=True)
        )

    async with fake_live(writes) as live:
        done = await antiphon("ask", "question.wav", "--no-pace", "--text", "--url", live.url)
    assert done.status == 0
    assert done.out.startswith("You: Where?\nAnswer: It is near.\nFirst words: ")
    assert "(not in real time)" in done.out
    assert files() == ["question.wav"]
    assert live.peer.setup["generationConfig"] == {"responseModalities": ["TEXT"]}
    assert "outputAudioTranscription" not in live.peer.setup


async def test_an_interrupted_reply_is_left_out(antiphon: Antiphon) -> None:
    async def interrupts(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_ended()
        await peer.say(content(inputTranscription={"text": "Where", "finished": True}), content(**sound(500, value=1)))
        await peer.say(content(outputTranscription={"text": "Where what?"}), content(interrupted=True))
        await peer.say(content(turnComplete=True))
        await answers(peer)

    async with fake_live(interrupts) as live:
        done = await antiphon("ask", "question.wav", "--no-pace", "--url", live.url)
    assert done.status == 0
    assert "You: Where Where is it?\nAnswer: It is near.\n" in done.out
    assert "took a pause for the end of the question once" in done.out
    samples, _ = soundfile.read("reply.wav", dtype="int16")
    assert set(samples) == {5, 6}


async def test_a_reply_at_another_rate_is_written_at_24_khz(antiphon: Antiphon) -> None:
    async def at_16_khz(peer: Peer) -> None:
        await peer.say(COMPLETE)
        await peer.until_ended()
        await peer.say(content(**sound(200, mime="audio/pcm;rate=16000")), content(turnComplete=True))

    async with fake_live(at_16_khz) as live:
        done = await antiphon("ask", "question.wav", "--no-pace", "--url", live.url)
    assert done.status == 0
    assert "You: (the server does not say)" in done.out
    assert soundfile.info("reply.wav").frames == pytest.approx(200 * 24 * 1.5, abs=2)


@pytest.mark.parametrize("make", [lambda data: data, lambda data: Path("question.wav").read_bytes()])
async def test_reads_standard_input(
    antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch, make: Callable[[bytes], bytes]
) -> None:
    data = (voice(0.4, 16_000) * 32_767).astype("<i2").tobytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(make(data))))
    async with fake_live(answers) as live:
        done = await antiphon("ask", "-", "--no-pace", "--url", live.url)
    assert done.status == 0
    assert len(live.peer.pcm) == len(data)


# Exit status 2: the user's side


@pytest.fixture
def bad_files() -> None:
    Path("empty.wav").touch()
    record(Path("silent.wav"), np.zeros(8_000))
    Path("notes.txt").write_text("Where is the station?")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.wav"], "no.wav does not exist"),
        (["."], "is a directory"),
        (["empty.wav"], "is empty"),
        (["silent.wav"], "is silent"),
        (["notes.txt"], "not a sound file"),
        (["question.wav", "--url", "ftp://x"], "use ws, wss, http or https"),
        (["question.wav", "--url", "ws://x", "--engines", "scripted"], "leave one out"),
        (["question.wav", "--out", "question.wav"], "is the question itself"),
        (["question.wav", "--out", "reply.pdf"], "must end in .wav"),
        (["question.wav", "--out", "no/reply.wav"], "cannot be written there"),
        (["question.wav", "--timeout", "0"], "--timeout"),
        (["question.wav", "--volume", "11"], "--volume"),
        ([], "FILE"),
    ],
)
@pytest.mark.usefixtures("bad_files")
async def test_bad_usage_and_bad_files(antiphon: Antiphon, arguments: list[str], said: str) -> None:
    done = await antiphon("ask", *arguments)
    assert done.status == 2
    assert said in done.err
    assert done.out == ""
    assert "Traceback" not in done.err


async def test_a_file_too_long_says_how_to_allow_it(antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_CLIENT__QUESTION_S_MAX", "0.2")
    done = await antiphon("ask", "question.wav")
    assert done.status == 2
    assert "ANTIPHON_CLIENT__QUESTION_S_MAX" in done.err


async def test_json_tells_of_a_bad_file_too(antiphon: Antiphon) -> None:
    done = await antiphon("ask", "no.wav", "--json")
    assert done.status == 2
    assert "does not exist" in json.loads(done.out)["error"]


async def test_a_place_that_takes_no_file(antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile, "write", full)
    async with fake_live(answers) as live:
        done = await antiphon("ask", "question.wav", "--no-pace", "--url", live.url)
    assert done.status == 2
    assert "No space left" in done.err


# Exit status 3: the server's refusal


@pytest.mark.parametrize("code", [1007, 1008, 1011])
@pytest.mark.parametrize("phase", ["setup", "question", "answer"])
async def test_a_close_shows_its_code_and_reason(antiphon: Antiphon, code: int, phase: str) -> None:
    async def closes(peer: Peer) -> None:
        if phase != "setup":
            await peer.say(COMPLETE)
            await peer.until_heard(0.1)
        if phase == "answer":
            await peer.say(content(inputTranscription={"text": "Where?"}), content(**sound(20)))
        await peer.socket.close(code, "setup.model: no\tsuch\x1b[31m model")

    async with fake_live(closes) as live:
        done = await antiphon("ask", "question.wav", "--url", live.url, "--json")
    assert done.status == 3
    assert done.err.startswith(f"antiphon: the server closed the connection with {code} (")
    assert "setup.model: no such" in done.err
    assert "\x1b" not in done.err
    assert done.err.count("\n") == 1
    result = json.loads(done.out)
    assert result["close_code"] == code
    assert result["close_reason"].startswith("setup.model")
    assert result["heard"] == ("Where?" if phase == "answer" else None)
    assert files() == ["question.wav"]


@pytest.mark.parametrize("status", [401, 403, 404, 503])
async def test_an_http_refusal_shows_its_status(antiphon: Antiphon, status: int) -> None:
    async with fake_live(answers, refuse=(status, "no\nkey")) as live:
        done = await antiphon("ask", "question.wav", "--url", f"{live.url}/?key=secret")
    assert done.status == 3
    assert f"HTTP {status}" in done.err
    assert "no key" in done.err
    assert "secret" not in done.err


async def test_nobody_listens(antiphon: Antiphon) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        done = await antiphon("ask", "question.wav", "--url", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.status == 3
    assert "Connection refused" in done.err
    assert "antiphon serve" in done.err


async def test_a_server_that_talks_nonsense(antiphon: Antiphon) -> None:
    async def talks(peer: Peer) -> None:
        await peer.socket.send(b"\x00\xff")

    async with fake_live(talks) as live:
        done = await antiphon("ask", "question.wav", "--url", live.url)
    assert done.status == 3
    assert "what the protocol does not allow" in done.err


# Exit status 4: no answer


async def never(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def no_words(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until_ended()
    await peer.say(content(turnComplete=True, turnCompleteReason="NEED_MORE_INPUT"))


async def no_sound(peer: Peer) -> None:
    await peer.say(COMPLETE)
    await peer.until_ended()
    await peer.say(content(outputTranscription={"text": "Hm."}, turnComplete=True))


@pytest.mark.parametrize(
    ("script", "said"),
    [(never, "no answer within 0.2 s"), (no_words, "NEED_MORE_INPUT"), (no_sound, "--text")],
)
async def test_no_answer(antiphon: Antiphon, monkeypatch: pytest.MonkeyPatch, script: Script, said: str) -> None:
    monkeypatch.setenv("ANTIPHON_CLIENT__SETTLE_S", "0.1")
    async with fake_live(script) as live:
        done = await antiphon("ask", "question.wav", "--no-pace", "--url", live.url, "--timeout", "0.2")
    assert done.status == 4
    assert said in done.err


# A server of our own


async def test_with_scripted_engines_and_no_url(antiphon: Antiphon) -> None:
    done = await antiphon("ask", "question.wav", "--engines", "scripted")
    assert done.status == 0, done.err
    assert "First sound: " in done.out
    assert soundfile.info("reply.wav").frames > 0
    assert "Loading the engines" in done.err
