from antiphon.audio.pcm import AudioChunk
from antiphon.runtime.trace import Trace, TurnTimes
from antiphon.session.effects import Send, Transcribe, Weigh, Withdraw
from antiphon.session.events import ReplyAudio, ReplyStarted, ReplyText, TurnId, UtteranceId
from antiphon.wire.server import ServerMessage


def played(turn: int, trace: Trace) -> None:
    id = TurnId(turn)
    trace.effect(Transcribe(UtteranceId(1), 0, 1), 10.0)
    trace.effect(Weigh(TurnId(1), ()), 10.2)
    trace.event(ReplyStarted(id), 10.5)
    trace.event(ReplyText(id, "a", 0), 10.6)
    trace.event(ReplyText(id, "b", 0), 10.7)
    trace.effect(Send(ServerMessage(), id), 10.8)
    trace.event(ReplyAudio(id, AudioChunk(b"")), 11.0)
    trace.effect(Send(ServerMessage(), id), 11.0)
    trace.event(ReplyAudio(id, AudioChunk(b"")), 12.0)
    trace.effect(Send(ServerMessage(), id), 12.0)


def test_each_stage_of_a_turn_is_reported_once():
    reports: list[TurnTimes] = []
    played(1, Trace(reports.append))
    (times,) = reports
    stages = (times.recognising_s, times.first_token_s, times.first_clause_s, times.first_audio_s, times.total_s)
    assert [round(stage, 3) for stage in stages] == [0.2, 0.3, 0.1, 0.4, 1.0]
    assert "1000 ms" in str(times)
    assert not times.drafted


def test_events_of_another_turn_are_not_mistaken_for_it():
    reports: list[TurnTimes] = []
    played(7, Trace(reports.append))
    assert reports == []


def test_what_was_drafted_took_no_time():
    reports: list[TurnTimes] = []
    trace, turn = Trace(reports.append), TurnId(2)
    trace.effect(Withdraw(UtteranceId(1)), 9.0)
    trace.effect(Weigh(turn, ()), 10.0)
    trace.event(ReplyStarted(turn), 10.1)
    trace.event(ReplyText(turn, "a", 0), 10.4)
    trace.event(ReplyAudio(turn, AudioChunk(b"")), 10.5)
    trace.effect(Transcribe(UtteranceId(2), 0, 1), 10.3)
    trace.effect(Send(ServerMessage(), turn), 10.5)
    (times,) = reports
    stages = (times.recognising_s, times.first_token_s, times.first_clause_s, times.first_audio_s, times.total_s)
    assert [round(stage, 3) for stage in stages] == [0.0, 0.0, 0.1, 0.1, 0.2]
    assert (times.drafted, times.drafts_wasted) == (True, 1)
    assert "drafted, 1 drafts wasted" in str(times)
