import asyncio
from dataclasses import replace

import pytest

from antiphon.audio.pcm import SPEAKING, AudioChunk
from antiphon.config import load_settings
from antiphon.engines.contracts import TextDelta, ThoughtDelta
from antiphon.errors import EngineFailed, MalformedCall
from antiphon.runtime.channel import Channel
from antiphon.runtime.gate import Gate
from antiphon.runtime.speaking import Speaking, sampling_of, voice_name_of
from antiphon.session.effects import Brief, Prepare, StartReply, Weigh
from antiphon.session.events import (
    Event,
    ReplyAudio,
    ReplyCalls,
    ReplyEnded,
    ReplyFailed,
    ReplyFault,
    ReplyStarted,
    ReplyText,
    ReplyThought,
    TurnId,
    Weighed,
)
from antiphon.wire.content import Content, FunctionCall, Part
from antiphon.wire.setup import GenerationConfig, Modality
from antiphon.wire.speech import PrebuiltVoiceConfig, SpeechConfig, VoiceConfig
from tests.runtime.stage import engines, running, soon, until

TURN = TurnId(4)


def asking(text: str, modality: Modality = Modality.AUDIO) -> StartReply:
    content = Content(role="user", parts=(Part(text=text),))
    brief = Brief(
        system="be kind",
        contents=(content,),
        tools=(),
        generation=GenerationConfig(),
        modality=modality,
    )
    return StartReply(TURN, brief)


async def reply(effect: StartReply, room: Gate | None = None, **limits: object) -> list[Event]:
    inbox = Channel[Event](8)
    settings = load_settings(limits=limits)
    speaking = Speaking(await engines(), inbox, room or Gate(1, 0), settings.limits)
    async with running() as group:
        group.create_task(speaking.reply(effect))
        events = await until(inbox, ReplyEnded | ReplyFailed)
    speaking.close()
    return events


@pytest.mark.requirement("transcription.deltas", "transcription.output_first")
async def test_a_spoken_reply_gives_words_before_their_sound():
    events = await reply(asking("hello, world. again"))
    assert events[0] == ReplyStarted(TURN)
    kinds = [type(event) for event in events[1:]]
    assert kinds[:2] == [ReplyText, ReplyAudio]
    assert kinds[-1] is ReplyEnded
    said = "".join(event.text for event in events if isinstance(event, ReplyText))
    assert said == "You said: hello, world. again."
    assert all(event.turn == TURN for event in events)


@pytest.mark.requirement("generation.text")
async def test_a_written_reply_has_no_sound_and_counts_its_tokens():
    events = await reply(asking("one two", Modality.TEXT))
    texts = [event for event in events if isinstance(event, ReplyText)]
    assert "".join(event.text for event in texts) == "You said: one two."
    assert sum(event.tokens for event in texts) == 4
    assert not any(isinstance(event, ReplyAudio) for event in events)


async def test_a_model_that_says_nothing_still_ends():
    assert await reply(asking("silence")) == [ReplyEnded(TURN)]


async def test_a_model_that_breaks_fails_the_turn():
    events = await reply(asking("fail"))
    assert events[-1] == ReplyFailed(TURN)


@pytest.mark.requirement("generation.longest")
async def test_an_endless_reply_is_ended_at_its_limit():
    events = await reply(asking("count to 1000"), reply_s_max=5.0)
    seconds = sum(event.audio.seconds for event in events if isinstance(event, ReplyAudio))
    assert 5.0 < seconds < 20.0
    assert events[-1] == ReplyEnded(TURN)


async def test_a_full_outbox_pauses_it():
    room = Gate(high=1, low=0)
    room.level(2)
    inbox = Channel[Event](8)
    speaking = Speaking(await engines(), inbox, room, load_settings().limits)
    async with running() as group:
        group.create_task(speaking.reply(asking("hello")))
        assert isinstance(await soon(inbox.get()), ReplyStarted)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await inbox.get()
        room.level(0)
        assert isinstance(await soon(inbox.get()), ReplyText)


