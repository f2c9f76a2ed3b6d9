import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.client.events import (
    Event,
    Generated,
    GoingAway,
    Heard,
    HearingSoFar,
    Interrupted,
    Other,
    Said,
    Sound,
    Thought,
    ToolCalled,
    ToolCallsCancelled,
    TurnEnded,
    UserActivity,
    Wrote,
)
from antiphon.client.reading import Reading
from antiphon.client.speech import Speech
from antiphon.client.stopwatch import Stopwatch
from antiphon.errors import RemoteProtocolError
from antiphon.wire.codec import decode_server

AUDIO = '{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AQACAA=="}}'
SOUND = Sound(AudioChunk(b"\x01\x00\x02\x00", SPEAKING))


def read(*messages: str) -> list[Event]:
    reading = Reading(Stopwatch(Speech()))
    return [event for message in messages for event in reading.read(decode_server(message.encode()), 0.0)]


def content(members: str) -> str:
    return f'{{"serverContent":{{{members}}}}}'


@pytest.mark.parametrize(
    ("message", "events"),
    [
        (content('"inputTranscription":{"text":" Hello"}'), [Heard(" Hello")]),
        (content('"inputTranscription":{"finished":true}'), [Heard("", finished=True)]),
        (content('"inputTranscription":{}'), []),
        (content('"interimInputTranscription":{"text":"Hel"}'), [HearingSoFar("Hel")]),
        (content('"outputTranscription":{"text":"Hi"}'), [Said("Hi")]),
        (content('"outputTranscription":{}'), []),
        (content(f'"modelTurn":{{"parts":[{AUDIO}]}}'), [SOUND]),
        (content('"modelTurn":{"parts":[{"text":"Hi"}]}'), [Wrote("Hi")]),
        (content('"modelTurn":{"parts":[{"text":"Hm","thought":true}]}'), [Thought("Hm")]),
        (content('"generationComplete":true'), [Generated()]),
        (content('"interrupted":true'), [Interrupted()]),
        ('{"goAway":{"timeLeft":"9.5s"}}', [GoingAway(9.5)]),
        ('{"toolCallCancellation":{"ids":["a","b"]}}', [ToolCallsCancelled(("a", "b"))]),
        ('{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1.25s"}}', [UserActivity(True, 1.25)]),
        ('{"voiceActivityDetectionSignal":{"vadSignalType":"VAD_SIGNAL_TYPE_EOS"}}', [UserActivity(False)]),
        ('{"sessionResumptionUpdate":{}}', []),
        ('{"setupComplete":{}}', []),
        ('{"brandNew":{}}', []),
    ],
)
def test_each_message_is_its_event(message: str, events: list[Event]) -> None:
    assert read(message) == events


def test_all_members_of_a_bundle_count_and_its_end_comes_last() -> None:
    bundle = (
        '{"serverContent":{"turnComplete":true,"generationComplete":true,"outputTranscription":{"text":"Hi"},'
        f'"modelTurn":{{"parts":[{AUDIO}]}},"inputTranscription":{{"text":"Hello"}}}},'
        '"usageMetadata":{"totalTokenCount":7}}'
    )
    *events, ended = read(bundle)
    assert events == [Heard("Hello"), SOUND, Said("Hi"), Generated()]
    assert isinstance(ended, TurnEnded)
    assert ended.usage is not None
    assert ended.usage.total_token_count == 7


def test_what_cuts_a_reply_off_comes_before_what_follows() -> None:
    assert read(content('"modelTurn":{"parts":[{"text":"new"}]},"interrupted":true')) == [Interrupted(), Wrote("new")]


def test_calls_come_before_the_end_of_their_turn() -> None:
    call = '"toolCall":{"functionCalls":[{"id":"c1","name":"f","args":{"a":1}}]}'
    called, ended = read(f'{{{call},"serverContent":{{"turnComplete":true}}}}')
    assert isinstance(called, ToolCalled)
    assert (called.call.id, called.call.name, called.call.args) == ("c1", "f", {"a": 1})
    assert isinstance(ended, TurnEnded)


def test_calls_without_an_id_are_told_apart() -> None:
    calls = read('{"toolCall":{"functionCalls":[{"name":"f"},{"name":"f"}]}}')
    ids = {str(event.call.id) for event in calls if isinstance(event, ToolCalled)}
    assert len(ids) == 2


def test_a_turn_tells_how_it_ended() -> None:
    cut, ended = read(content('"interrupted":true'), content('"turnComplete":true'))
    assert cut == Interrupted()
    assert isinstance(ended, TurnEnded)
    assert (ended.interrupted, ended.in_progress, ended.reason) == (True, False, None)
    members = '"turnComplete":true,"interactionStatus":"IN_PROGRESS","turnCompleteReason":"RESPONSE_REJECTED"'
    (ended,) = read(content(members))
    assert isinstance(ended, TurnEnded)
    assert (ended.interrupted, ended.in_progress, ended.reason) == (False, True, "RESPONSE_REJECTED")


def test_sound_may_be_cut_within_a_sample_and_an_interruption_forgets_the_half() -> None:
    def piece(data: str) -> str:
        return content(f'"modelTurn":{{"parts":[{{"inlineData":{{"mimeType":"audio/pcm","data":"{data}"}}}}]}}')

    assert read(piece("AQAC"), piece("AA==")) == [
        Sound(AudioChunk(b"\x01\x00", SPEAKING)),
        Sound(AudioChunk(b"\x02\x00", SPEAKING)),
    ]
    assert read(piece("Ag=="), content('"interrupted":true'), piece("AQA="))[-1] == Sound(
        AudioChunk(b"\x01\x00", SPEAKING)
    )


def test_a_missing_rate_means_24_khz_and_what_is_no_pcm_is_refused() -> None:
    (sound,) = read(content('"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AQA="}}]}'))
    assert isinstance(sound, Sound)
    assert sound.audio.format.rate_hz == 24_000
    with pytest.raises(RemoteProtocolError, match="audio/mp3"):
        read(content('"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/mp3","data":"AQA="}}]}'))


@pytest.mark.parametrize(
    "message",
    [
        content('"groundingMetadata":{"webSearchQueries":["x"]}'),
        content('"urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"u"}]}'),
        content('"waitingForInput":true'),
        content('"modelTurn":{"parts":[{"executableCode":{"code":"1+1"}}]}'),
        content('"modelTurn":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AQA="}}]}'),
        '{"usageMetadata":{"totalTokenCount":7}}',
    ],
)
def test_what_has_no_event_of_its_own_is_given_as_it_came(message: str) -> None:
    (event,) = read(message)
    assert isinstance(event, Other)
