"""A brief in, a reply out: language model, pieces, voice."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from antiphon.config import Limits
from antiphon.engines.contracts import LlmOutput, Prompt, Sampling, TextDelta, TtsStream
from antiphon.engines.registry import EngineSet
from antiphon.errors import EngineError
from antiphon.runtime.channel import Channel
from antiphon.runtime.gate import Gate
from antiphon.runtime.lead import Lead
from antiphon.runtime.sentences import Sentences, speakable
from antiphon.session.effects import Brief, StartReply
from antiphon.session.events import Event, ReplyAudio, ReplyEnded, ReplyFailed, ReplyStarted, ReplyText, TurnId
from antiphon.wire.setup import GenerationConfig, Modality

log = logging.getLogger(__name__)

MESSAGE_S_MAX = 0.24
"""Sound in one message: the vendor's 240 ms, and far below the 1 MiB that Python clients take (protocol.md 1.3)."""

Texts = AsyncGenerator[str, None]
Counting = asyncio.Task[int]


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
        self._token_counts: dict[str, int] = {}

    def close(self) -> None:
        """Give back the engines' streams."""
        self._llm.close()
        if self._tts:
            self._tts.close()

    async def reply(self, effect: StartReply) -> None:
        """Perform a reply; its events end with ReplyEnded or ReplyFailed unless it is cancelled.

        Waits until a cancelled reply before it has let go of the engines.
        """
        ended: Event = ReplyEnded(effect.turn)
        try:
            async with self._floor, asyncio.TaskGroup() as group:
                counting = group.create_task(self._prompt_tokens(effect.brief))
                await self._perform(effect.turn, effect.brief, counting)
        except* EngineError as errors:
            log.error("turn %d failed: %s", effect.turn, "; ".join(str(error) for error in errors.exceptions))
            ended = ReplyFailed(effect.turn)
        await self._inbox.put(ended)

    async def _perform(self, turn: TurnId, brief: Brief, counting: Counting) -> None:
        async with aclosing(self._texts(turn, brief, counting)) as texts:
            if brief.modality is Modality.TEXT:
                await self._write(turn, texts)
            else:
                await self._speak(turn, texts, self._voice(brief.generation))

    async def _texts(self, turn: TurnId, brief: Brief, counting: Counting) -> Texts:
        """The words of the model as they come, the turn's start announced before the first."""
        prompt = Prompt(brief.system, brief.contents)
        async with aclosing(self._llm.generate(prompt, sampling_of(brief.generation))) as outputs:
            text = await _next_text(outputs)
            await self._inbox.put(ReplyStarted(turn, await counting))
            while text is not None:
                yield text
                text = await _next_text(outputs)

    async def _write(self, turn: TurnId, texts: Texts) -> None:
        async for text in texts:
            await self._emit(ReplyText(turn, text, await self._engines.llm.count_tokens(text)))

    async def _speak(self, turn: TurnId, texts: Texts, voice: TtsStream) -> None:
        sentences, lead = Sentences(), Lead(self._limits.reply_lead_s_max)
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
        async with aclosing(voice.synthesise(words)) as chunks:
            async for chunk in chunks:
                for sound in chunk.pieces(MESSAGE_S_MAX):
                    await lead.step(sound.seconds)
                    await self._emit(ReplyAudio(turn, sound))

    async def _emit(self, event: ReplyText | ReplyAudio) -> None:
        """Report to the conductor, no faster than the socket takes it."""
        await self._room.passed()
        await self._inbox.put(event)

    async def _prompt_tokens(self, brief: Brief) -> int:
        """What the prompt's texts cost; those of earlier turns were counted then."""
        known = self._token_counts
        self._token_counts = {
            text: known[text] if text in known else await self._engines.llm.count_tokens(text) for text in brief.counted
        }
        return sum(self._token_counts[text] for text in brief.counted)

    def _voice(self, generation: GenerationConfig) -> TtsStream:
        if self._tts is None:
            self._tts = self._engines.tts.open(voice_name_of(generation))
        return self._tts


async def _next_text(outputs: AsyncGenerator[LlmOutput, None]) -> str | None:
    async for output in outputs:
        if isinstance(output, TextDelta):
            return output.text
    return None


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
    return prebuilt.voice_name if prebuilt else None