@pytest.mark.requirement("voices.names")
def test_what_the_client_asks_of_model_and_voice():
    generation = GenerationConfig(
        temperature=0.5,
        top_k=3.0,
        speech_config=SpeechConfig(
            voice_config=VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name="Puck"))
        ),
    )
    assert (sampling_of(generation).temperature, sampling_of(generation).top_k) == (0.5, 3)
    assert voice_name_of(generation) == "Puck"
    assert voice_name_of(GenerationConfig()) is None
    by_id = GenerationConfig(speech_config=SpeechConfig(voice_config=VoiceConfig(voice="aoede")))
    assert voice_name_of(by_id) == "aoede"


class SlowToLetGo:
    """A model whose stream takes a moment to be closed, as a network's does, and minds a second question before."""

    def __init__(self):
        self.answering = False

    def open(self):
        return self

    def close(self):
        pass

    async def count_tokens(self, text):
        return 1

    async def prepare(self, prompt):
        self.prepared = asyncio.Event()
        try:
            await asyncio.Event().wait()
        finally:
            self.prepared.set()

    async def generate(self, prompt, sampling):
        if self.answering:
            raise EngineFailed("the answer before this one is still being given")
        self.answering = True
        try:
            yield TextDelta("hello ")
            await asyncio.Event().wait()
        finally:
            for _ in range(3):
                await asyncio.sleep(0)
            self.answering = False


async def test_a_reply_does_not_wait_for_what_is_read_beforehand():
    inbox, llm = Channel[Event](8), SlowToLetGo()
    speaking = Speaking(replace(await engines(), llm=llm), inbox, Gate(1, 0), load_settings().limits)
    async with running() as group:
        group.create_task(speaking.prepare(Prepare(asking("one", Modality.TEXT).brief)))
        await asyncio.sleep(0)
        first = group.create_task(speaking.reply(asking("one", Modality.TEXT)))
        await until(inbox, ReplyText)
        assert llm.prepared.is_set()
        await speaking.prepare(Prepare(asking("two", Modality.TEXT).brief))
        first.cancel()


async def test_the_next_reply_waits_until_the_last_has_let_go():
    inbox = Channel[Event](8)
    speaking = Speaking(replace(await engines(), llm=SlowToLetGo()), inbox, Gate(1, 0), load_settings().limits)
    async with running() as group:
        first = group.create_task(speaking.reply(asking("one", Modality.TEXT)))
        await until(inbox, ReplyText)
        first.cancel()
        group.create_task(speaking.reply(asking("two", Modality.TEXT)))
        assert isinstance((await until(inbox, ReplyText | ReplyFailed))[-1], ReplyText)


class Longwinded:
    """A voice that gives all its sound at once."""

    def __init__(self, voices=("one",), descriptor=None):
        self.voices = voices
        self.descriptor = descriptor

    def open(self, voice):
        return self

    def close(self):
        pass

    async def synthesise(self, text):
        yield AudioChunk(bytes(SPEAKING.bytes_for(60.0)), SPEAKING)


@pytest.mark.requirement("wire.size_out", "generation.pieces")
async def test_no_message_grows_beyond_what_clients_take():
    inbox = Channel[Event](8)
    limits = load_settings(limits={"reply_lead_s_max": 1_000}).limits
    speaking = Speaking(replace(await engines(), tts=Longwinded()), inbox, Gate(1, 0), limits)
    async with running() as group:
        group.create_task(speaking.reply(asking("hello")))
        events = await until(inbox, ReplyEnded)
    sounds = [event.audio for event in events if isinstance(event, ReplyAudio)]
    assert max(sound.seconds for sound in sounds) <= 0.24
    assert sum(sound.seconds for sound in sounds) == pytest.approx(60.0)


