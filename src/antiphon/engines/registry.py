"""Finds engines by name through entry points, and loads the five a server needs.

A package adds an engine by declaring, in the group of its kind (`antiphon.vad`, `.eot`, `.asr`, `.llm`,
`.tts`), a name and a factory `make(settings) -> engine`. The factory's module has a constant
`DESCRIPTOR`: the engine's Descriptor, or a dict of them by kind where it makes several.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import assert_never, cast, get_args

import numpy as np

from antiphon.audio.pcm import HEARING, AudioChunk
from antiphon.config import EngineNames, Kind, Settings
from antiphon.engines.contracts import Asr, Descriptor, EndOfTurn, Engine, Hints, Llm, Queued, Tts, Vad
from antiphon.errors import AntiphonError, EngineFailed, EngineUnavailable

KINDS: tuple[Kind, ...] = get_args(Kind)

_EXTRAS = {"openai": "openai"}
"""Which extra of antiphon brings an engine of ours, where it is not `local`."""

_PROTOCOLS: dict[Kind, type[Engine]] = {"vad": Vad, "eot": EndOfTurn, "asr": Asr, "llm": Llm, "tts": Tts}  # type: ignore[type-abstract]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSet:
    """The five engines of a session, loaded and warm."""

    vad: Vad
    eot: EndOfTurn
    asr: Asr
    llm: Llm
    tts: Tts

    def engines(self) -> tuple[Engine, ...]:
        """All five."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Engines:
    """Every engine a server has loaded, and which set serves which model name."""

    usual: EngineSet
    by_model: tuple[tuple[str, EngineSet], ...] = ()
    """Patterns of `config.models` in their order, lower-case."""

    def serving(self, model: str) -> EngineSet:
        """The set for a model's name; the first pattern that matches counts."""
        name = model.rstrip("/").rpartition("/")[2].lower()
        return next((engines for pattern, engines in self.by_model if fnmatchcase(name, pattern)), self.usual)

    def queues(self) -> dict[str, int]:
        """Calls that wait now, by the names of the engines in which calls can wait."""
        waiting: Counter[str] = Counter()
        for engine in self._loaded():
            if isinstance(engine, Queued):
                waiting[engine.descriptor.name] += engine.waiting
        return dict(waiting)

    async def aclose(self) -> None:
        """Close each engine once, whatever the others say; then raise what the first fault was."""
        outcomes = await asyncio.gather(*(engine.aclose() for engine in self._loaded()), return_exceptions=True)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    def _loaded(self) -> tuple[Engine, ...]:
        """Each engine once."""
        sets = (self.usual, *(engines for _, engines in self.by_model))
        return tuple({id(engine): engine for engines in sets for engine in engines.engines()}.values())


def installed(kind: Kind) -> tuple[str, ...]:
    """Names of the engines of a kind that any installed package declares."""
    return tuple(sorted(entry_points(group=f"antiphon.{kind}").names))


def describe(kind: Kind, name: str) -> Descriptor:
    """What an engine says of itself. Imports its module and loads no model."""
    module = _import(kind, _find(kind, name))
    descriptor = getattr(module, "DESCRIPTOR", None)
    if isinstance(descriptor, Mapping):
        descriptor = descriptor.get(kind)
    if not isinstance(descriptor, Descriptor):
        raise EngineUnavailable(f"engine {name} for {kind}: {module.__name__} has no DESCRIPTOR of it")
    return descriptor


def weights_needed(settings: Settings) -> tuple[str, ...]:
    """The weight sets the engines of a server load, each once, in the order of the kinds."""
    needed = [weight for kind, name in _names_by_kind(settings) for weight in describe(kind, name).weights]
    return tuple(dict.fromkeys(needed))


