import pytest

from antiphon.cli.embedded import Engines, embedded_server, embedded_settings, prepare
from antiphon.client.events import Opened
from antiphon.client.live import connect
from antiphon.config import EngineNames
from antiphon.errors import SettingsError
from antiphon.wire.setup import Setup


def test_takes_a_free_loopback_port_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_SERVER__PORT", "80")
    monkeypatch.setenv("ANTIPHON_SERVER__TLS", "true")
    monkeypatch.setenv("ANTIPHON_ENGINES__LLM", "openai")
    settings = embedded_settings(Engines.EMBEDDED)
    assert (settings.server.host, settings.server.port, settings.server.tls) == ("127.0.0.1", 0, False)
    assert settings.engines.llm == "openai"
    assert embedded_settings(Engines.SCRIPTED).engines == EngineNames.scripted()


def test_an_endpoint_beside_scripted_engines() -> None:
    settings = embedded_settings(Engines.SCRIPTED, llm_url="http://127.0.0.1:1/v1", llm_model="qwen3", tls=True)
    assert settings.engines == EngineNames.scripted().model_copy(update={"llm": "openai"})
    assert (settings.llm.url, settings.llm.model) == ("http://127.0.0.1:1/v1", "qwen3")
    assert settings.server.tls


@pytest.mark.parametrize(("url", "model"), [("http://127.0.0.1:1/v1", None), (None, "qwen3")])
def test_an_endpoint_and_its_model_go_together(url: str | None, model: str | None) -> None:
    with pytest.raises(SettingsError, match="--llm-url and --llm-model go together"):
        embedded_settings(Engines.EMBEDDED, llm_url=url, llm_model=model)


async def test_serves_until_the_block_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    settings = embedded_settings(Engines.SCRIPTED)
    prepare(settings)
    async with embedded_server(settings) as server, connect(server.url, setup=Setup(model="models/x")) as session:
        first = await anext(session)
        assert first == Opened(server.url)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Loading the engines" in err
