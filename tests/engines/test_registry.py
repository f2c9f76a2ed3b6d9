import asyncio
from collections.abc import Callable
from dataclasses import fields, replace
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from types import ModuleType
from typing import Any

import pytest

from antiphon.config import EngineNames, Kind, Settings
from antiphon.engines import registry, scripted
from antiphon.engines.contracts import Descriptor
from antiphon.engines.registry import Engines, EngineSet, describe, installed, load, load_engines, weights_needed
from antiphon.errors import EngineFailed, EngineUnavailable, SettingsError

SCRIPTED = Settings(engines=EngineNames.scripted())
Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Pretend that a package declares engines: `install(vad="module:make")`, its modules given by name."""

    def install(modules: dict[str, ModuleType] | None = None, **declared: str) -> None:
        entries = [
            EntryPoint(name=f"my_{kind}", value=value, group=f"antiphon.{kind}") for kind, value in declared.items()
        ]
        monkeypatch.setattr(registry, "entry_points", EntryPoints(entries).select)
        for name, module in (modules or {}).items():
            monkeypatch.setitem(__import__("sys").modules, name, module)

    return install


def module(name: str, **members: Any) -> ModuleType:
    made = ModuleType(name)
    vars(made).update(members)
    return made


@pytest.mark.parametrize("kind", registry.KINDS)
def test_the_shipped_engines_are_declared_and_describe_themselves(kind: Kind) -> None:
    names = installed(kind)
    assert "scripted" in names
    assert getattr(EngineNames(), kind) in names
    for name in names:
        descriptor = describe(kind, name)
        assert descriptor.kind == kind
        assert descriptor.name == name


def test_the_embedded_engines_need_their_weights_and_the_scripted_none() -> None:
    assert weights_needed(Settings()) == ("silero-vad", "smart-turn", "whisper-base", "qwen2.5-coder-0.5b")
    assert weights_needed(SCRIPTED) == ()
    named = Settings(engines=EngineNames.scripted(), models={"grown-up*": {"llm": "llama-1.5b"}})
    assert weights_needed(named) == ("qwen2.5-coder-1.5b",)


def test_weights_are_named_once(install: Install) -> None:
    descriptors = {
        kind: Descriptor(name="x", kind=kind, summary="x", license="x", languages=("*",), weights=("shared", kind))
        for kind in registry.KINDS
    }
    install(
        {"my_engines": module("my_engines", DESCRIPTOR=descriptors)}, **dict.fromkeys(descriptors, "my_engines:make")
    )
    names = EngineNames(vad="my_vad", eot="my_eot", asr="my_asr", llm="my_llm", tts="my_tts")
    assert weights_needed(Settings(engines=names)) == ("shared", "vad", "eot", "asr", "llm", "tts")


def test_an_unknown_name_lists_the_known_ones(install: Install) -> None:
    with pytest.raises(EngineUnavailable, match=r"no engine nonesuch for llm; installed: llama, llama-1\.5b, "):
        load("llm", "nonesuch", SCRIPTED)
    install()
    with pytest.raises(EngineUnavailable, match="installed: none"):
        describe("vad", "nonesuch")


def test_an_engine_of_ours_that_cannot_be_imported_names_the_extra(install: Install) -> None:
    install(vad="antiphon.engines.nonesuch:make")
    with pytest.raises(EngineUnavailable, match=r"my_vad for vad .*nonesuch.*; pip install 'antiphon\[local\]'"):
        load("vad", "my_vad", SCRIPTED)


def test_an_engine_of_others_is_not_ours_to_install(install: Install) -> None:
    install(vad="nonesuch_package:make")
    with pytest.raises(EngineUnavailable, match=r"No module named 'nonesuch_package'$"):
        load("vad", "my_vad", SCRIPTED)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({}, "has no make"),
        ({"make": lambda _: object()}, "contracts.Vad"),
        ({"make": lambda _: 1 // 0}, "could not be loaded: ZeroDivisionError"),
    ],
)
def test_a_broken_factory_is_an_engine_error(install: Install, members: dict[str, Any], text: str) -> None:
    install({"my_engines": module("my_engines", **members)}, vad="my_engines:make")
    with pytest.raises((EngineFailed, EngineUnavailable), match=text):
        load("vad", "my_vad", SCRIPTED)


def test_a_settings_error_passes_as_it_is(install: Install) -> None:
    def make(settings: Settings) -> None:
        raise SettingsError("llm.url: missing")

    install({"my_engines": module("my_engines", make=make)}, llm="my_engines:make")
    with pytest.raises(SettingsError, match="missing"):
        load("llm", "my_llm", SCRIPTED)


@pytest.mark.parametrize("descriptor", [None, {}, "Silero"])
def test_an_engine_must_describe_itself(install: Install, descriptor: object) -> None:
    install({"my_engines": module("my_engines", DESCRIPTOR=descriptor)}, vad="my_engines:make")
    with pytest.raises(EngineUnavailable, match="has no DESCRIPTOR"):
        describe("vad", "my_vad")


def test_the_five_are_loaded_together() -> None:
    engines = load_engines(SCRIPTED)
    assert [getattr(engines.usual, kind).descriptor.kind for kind in registry.KINDS] == list(registry.KINDS)
    assert {field.name for field in fields(EngineSet)} == set(registry.KINDS)
    asyncio.run(engines.aclose())


def test_a_model_name_can_have_engines_of_its_own() -> None:
    scripted_too = {"gemini-3.8-*": {"llm": "openai"}, "GEMINI-*": {}}
    llm = {"url": "http://127.0.0.1:9/v1", "model": "x"}
    engines = load_engines(Settings(engines=EngineNames.scripted(), models=scripted_too, llm=llm))
    assert engines.serving("models/gemini-3.8-live").llm.descriptor.name == "openai"
    assert engines.serving("publishers/google/models/Gemini-3.8-Live").llm.descriptor.name == "openai"
    for name in ("gemini-2.5-flash", "anything", ""):
        assert engines.serving(name).llm is engines.usual.llm
    assert engines.serving("models/gemini-3.8-live").asr is engines.usual.asr
    asyncio.run(engines.aclose())


def test_calls_that_wait_are_told_by_the_engine_they_wait_for() -> None:
    class Busy(scripted.ScriptedTts):
        waiting = 3

    engines = load_engines(SCRIPTED)
    assert engines.queues() == {}, "scripted engines let nobody wait"
    usual = replace(engines.usual, tts=Busy("tts"))
    others = replace(usual, llm=scripted.make_llm(SCRIPTED))
    assert Engines(usual, (("*", others),)).queues() == {"scripted": 3}, "once, though two sets have it"
    asyncio.run(engines.aclose())


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_engine_that_computes_tells_how_many_wait_for_it(kind: Kind) -> None:
    elsewhere_or_at_once = {"openai", "scripted"}
    for name in set(installed(kind)) - elsewhere_or_at_once:
        (entry,) = entry_points(group=f"antiphon.{kind}", name=name)
        engine = entry.load().__annotations__["return"]
        assert isinstance(getattr(engine, "waiting", None), property), f"{name}: {engine}"


def test_each_is_used_once_but_the_brain(install: Install) -> None:
    used: list[str] = []

    class Ears(scripted.ScriptedAsr):
        def open(self, hints: Any) -> Any:
            used.append("asr")
            return super().open(hints)

    class Brain(scripted.ScriptedLlm):
        def open(self) -> Any:
            used.append("llm")
            return super().open()

    mine = module("my_engines", asr=lambda _: Ears("asr"), llm=lambda _: Brain("llm"))
    engine = "antiphon.engines.scripted:make_{}"
    install(
        {"my_engines": mine},
        vad=engine.format("vad"), eot=engine.format("eot"), tts=engine.format("tts"),
        asr="my_engines:asr", llm="my_engines:llm",
    )  # fmt: skip
    names = EngineNames(vad="my_vad", eot="my_eot", asr="my_asr", llm="my_llm", tts="my_tts")
    asyncio.run(load_engines(Settings(engines=names)).aclose())
    assert used == ["asr"]


def test_when_one_fails_the_others_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    async def aclose(self: Any) -> None:
        closed.append(self.descriptor.kind)

    monkeypatch.setattr(scripted._Scripted, "aclose", aclose)
    names = EngineNames.scripted().model_copy(update={"llm": "nonesuch"})
    with pytest.raises(EngineUnavailable, match="nonesuch"):
        load_engines(Settings(engines=names))
    assert closed == ["vad", "eot", "asr", "tts"]


async def test_closing_closes_all_and_then_tells_the_fault() -> None:
    closed: list[str] = []

    class Vad(scripted.ScriptedVad):
        async def aclose(self) -> None:
            raise EngineFailed("stuck")

    class Tts(scripted.ScriptedTts):
        async def aclose(self) -> None:
            closed.append("tts")

    usual = EngineSet(
        vad=Vad("vad"),
        eot=scripted.make_eot(SCRIPTED),
        asr=scripted.make_asr(SCRIPTED),
        llm=scripted.make_llm(SCRIPTED),
        tts=Tts("tts"),
    )
    with pytest.raises(EngineFailed, match="stuck"):
        await Engines(usual, (("*", replace(usual, asr=scripted.make_asr(SCRIPTED))),)).aclose()
    assert closed == ["tts"], "once, though two sets have it"
