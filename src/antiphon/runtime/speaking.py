"""A brief in, a reply out: language model, pieces, voice."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from antiphon.audio.pcm import AudioChunk
from antiphon.config import Limits
from antiphon.engines.contracts import Prompt, Sampling, TextDelta, ThoughtDelta, TtsStream
from antiphon.engines.registry import EngineSet
from antiphon.engines.voices import speaks, substitute
from antiphon.errors import ContextFull, EngineError, MalformedCall
from antiphon.runtime.channel import Channel
from antiphon.runtime.gate import Gate
from antiphon.runtime.lead import Lead
from antiphon.runtime.pauses import Pauses
from antiphon.runtime.sentences import Sentences, speakable
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
from antiphon.wire.content import FunctionCall
from antiphon.wire.setup import GenerationConfig, Modality

log = logging.getLogger(__name__)

MESSAGE_S_MAX = 0.24
"""Sound in one message: the vendor's 240 ms, and far below the 1 MiB that Python clients take (protocol.md 1.3)."""

Texts = AsyncGenerator[str, None]


class Speaking:
    """One session's brain and voice. A reply is one task; cancelling the task stops the engines."""

    def __init__(self, engines: EngineSet, inbox: Channel[Event], room: Gate, limits: Limits) -> None:
        self._engines = engines
        self._inbox = inbox
        self._room = room
        self._limits = limits
        self._llm = engines.llm.open()
        self._tts: TtsStream | None = None
        self._floor = asyncio.Lock()
        self._preparing: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Give back the engines' streams."""
        self._llm.close()
        if self._tts:
            self._tts.close()

    async def weigh(self, effect: Weigh) -> None:
        """Count the tokens of texts; Weighed follows, or ReplyFailed."""
        llm = self._engines.llm
        weighed: Event
        try:
            tokens = [await llm.count_tokens(text) for text in effect.texts]
            weighed = Weighed(effect.turn, tuple(tokens), llm.context_tokens)
        except EngineError as error:
            log.error("turn %d not weighed: %s", effect.turn, error)
            weighed = ReplyFailed(effect.turn)
        await self._inbox.put(weighed)

    async def prepare(self, effect: Prepare) -> None:
        """Have the model read what will be asked, unless it is at something; a reply does not wait for it."""
        if self._floor.locked():
            return
        async with self._floor:
            self._preparing = asyncio.current_task()
            try:
                await self._llm.prepare(_prompt(effect.brief))
            except EngineError as error:
                log.info("not prepared: %s", error)
            finally:
                self._preparing = None

    async def reply(self, effect: StartReply) -> None:
        """Perform a reply; its events end with ReplyEnded, ReplyCalls or ReplyFailed unless it is cancelled.

        Waits until a cancelled reply before it has let go of the engines.
        """
        calls: list[FunctionCall] = []
        if self._preparing:
            self._preparing.cancel()
        try:
            async with self._floor:
                await self._perform(effect.turn, effect.brief, calls)
        except EngineError as error:
            log.error("turn %d failed: %s", effect.turn, error)
            await self._inbox.put(ReplyFailed(effect.turn, _fault(error)))
            return
        await self._inbox.put(ReplyCalls(effect.turn, tuple(calls)) if calls else ReplyEnded(effect.turn))

    async def _perform(self, turn: TurnId, brief: Brief, calls: list[FunctionCall]) -> None:
        async with aclosing(self._texts(turn, brief, calls)) as texts:
            if brief.modality is Modality.TEXT:
                await self._write(turn, texts)
            else:
                await self._speak(turn, texts, self._voice(brief.generation))

    async def _texts(self, turn: TurnId, brief: Brief, calls: list[FunctionCall]) -> Texts:
        """The words of the model as they come, the turn's start announced before the first; calls are collected."""
        started = False
        async with aclosing(self._llm.generate(_prompt(brief), sampling_of(brief.generation))) as outputs:
            async for output in outputs:
                if not started:
                    started = True
                    await self._inbox.put(ReplyStarted(turn))
                match output:
                    case TextDelta(text):
                        yield text
                    case ThoughtDelta(text):
                        await self._emit(ReplyThought(turn, text, await self._engines.llm.count_tokens(text)))
                    case FunctionCall():
                        calls.append(output)

    async def _write(self, turn: TurnId, texts: Texts) -> None:
        async for text in texts:
            await self._emit(ReplyText(turn, text, await self._engines.llm.count_tokens(text)))

    async def _speak(self, turn: TurnId, texts: Texts, voice: TtsStream) -> None:
        lead = Lead(self._limits.reply_lead_s_max)
        sentences = Sentences(lead.runs_dry)
        async for text in texts:
            for piece in sentences.feed(text):
                await self._say(turn, piece, voice, lead)
            if lead.spoken_s > self._limits.reply_s_max:
                return
        await self._say(turn, sentences.finish(), voice, lead)

    async def _say(self, turn: TurnId, piece: str, voice: TtsStream, lead: Lead) -> None:
        words = speakable(piece)
        if not words:
            return
        await self._emit(ReplyText(turn, f" {words}" if lead.spoken_s else words, 0))
        pauses = Pauses(words)
        async with aclosing(voice.synthesise(words)) as chunks:
            async for chunk in chunks:
                await self._sound(turn, pauses.feed(chunk), lead)
        await self._sound(turn, pauses.finish(), lead)

    async def _sound(self, turn: TurnId, audio: AudioChunk, lead: Lead) -> None:
        for sound in audio.pieces(MESSAGE_S_MAX):
            await lead.step(sound.seconds)
            await self._emit(ReplyAudio(turn, sound))

    async def _emit(self, event: ReplyText | ReplyThought | ReplyAudio) -> None:
        """Report to the conductor, no faster than the socket takes it."""
        await self._room.passed()
        await self._inbox.put(event)

    def _voice(self, generation: GenerationConfig) -> TtsStream:
        if self._tts is None:
            self._tts = self._engines.tts.open(self._chosen_voice(generation))
        return self._tts

    def _chosen_voice(self, generation: GenerationConfig) -> str:
        """The installed voice nearest to the one asked for; a substitution is logged."""
        tts = self._engines.tts
        asked, language = voice_name_of(generation), language_of(generation)
        voice = substitute(asked, tts.voices, language)
        if asked and asked.lower() != voice.lower():
            log.warning("voice %r is not installed: %s speaks", asked[:40], voice)
        if language and not speaks(language, tts.descriptor.languages):
            log.warning("%s cannot speak %r", tts.descriptor.name, language[:40])
        return voice


