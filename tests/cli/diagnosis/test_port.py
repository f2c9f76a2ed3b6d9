import asyncio
import socket
from types import SimpleNamespace

import pytest

from antiphon import __version__
from antiphon.cli.diagnosis import port
from antiphon.cli.diagnosis.finding import Finding, Mark
from antiphon.cli.diagnosis.port import examine_port
from antiphon.config import EngineNames, Server, load_settings
from antiphon.server.listen import listening
from tests.cli.diagnosis.findings import all_of, free_port


async def examined(number: int, host: str = "127.0.0.1") -> Finding:
    (finding,) = await all_of(examine_port(Server(host=host, port=number)))
    return finding


async def test_a_free_port() -> None:
    number = free_port()
    finding = await examined(number)
    assert (finding.mark, finding.found) == (Mark.OK, f"127.0.0.1:{number} is free")


async def test_any_port() -> None:
    assert (await examined(0)).mark is Mark.OK


@pytest.mark.parametrize("tls", [False, True])
async def test_an_antiphon_says_its_version(tls: bool) -> None:
    settings = load_settings(engines=EngineNames.scripted(), server={"port": 0, "tls": tls})
    async with listening(settings) as server:
        finding = await examined(server.port)
        assert finding.mark is Mark.OK
        assert finding.found == f"{server.port} is antiphon {__version__}'s, which serves at {server.url}"
        if not tls:
            assert (await examined(server.port, "0.0.0.0")).mark is Mark.OK


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"220 mail\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
    ],
)
async def test_a_stranger_has_it(answer: bytes) -> None:
    async def answered(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answered, "127.0.0.1", 0) as server:
        number = server.sockets[0].getsockname()[1]
        finding = await examined(number)
    assert finding.mark is Mark.WARNING
    assert "Address already in use" in finding.found
    assert str(number) in finding.commands[0]
    assert finding.commands[1] == "antiphon serve --port 0"


async def test_a_stranger_who_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "ASK_WAIT_S", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert (await examined(silent.getsockname()[1])).mark is Mark.WARNING


async def test_an_address_of_another_machine() -> None:
    finding = await examined(free_port(), "192.0.2.1")
    assert finding.mark is Mark.WARNING
    assert "192.0.2.1" in finding.found


@pytest.mark.parametrize(("platform", "command"), [("win32", "netstat"), ("darwin", "lsof"), ("linux", "ss")])
async def test_who_it_is_each_system_tells_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch, platform: str, command: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(port, "sys", SimpleNamespace(platform=platform))
        finding = await examined(taken.getsockname()[1])
    assert finding.commands[0].startswith(command)
