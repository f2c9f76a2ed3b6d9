import pytest

from antiphon.config import load_settings
from antiphon.engines import llama, llama_larger
from antiphon.engines.registry import describe, weights_needed
from antiphon.errors import EngineUnavailable


def test_it_is_chosen_by_name_and_brings_its_own_weights(tmp_path):
    settings = load_settings(engines={"llm": "llama-1.5b"}, weights={"cache_dir": tmp_path})
    assert describe("llm", "llama-1.5b") == llama_larger.DESCRIPTOR
    assert "qwen2.5-coder-1.5b" in weights_needed(settings)
    with pytest.raises(EngineUnavailable, match=r"models pull qwen2\.5-coder-1\.5b"):
        llama_larger.make(settings)


async def test_its_queue_is_told_under_its_own_name(tmp_path, monkeypatch):
    monkeypatch.setattr(llama_larger, "locate", lambda *_: tmp_path)
    monkeypatch.setattr(llama, "Server", lambda _: object())
    monkeypatch.setattr(llama.Llama, "_warm", lambda *_: None)
    engine = llama_larger.make(load_settings())
    assert engine.descriptor == llama_larger.DESCRIPTOR
    await engine.aclose()