class Scribe:
    """A model that gives what it was told to, whatever is asked."""

    context_tokens = 77

    def __init__(self, *outputs):
        self.outputs = outputs
        self.prompts = []

    def open(self):
        return self

    def close(self):
        pass

    async def count_tokens(self, text):
        if text == "uncountable":
            raise EngineFailed("no tokenizer")
        return len(text)

    async def generate(self, prompt, sampling):
        self.prompts.append(prompt)
        for output in self.outputs:
            if isinstance(output, Exception):
                raise output
            yield output


async def told(scribe: Scribe, modality: Modality = Modality.TEXT) -> list[Event]:
    inbox = Channel[Event](8)
    speaking = Speaking(replace(await engines(), llm=scribe), inbox, Gate(1, 0), load_settings().limits)
    async with running() as group:
        group.create_task(speaking.reply(asking("hello", modality)))
        return await until(inbox, ReplyEnded | ReplyCalls | ReplyFailed)


@pytest.mark.requirement("tools.call", "tools.speech_before")
async def test_calls_end_a_reply_after_what_was_said():
    calls = (FunctionCall(name="a"), FunctionCall(name="b"))
    events = await told(Scribe(calls[0], TextDelta("one moment"), calls[1]))
    assert events == [ReplyStarted(TURN), ReplyText(TURN, "one moment", 10), ReplyCalls(TURN, calls)]
    spoken = await told(Scribe(TextDelta("one moment"), *calls), Modality.AUDIO)
    assert [type(event) for event in spoken if not isinstance(event, ReplyAudio)] == [
        ReplyStarted,
        ReplyText,
        ReplyCalls,
    ]


@pytest.mark.requirement("generation.thought")
async def test_thoughts_are_neither_spoken_nor_written():
    events = await told(Scribe(ThoughtDelta("hmm"), TextDelta("yes")), Modality.AUDIO)
    assert events[1] == ReplyThought(TURN, "hmm", 3)
    assert [event.text for event in events if isinstance(event, ReplyText)] == ["yes"]


@pytest.mark.requirement("turns.malformed_call")
async def test_a_malformed_call_is_told_apart():
    assert (await told(Scribe(MalformedCall("no JSON"))))[-1] == ReplyFailed(TURN, ReplyFault.MALFORMED_CALL)
    assert (await told(Scribe(EngineFailed("broken"))))[-1] == ReplyFailed(TURN)


@pytest.mark.requirement("compression.exact")
async def test_texts_are_weighed_by_the_model():
    inbox = Channel[Event](8)
    speaking = Speaking(replace(await engines(), llm=Scribe()), inbox, Gate(1, 0), load_settings().limits)
    await speaking.weigh(Weigh(TURN, ("one", "three")))
    assert await soon(inbox.get()) == Weighed(TURN, (3, 5), 77)
    await speaking.weigh(Weigh(TURN, ("one", "uncountable")))
    assert await soon(inbox.get()) == ReplyFailed(TURN)


@pytest.mark.requirement("voices.substitutes")
@pytest.mark.parametrize(
    ("voice", "language", "lines"),
    [
        (None, None, []),
        ("scripted", "en-US", []),
        ("Kore", None, ["voice 'Kore' is not installed: one speaks"]),
        (None, "de-DE", ["sparse cannot speak 'de-DE'"]),
    ],
)
async def test_a_substitution_is_logged(caplog, voice, language, lines):
    voices = ("scripted",) if voice == "scripted" else ("one",)
    descriptor = replace((await engines()).tts.descriptor, name="sparse", languages=("en",))
    tts = Longwinded(voices, descriptor)
    speaking = Speaking(replace(await engines(), tts=tts), Channel[Event](8), Gate(1, 0), load_settings().limits)
    config = VoiceConfig(prebuilt_voice_config=PrebuiltVoiceConfig(voice_name=voice))
    generation = GenerationConfig(speech_config=SpeechConfig(voice_config=config, language_code=language))
    with caplog.at_level("WARNING", "antiphon"):
        speaking._voice(generation)
        speaking._voice(generation)
    assert caplog.messages == lines
