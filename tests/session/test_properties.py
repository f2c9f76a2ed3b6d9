"""The rules that hold for any order of events (design: a to f), found by hypothesis against a whole session."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.audio.pcm import HEARING, SPEAKING, AudioChunk
from antiphon.errors import RemoteProtocolError
from antiphon.session.effects import CancelReply, Close, Draft, Effect, JudgeEnd, Send, StartReply, Transcribe
from antiphon.session.events import (
    EndJudged,
    Event,
    Garbled,
    Glimpsed,
    HearingDrained,
    Kept,
    Leave,
    ReplyAudio,
    ReplyCalls,
    ReplyEnded,
    ReplyFailed,
    ReplyStarted,
    ReplyText,
    ReplyThought,
    Superseded,
    Timer,
    TimerFired,
    Transcribed,
    TranscriptionFailed,
    TurnId,
    UtteranceId,
    Weighed,
    WindowHeard,
)
from antiphon.session.floor import Floor
from antiphon.session.session import Session
from antiphon.session.turn import Phase
from antiphon.wire.content import FunctionCall
from antiphon.wire.dialect import Dialect
from tests.session.script import LOUD, QUIET, SPOKEN, Script, pcm

TOOLS = [{"functionDeclarations": [{"name": "block"}, {"name": "background", "behavior": "NON_BLOCKING"}]}]
SETUPS = (
    SPOKEN,
    SPOKEN | {"realtimeInputConfig": {"activityHandling": "NO_INTERRUPTION"}},
    SPOKEN | {"realtimeInputConfig": {"automaticActivityDetection": {"disabled": True}}},
    SPOKEN | {"realtimeInputConfig": {"automaticActivityDetection": {"silenceDurationMs": 100, "prefixPaddingMs": 0}}},
    SPOKEN | {"generationConfig": {"responseModalities": ["TEXT"]}},
    {"model": "m", "historyConfig": {"initialHistoryInClientContent": True}},
    SPOKEN | {"tools": TOOLS, "sessionResumption": {"transparent": True}, "explicitVadSignal": True},
    SPOKEN | {"model": "gemini-2.5-flash-live", "tools": TOOLS, "contextWindowCompression": {"triggerTokens": 8}},
)

SPEECH_ACTIONS = ("speak", "silence", "burst", "stream end", "activity start", "activity end", "wait", "wait long")
TYPED_ACTIONS = ("text", "content", "more content", "picture", "context update")
TOOL_ACTIONS = ("answer", "answer silently", "answer at once", "answer partly")
HEARING_ACTIONS = ("judge", "recognise", "recognise nothing", "fail recognition", "recognise draft")
REPLY_ACTIONS = ("say", "think", "sound", "end reply", "call", "call in background", "fail reply", "stale")
ENGINE_ACTIONS = HEARING_ACTIONS + REPLY_ACTIONS
ACTIONS = SPEECH_ACTIONS + TYPED_ACTIONS + TOOL_ACTIONS + ENGINE_ACTIONS
AUDIO = ((QUIET, 300), (LOUD, 900), (QUIET, 1500), (LOUD, 500), (QUIET, 900))


class Stage:
    """Applies named actions to a script, whether they fit the moment or not."""

    def __init__(self, setup: dict[str, object]) -> None:
        self.script = Script(setup)
        self.recognised = 0

    def act(self, action: str) -> None:
        if action in ENGINE_ACTIONS:
            self.engines(action)
        elif action in TOOL_ACTIONS:
            self.answer(action)
        else:
            self.client(action)

    def client(self, action: str) -> None:  # noqa: C901, PLR0912 - a table
        script = self.script
        match action:
            case "speak":
                script.speak(200)
            case "silence":
                script.silence(400)
            case "burst":
                script.send_pcm(pcm(LOUD, 700) + pcm(QUIET, 1500))
                script.hear()
            case "stream end" if self.automatic:
                script.client(realtimeInput={"audioStreamEnd": True})
                script.hear()
            case "text":
                script.client(realtimeInput={"text": "typed"})
            case "content":
                script.client(clientContent={"turns": [{"parts": [{"text": "x"}]}], "turnComplete": True})
            case "more content":
                script.client(clientContent={"turns": [{"role": "model", "parts": [{"text": "y"}]}]})
            case "activity start" if not self.automatic:
                script.client(realtimeInput={"activityStart": {}})
            case "activity end" if not self.automatic:
                script.client(realtimeInput={"activityEnd": {}})
            case "picture":
                script.client(realtimeInput={"video": {"mimeType": "image/png", "data": "AAAA"}})
            case "context update":
                script.client(contextUpdate={"systemInstruction": {"parts": [{"text": "be brief"}]}})
            case "wait":
                script.wait(0.7)
            case "wait long":
                script.wait(70)

    def engines(self, action: str) -> None:  # noqa: C901 - a table
        script = self.script
        judged, asked = script.count(JudgeEnd), script.count(StartReply)
        turn = script.last(StartReply).turn if asked else TurnId(9)
        match action:
            case "judge" if judged:
                script.judge(1.0)
            case "recognise draft" if script.count(Draft):
                script.recognise_draft("words")
            case "recognise" | "recognise nothing" | "fail recognition" if script.count(Transcribe) > self.recognised:
                self.recognised += 1
                text = "words" if action == "recognise" else ""
                failed = action == "fail recognition"
                utterance = UtteranceId(self.recognised)
                script.event(TranscriptionFailed(utterance) if failed else Transcribed(utterance, text))
            case "say":
                script.event(ReplyStarted(turn))
                script.event(ReplyText(turn, "some words", 2))
            case "sound":
                script.event(ReplyAudio(turn, AudioChunk(b"\1\0" * SPEAKING.rate_hz, SPEAKING)))
            case "think":
                script.event(ReplyThought(turn, "hm", 1))
            case "call" | "call in background":
                name = "block" if action == "call" else "background"
                script.event(ReplyCalls(turn, (FunctionCall(name=name), FunctionCall(name="background"))))
            case "end reply":
                script.event(ReplyEnded(turn))
            case "fail reply":
                script.event(ReplyFailed(turn))
            case "stale":
                script.event(ReplyAudio(TurnId(turn - 1), AudioChunk(b"\1\0" * 100, SPEAKING)))
                script.event(Transcribed(UtteranceId(999), "nobody's"))

    def answer(self, action: str) -> None:
        """Answer the oldest call that is neither answered nor cancelled."""
        script = self.script
        waiting = list(floor_of(script)._calls._pending) if script.closed is None else []
        if not waiting:
            return
        scheduling = {"answer silently": "SILENT", "answer at once": "INTERRUPT"}.get(action, "WHEN_IDLE")
        script.respond(waiting[0], scheduling=scheduling, willContinue=action == "answer partly")

    @property
    def automatic(self) -> bool:
        return self.script.session._conversation._activity.automatic


def floor_of(script: Script) -> Floor:
    return script.session._conversation._floor


plays = st.tuples(st.sampled_from(SETUPS), st.lists(st.sampled_from(ACTIONS), max_size=60))


def play(setup: dict[str, object], actions: list[str]) -> Script:
    stage = Stage(setup)
    for action in actions:
        stage.act(action)
    return stage.script


class Turns:
    """Reads the effects of a play one by one: which turn is open, and how each ended."""

    def __init__(self, failed: set[TurnId]) -> None:
        self.failed = failed
        self.open: TurnId | None = None
        self.ends: dict[TurnId, list[str]] = {}
        self.heard_of: set[TurnId] = set()
        self.calling = False

    def read(self, effect: Effect) -> None:
        match effect:
            case StartReply(turn=turn) if self.open is not None and self.calling:
                self.calling = False
                self.ends[turn] = self.ends.pop(self.open)
                self.open = turn
            case StartReply(turn=turn):
                assert self.open is None or self.taken_back(self.open), "(c) never two open replies"
                self.open = turn
                self.ends[turn] = []
            case Send(message=message, turn=turn):
                self.calling = self.calling or message.tool_call is not None
                self.read_sent(message.server_content, turn)
            case CancelReply(turn=turn):
                assert turn == self.open
                self.ends[turn].append("cancelled")

    def taken_back(self, turn: TurnId) -> bool:
        """Cancelled or broken before the client had heard of it, so that nobody need be told."""
        over = self.ends[turn] == ["cancelled"] or turn in self.failed
        return over and turn not in self.heard_of

    def read_sent(self, content: object, turn: TurnId | None) -> None:
        if turn is not None:
            assert turn == self.open, "(a) nothing of a turn is sent after its end"
            assert self.ends[turn] == []
            self.heard_of.add(turn)
        if content is not None and content.interrupted:
            assert self.open is not None
            assert self.ends[self.open] == ["cancelled"], "(b) interrupted only what was running"
        if content is not None and content.turn_complete and content.turn_complete_reason != "NEED_MORE_INPUT":
            assert self.open is not None, "(b) a turn ends once"
            self.ends[self.open].append("complete")
            self.open = None
            self.calling = False


@pytest.mark.requirement("turns.end_once", "interruption.never_idle")
@given(plays)
@settings(max_examples=400, deadline=None)
def test_a_b_c_turns_end_once_and_silently(drawn):
    script = play(*drawn)
    turns = Turns(script.failed)
    for effect in script.effects:
        turns.read(effect)
    for ends in turns.ends.values():
        assert ends in ([], ["cancelled"], ["complete"], ["cancelled", "complete"])


@pytest.mark.requirement("turns.no_stall")
@given(plays)
@settings(max_examples=200, deadline=None)
def test_b_no_question_is_left_hanging(drawn):
    """Once the client has ended what it began and time has passed, nothing is open any more."""
    script = play(drawn[0], [*drawn[1], "activity end"])
    for _ in range(8):
        script.wait(400)
    if script.closed is None:
        floor = floor_of(script)
        assert floor._turn is None or floor._turn.phase is Phase.CALLING, "only the client's functions may keep a turn"
        assert not floor.asking.question.asked


events = st.one_of(
    st.builds(WindowHeard, st.integers(0, 10**6), st.floats(0, 1)),
    st.builds(HearingDrained, st.integers(0, 10**6)),
    st.builds(EndJudged, st.integers(0, 10**6), st.floats(0, 1)),
    st.builds(Transcribed, st.integers(0, 3).map(UtteranceId), st.text(max_size=5)),
    st.builds(TranscriptionFailed, st.integers(0, 3).map(UtteranceId)),
    st.builds(ReplyStarted, st.integers(0, 3).map(TurnId)),
    st.builds(ReplyCalls, st.integers(0, 3).map(TurnId), st.just((FunctionCall(name="block"),))),
    st.builds(Weighed, st.integers(0, 3).map(TurnId), st.just(()), st.just(None)),
    st.builds(Glimpsed, st.integers(0, 10**6), st.text(max_size=5)),
    st.builds(Kept, st.none() | st.text(max_size=5)),
    st.builds(Leave, st.floats(0, 100)),
    st.just(Superseded()),
    st.builds(ReplyText, st.integers(0, 3).map(TurnId), st.text(max_size=9), st.integers(0, 9)),
    st.builds(ReplyAudio, st.integers(0, 3).map(TurnId), st.just(AudioChunk(b"\1\0" * 480, SPEAKING))),
    st.builds(ReplyEnded, st.integers(0, 3).map(TurnId)),
    st.builds(ReplyFailed, st.integers(0, 3).map(TurnId)),
    st.builds(TimerFired, st.sampled_from(Timer)),
    st.sampled_from(ACTIONS),
)


@given(st.sampled_from(SETUPS), st.lists(events, max_size=60))
@settings(max_examples=300, deadline=None)
def test_d_receive_never_raises(setup, drawn: list[Event | str]):
    stage = Stage(setup)
    for event in drawn:
        if isinstance(event, str):
            stage.act(event)
        else:
            stage.script.event(event)


@given(plays)
@settings(max_examples=100, deadline=None)
def test_e_memory_stays_within_the_caps(drawn):
    setup, actions = drawn
    script = play(setup, actions * 3)
    limits = script.settings.limits
    kept_s = (script.recording.end - script.recording.start) / HEARING.rate_hz
    assert kept_s <= limits.utterance_s_max + limits.heard_backlog_s_max
    if script.closed is None:
        assert floor_of(script)._history.size <= limits.history_bytes_max


def test_e_a_long_silence_is_forgotten():
    script = Script()
    script.silence(10_000)
    assert script.recording.end - script.recording.start <= 2 * HEARING.rate_hz


@pytest.mark.requirement("content.size", "compression.session_length")
def test_e_a_conversation_that_outgrows_its_limit_is_closed():
    script = Script(limits={"history_bytes_max": 3_000})
    script.client(realtimeInput={"text": "x" * 600})
    script.says(seconds=0.0)
    script.ends()
    script.client(realtimeInput={"text": "x" * 600})
    script.says(seconds=0.1)
    assert script.closed is not None
    assert "3000 bytes" in script.closed.reason


@pytest.mark.requirement("activity.stream_time", "media.chunks")
@given(st.integers(0, 2**32), st.sampled_from((SPOKEN, SETUPS[3])))
@settings(max_examples=60, deadline=None)
def test_f_how_audio_is_cut_into_messages_changes_nothing(seed, setup):
    audio = b"".join(
        pcm(kind, ms) for kind, ms in ((QUIET, 300), (LOUD, 900), (QUIET, 1500), (LOUD, 500), (QUIET, 900))
    )
    chance = random.Random(seed)
    pieces, rest = [], audio
    while rest:
        size = chance.choice((1, 7, 640, 1024, 3_200, 50_000))
        pieces.append(rest[:size])
        rest = rest[size:]
    assert decisions([audio], setup) == decisions(pieces, setup)


def decisions(pieces: list[bytes], setup: dict[str, object]) -> list[Effect]:
    script = Script(setup)
    for piece in pieces:
        script.send_pcm(piece)
        script.hear()
    return [effect for effect in script.effects if isinstance(effect, JudgeEnd | Transcribe | StartReply | Close)]


def test_a_garbled_message_closes_with_its_own_words():
    session = Session("id", Dialect.DEVELOPER, Script().settings)
    session.begin(0.0)
    closed = session.receive(Garbled(RemoteProtocolError("at x: broken")), 1.0)
    assert [effect.reason for effect in closed] == ["at x: broken"]
