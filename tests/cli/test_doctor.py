import asyncio
import json

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from antiphon.cli.doctor import doctor
from tests.cli.diagnosis.findings import free_port
from tests.client.fake_live import COMPLETE, Peer, fake_live

app = typer.Typer(rich_markup_mode="rich")
app.command()(doctor)


@pytest.fixture(autouse=True)
def of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that need no weights, and a port nobody has."""
    for kind in ("vad", "eot", "asr", "llm", "tts"):
        monkeypatch.setenv(f"ANTIPHON_ENGINES__{kind.upper()}", "scripted")
    for name in ("ANTIPHON_ENDPOINT", "ANTIPHON_API_KEY", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTIPHON_SERVER__PORT", "0")
    monkeypatch.setenv("ANTIPHON_URL", f"ws://127.0.0.1:{free_port()}")
    monkeypatch.setenv("COLUMNS", "80")


async def run(*arguments: str) -> Result:
    """Run it in a thread, where it has a loop of its own."""
    return await asyncio.wait_for(asyncio.to_thread(CliRunner().invoke, app, arguments), 60)


async def welcome(peer: Peer) -> None:
    await peer.say(COMPLETE)


async def test_nothing_is_wrong_where_only_a_server_is_missing() -> None:
    done = await run()
    assert done.exit_code == 0
    assert "no server runs at ws://127.0.0.1:" in done.output
    assert done.output.splitlines()[-1].startswith("Nothing is wrong, ")
    assert all(line == line.rstrip() for line in done.output.splitlines())


async def test_it_is_told_as_json() -> None:
    async with fake_live(welcome) as live:
        done = await run("--json", "--endpoint", live.url, "--api-key", "s3cret")
    told = json.loads(done.output)
    assert done.exit_code == 0
    assert told["result"] in {"ok", "warning"}  # the machine of the test may have no microphone
    assert told["findings"][-1]["found"].endswith(" ms)")
    assert "s3cret" not in done.output


async def test_a_fault_has_an_exit_status() -> None:
    async with fake_live(welcome, refuse=(404, "nobody here")) as live:
        done = await run("--endpoint", live.url)
    assert done.exit_code == 1
    assert "fault    HTTP status  ws://127.0.0.1:" in done.output
    assert "there is no Live API at this path" in " ".join(done.output.split())
    assert done.output.splitlines()[-1].startswith("1 fault")


async def test_thorough_reads_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    async def examined(_: object, *, thorough: bool) -> object:
        asked.append(thorough)
        for finding in ():
            yield finding

    monkeypatch.setattr("antiphon.cli.diagnosis.examination.examine_weights", examined)
    await run("--thorough")
    await run()
    assert asked == [True, False]


async def test_its_help_says_what_it_looks_at() -> None:
    done = await run("--help")
    for words in ("DNS, TCP, TLS", "never shown", "Exit status", "antiphon doctor --endpoint vertex"):
        assert words in done.output
