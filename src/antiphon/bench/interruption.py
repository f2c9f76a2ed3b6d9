"""How fast a long answer stops when the user speaks: onset of speech to `interrupted`, as the client sees it.

Two seconds into an answer a recorded question is streamed in real time. The onset is found in the recording itself;
sound that comes behind `interrupted`, before the question is over or the server takes it to be, is of the old answer.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final

from antiphon.audio.loudness import levels_dbfs, stretches_of_speech
from antiphon.audio.pcm import AudioChunk
from antiphon.bench import frames
from antiphon.bench.figures import median, values_of
from antiphon.bench.hosting import Server, hosted
from antiphon.bench.limits import TURN_WAIT_S
from antiphon.bench.orders import Serve
from antiphon.bench.questions import Question, questions
from antiphon.bench.report import Finding, Metric, Sample, Strip
from antiphon.bench.rounds import steps
from antiphon.bench.run import About, Outcome, Terms
from antiphon.client.events import Interrupted, Sound, UserActivity
from antiphon.client.live import LiveSession, connect
from antiphon.client.pace import Pace, RealTime
from antiphon.config import load_settings
from antiphon.errors import ConnectionClosed, NoAnswer
from antiphon.wire.content import Content, Part
from antiphon.wire.setup import AudioTranscriptionConfig, Setup

ABOUT: Final = About("interruption", "How soon does the voice stop when the user speaks?")

STORYTELLER = "You are a storyteller who speaks for several minutes without a stop."
LONG_ANSWER = "Tell a long story about a fisherman and the sea, and count to 50 in it."
"""Small models are brief when they only count; the scripted one does nothing else."""
SPEAK_AFTER_S = 2.0
METRICS = (
    Metric(name="from_onset_ms", unit="ms", meaning="from the first sound of speech, as it is sent, to `interrupted`"),
    Metric(
        name="after_commit_ms",
        unit="ms",
        meaning="... of it after the sound was sent with which a start of speech is committed (prefix padding)",
    ),
    Metric(name="stale_sounds", unit="", meaning="sounds of the old answer that came behind `interrupted`"),
)


async def measure(terms: Terms) -> Outcome:
    """Interrupt once a round, by another question each time, after one round that is not counted."""
    samples = []
    async with AsyncExitStack() as stack:
        server = await _server(terms, stack)
        with steps(terms.rounds + 1) as progress:
            for number in range(terms.rounds + 1):
                question = questions()[(terms.seed + number) % len(questions())]
                progress.begin(question.name)
                sample = await _sample(server, question, number, terms.model)
                samples += [sample] if number else []
                progress.done()
    return Outcome(
        samples=tuple(samples),
        metrics=METRICS,
        findings=tuple(_findings(samples)),
        limits=tuple(_limits()),
        pictures=(
            Strip(title="From the onset of speech to `interrupted`", metric="from_onset_ms"),
            Strip(title="... of it after the start was committed", metric="after_commit_ms"),
        ),
    )


async def _server(terms: Terms, stack: AsyncExitStack) -> Server:
    if terms.endpoint is not None:
        return Server(terms.name, terms.endpoint)
    return await stack.enter_async_context(hosted(terms.name, Serve(settings={"engines": terms.engines.model_dump()})))


@dataclass(slots=True)
class _Interruption:
    """One round: what was sent when, and what came of the old and the new answer."""

    question: Question
    speaking: asyncio.Event = field(default_factory=asyncio.Event)
    sent_at: list[float] = field(default_factory=list)
    """Of each chunk since the session began."""
    begun: int = 0
    """Which of them the question begins with."""
    committed_s: float | None = None
    """Where in the audio sent the start of speech was committed."""
    told_at: float = 0.0
    taken_for_over: bool = False
    """The server said so, perhaps too early: that is another question than this one."""
    stale_sounds: int = 0

    @property
    def asked(self) -> bool:
        """The question is over: from now on there may be a new answer."""
        spoken = int(self.question.audio.speech_end_s / frames.CHUNK_S)
        return self.taken_for_over or (self.speaking.is_set() and len(self.sent_at) > self.begun + spoken)

    def values(self) -> dict[str, float]:
        """What was measured."""
        onset = self.begun + int(onset_s(self.question) / frames.CHUNK_S)
        values = {"from_onset_ms": self._told_ms(onset), "stale_sounds": float(self.stale_sounds)}
        if self.committed_s is not None:
            values["after_commit_ms"] = self._told_ms(int(self.committed_s / frames.CHUNK_S))
        return values

    def _told_ms(self, chunk: int) -> float:
        return 1_000 * (self.told_at - self.sent_at[chunk])


def onset_s(question: Question) -> float:
    """Where in a recording speech begins."""
    levels = levels_dbfs(question.pcm, frames.CHUNK_S)
    return stretches_of_speech(levels, pause_windows=len(levels))[0][0] * frames.CHUNK_S


async def _sample(server: Server, question: Question, number: int, model: str | None) -> Sample:
    values: dict[str, float] = {}
    note = ""
    try:
        values = await interrupted(server, question, model)
    except (NoAnswer, ConnectionClosed, TimeoutError) as error:
        note = f"not interrupted: {error}"
    return Sample(side=server.name, item=question.name, round=number, values=values, note=note)


async def interrupted(server: Server, question: Question, model: str | None) -> dict[str, float]:
    """Interrupt in a session of its own. Raises TimeoutError when that, or the new answer, does not come."""
    setup = Setup(
        model=model or "",
        system_instruction=Content(parts=(Part(text=STORYTELLER),)),
        input_audio_transcription=AudioTranscriptionConfig(),
        output_audio_transcription=AudioTranscriptionConfig(),
        explicit_vad_signal=True,
    )
    found = _Interruption(question)
    async with connect(server.endpoint, setup=setup) as session, asyncio.timeout(TURN_WAIT_S):
        await session.send_text(LONG_ANSWER)
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(_speak(session, found))
            await _listen(session, found)
            speaking.cancel()
    return found.values()


async def _speak(session: LiveSession, found: _Interruption) -> None:
    """Keep a microphone open in real time."""
    pace = Pace(RealTime())
    for chunk in _microphone(found):
        await pace.record(chunk)
        found.sent_at.append(time.monotonic())
        await session.send_audio(chunk)


def _microphone(found: _Interruption) -> Iterator[AudioChunk]:
    """Silence, then the question from when it is time on, then silence for ever."""
    while not found.speaking.is_set():
        yield frames.SILENCE
    found.begun = len(found.sent_at)
    yield from found.question.pcm.pieces(frames.CHUNK_S)
    while True:
        yield frames.SILENCE


async def _listen(session: LiveSession, found: _Interruption) -> None:
    """Follow the old answer, and the new one until it begins."""
    padding_s = load_settings().endpointing.prefix_padding_ms_high / 1_000
    async for event in session:
        match event:
            case Sound() if not found.speaking.is_set():
                asyncio.get_running_loop().call_later(SPEAK_AFTER_S, found.speaking.set)
            case UserActivity(True, float(offset_s)) if not found.told_at:
                found.committed_s = offset_s + padding_s
            case Interrupted() if not found.told_at:
                found.told_at = time.monotonic()
            case UserActivity(False) if found.told_at:
                found.taken_for_over = True
            case Sound() if found.told_at and not found.asked:
                found.stale_sounds += 1
            case Sound() if found.told_at:
                return
    raise NoAnswer("the session ended before it was interrupted")


def _findings(samples: Sequence[Sample]) -> Iterator[Finding]:
    if (waits := values_of(samples, "after_commit_ms")).size:
        what = "median from the committed start of speech to the end of the old answer"
        yield Finding(what=what, value=median(waits), unit="ms", wanted="<= 150")
    if (waits := values_of(samples, "from_onset_ms")).size:
        yield Finding(what="... from the first sound of speech", value=median(waits), unit="ms")
    stale = float(values_of(samples, "stale_sounds").sum())
    yield Finding(what="sounds of an old answer that came too late", value=stale, wanted="<= 0")
    failed = sum("from_onset_ms" not in sample.values for sample in samples)
    yield Finding(what="rounds without an interruption", value=failed, wanted="<= 0")


def _limits() -> Iterator[str]:
    padding_ms = load_settings().endpointing.prefix_padding_ms_high
    yield (
        f"Speech counts when it has lasted (prefix padding, {padding_ms} ms unless the client asks otherwise), judged "
        "in windows of 32 ms: no onset is noticed sooner."
    )
    yield "What a client has buffered plays on until it throws it away; that is the client's to do, at `interrupted`."
    yield "A soft consonant at the beginning is an onset for the file and not yet speech for the server."