def _prompt(brief: Brief) -> Prompt:
    return Prompt(brief.system, brief.contents, brief.tools)


def _fault(error: EngineError) -> ReplyFault:
    match error:
        case MalformedCall():
            return ReplyFault.MALFORMED_CALL
        case ContextFull():
            return ReplyFault.CONTEXT_FULL
        case _:
            return ReplyFault.ENGINE


def sampling_of(generation: GenerationConfig) -> Sampling:
    """The generation parameters a model understands (protocol.md 2.2)."""
    return Sampling(
        temperature=generation.temperature,
        top_p=generation.top_p,
        top_k=None if generation.top_k is None else int(generation.top_k),
        max_output_tokens=generation.max_output_tokens,
        seed=generation.seed,
        presence_penalty=generation.presence_penalty,
        frequency_penalty=generation.frequency_penalty,
    )


def voice_name_of(generation: GenerationConfig) -> str | None:
    """The voice the client names, if any."""
    speech = generation.speech_config
    voice = speech.voice_config if speech else None
    prebuilt = voice.prebuilt_voice_config if voice else None
    return (prebuilt.voice_name if prebuilt else None) or (voice.voice if voice else None)


def language_of(generation: GenerationConfig) -> str | None:
    """The language the client wants spoken, if it says."""
    return generation.speech_config.language_code if generation.speech_config else None
