"""The same engine as `llama` with three times the parameters: `ANTIPHON_ENGINES__LLM=llama-1.5b`."""

from dataclasses import replace

from antiphon.config import Settings
from antiphon.engines import llama
from antiphon.weights.cache import locate

DESCRIPTOR = replace(
    llama.DESCRIPTOR,
    name="llama-1.5b",
    summary="Qwen2.5-Coder 1.5B through llama.cpp: better answers, later",
    weights=("qwen2.5-coder-1.5b",),
)

_MODEL_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"


def make(settings: Settings) -> llama.Llama:
    """Load the model; raises what `llama.make` raises."""
    model = locate("qwen2.5-coder-1.5b", settings.weights) / _MODEL_FILE
    return llama.Llama(model, settings.compute, settings.system_prompt, DESCRIPTOR)