def load(kind: Kind, name: str, settings: Settings) -> Engine:
    """Make an engine: blocking, seconds long. Raises EngineError or SettingsError, which say what to do."""
    entry = _find(kind, name)
    make = getattr(_import(kind, entry), entry.attr, None)
    if make is None:
        raise EngineUnavailable(f"engine {name} for {kind}: {entry.module} has no {entry.attr}")
    try:
        engine = make(settings)
    except AntiphonError:
        raise
    except Exception as error:
        raise EngineFailed(f"engine {name} for {kind} could not be loaded: {error!r}") from error
    if not isinstance(engine, _PROTOCOLS[kind]):
        raise EngineFailed(
            f"engine {name} for {kind}: {engine!r} lacks what contracts.{_PROTOCOLS[kind].__name__} asks for"
        )
    return engine


def load_engines(settings: Settings) -> Engines:
    """Load and warm every engine that is named, in a thread each: blocking, so call it off the loop.

    When one fails the others are closed again and its error is raised.
    """
    wanted = _names_by_kind(settings)
    with ThreadPoolExecutor(len(wanted), thread_name_prefix="load") as loaders:
        loading = {each: loaders.submit(_load_warm, *each, settings) for each in wanted}
    errors = [error for future in loading.values() if (error := future.exception()) is not None]
    if errors:
        asyncio.run(_close_loaded(list(loading.values())))
        raise errors[0]
    loaded = {each: future.result() for each, future in loading.items()}
    usual = _set_of(settings.engines, loaded)
    others = [(pattern.lower(), _set_of(names, loaded)) for pattern, names in _names_by_model(settings)]
    return Engines(usual, tuple(others))


def _names_by_model(settings: Settings) -> list[tuple[str, EngineNames]]:
    return [
        (pattern, settings.engines.model_copy(update=chosen.model_dump(exclude_none=True)))
        for pattern, chosen in settings.models.items()
    ]


def _names_by_kind(settings: Settings) -> tuple[tuple[Kind, str], ...]:
    sets = (settings.engines, *(names for _, names in _names_by_model(settings)))
    return tuple(dict.fromkeys((kind, getattr(names, kind)) for kind in KINDS for names in sets))


def _set_of(names: EngineNames, loaded: Mapping[tuple[Kind, str], Engine]) -> EngineSet:
    return EngineSet(**{kind: loaded[kind, getattr(names, kind)] for kind in KINDS})  # type: ignore[arg-type]


def _load_warm(kind: Kind, name: str, settings: Settings) -> Engine:
    engine = load(kind, name, settings)
    asyncio.run(_warm(kind, engine))
    return engine


async def _warm(kind: Kind, engine: Engine) -> None:
    """Use an engine once, so that the first user does not pay for its first allocations.

    The brain is left alone: it may be somebody else's, and asking it costs money. A local one warms
    itself when it is made.
    """
    silence = np.zeros(HEARING.rate_hz, np.int16)
    match kind:
        case "vad":
            vad = cast("Vad", engine)
            await vad.open().probabilities(silence[: vad.window_samples])
        case "eot":
            await cast("EndOfTurn", engine).probability(AudioChunk(silence.tobytes()))
        case "asr":
            utterance = cast("Asr", engine).open(Hints())
            utterance.feed(AudioChunk(silence.tobytes()))
            await utterance.transcript()
        case "tts":
            async for _ in cast("Tts", engine).open(None).synthesise("Hello."):
                continue
        case "llm":
            pass
        case _:
            assert_never(kind)


async def _close_loaded(loading: list[Future[Engine]]) -> None:
    for future in loading:
        if future.exception() is None:
            await future.result().aclose()


def _find(kind: Kind, name: str) -> EntryPoint:
    for entry in entry_points(group=f"antiphon.{kind}", name=name):
        return entry
    known = ", ".join(installed(kind)) or "none"
    raise EngineUnavailable(f"no engine {name} for {kind}; installed: {known}")


def _import(kind: Kind, entry: EntryPoint) -> ModuleType:
    try:
        return import_module(entry.module)
    except ImportError as error:
        lacking = f"engine {entry.name} for {kind} cannot be imported: {error}"
        ours = entry.module.startswith("antiphon.")
        remedy = f"; pip install 'antiphon[{_EXTRAS.get(entry.name, 'local')}]'" if ours else ""
        raise EngineUnavailable(lacking + remedy) from error
