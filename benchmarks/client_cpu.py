"""What a client costs: CPU for 20 ms of the user's audio sent and 20 ms of the model's received.

Each client runs in a process of its own, on asyncio's own event loop, against one TLS server that does nothing but
answer each chunk with a chunk. `bare` is a websocket whose messages were made beforehand: what TLS, the loop and the
socket cost. The clients take turns, and the figures are medians over the rounds.

    .venv/bin/python benchmarks/client_cpu.py [--rounds 7] [--chunks 2000] [--json]
"""

import argparse
import asyncio
import base64
import json
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import trustme
from rich.console import Console
from rich.progress import track
from rich.table import Table
from websockets.asyncio.client import connect as open_socket
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

SENT = bytes(640)
"""20 ms at 16 kHz."""
RECEIVED = json.dumps(
    {
        "serverContent": {
            "modelTurn": {
                "parts": [
                    {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": base64.b64encode(bytes(960)).decode()}}
                ]
            }
        }
    }
).encode()
"""20 ms at 24 kHz."""
SETUP_COMPLETE = b'{"setupComplete":{}}'
WARM_UP = 200


async def antiphon(url: str, exchange: Callable[[int], None]) -> None:
    """Our own client, with all that keeps a session: journal, stopwatch, typed events."""
    from antiphon.client.events import Sound  # noqa: PLC0415 - each process imports its own client
    from antiphon.client.live import connect  # noqa: PLC0415

    async with connect(url, model="models/x") as session:
        await session.send_audio(SENT)
        count = 0
        async for event in session:
            if isinstance(event, Sound):
                exchange(count := count + 1)
                await session.send_audio(SENT)


async def google_genai(url: str, exchange: Callable[[int], None]) -> None:
    """Google's client."""
    from google import genai  # noqa: PLC0415
    from google.genai import types  # noqa: PLC0415

    warnings.simplefilter("ignore")
    options = types.HttpOptions(base_url=url.replace("wss", "https", 1))
    client = genai.Client(api_key="any", http_options=options)
    async with client.aio.live.connect(model="models/x", config={"response_modalities": ["AUDIO"]}) as session:
        audio = types.Blob(data=SENT, mime_type="audio/pcm;rate=16000")
        await session.send_realtime_input(audio=audio)
        count = 0
        async for message in session.receive():
            assert message.data is not None
            exchange(count := count + 1)
            await session.send_realtime_input(audio=audio)


async def bare(url: str, exchange: Callable[[int], None]) -> None:
    """No client at all: frames made beforehand, and nothing read of those that come."""
    blob = {"mimeType": "audio/pcm;rate=16000", "data": base64.b64encode(SENT).decode()}
    frame = json.dumps({"realtimeInput": {"audio": blob}})
    async with open_socket(url, compression=None) as socket:
        await socket.send('{"setup":{"model":"models/x"}}')
        await socket.recv()
        await socket.send(frame)
        count = 0
        while True:
            await socket.recv(decode=False)
            exchange(count := count + 1)
            await socket.send(frame)


CLIENTS = {"antiphon": antiphon, "google-genai": google_genai, "bare socket": bare}


class Enough(Exception):
    """As many chunks were exchanged as were wanted."""


async def measured(client: Callable[[str, Callable[[int], None]], Awaitable[None]], url: str, chunks: int) -> float:
    """CPU seconds a chunk, user and system, from the end of the warm-up."""
    began = 0.0

    def exchange(count: int) -> None:
        nonlocal began
        if count == WARM_UP:
            began = time.process_time()
        elif count == WARM_UP + chunks:
            raise Enough

    try:
        await client(url, exchange)
    except Enough:
        return (time.process_time() - began) / chunks
    raise RuntimeError("the server closed too early")


@asynccontextmanager
async def echo() -> AsyncIterator[tuple[str, Path]]:
    """A server that answers each message with a chunk; gives its URL and the certificate to trust."""

    async def attend(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(SETUP_COMPLETE)
        with suppress(ConnectionClosed):
            async for _ in socket:
                await socket.send(RECEIVED)

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder) / "authority.pem"
        authority.cert_pem.write_to_path(certificate)
        async with serve(attend, "127.0.0.1", 0, ssl=context, compression=None) as server:
            yield f"wss://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", certificate


async def run_client(name: str, url: str, certificate: Path, chunks: int) -> float:
    """Measure a client in a process of its own."""
    command = (sys.executable, __file__, "--client", name, "--url", url, "--chunks", str(chunks))
    environment = os.environ | {"SSL_CERT_FILE": str(certificate)}
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"{name} failed")
    return float(out)


async def compare(rounds: int, chunks: int) -> dict[str, list[float]]:
    """The clients in turn, each round in another order."""
    figures: dict[str, list[float]] = {name: [] for name in CLIENTS}
    names = list(CLIENTS)
    async with echo() as (url, certificate):
        for number in track(range(rounds), "Measuring", console=Console(stderr=True)):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                figures[name].append(await run_client(name, url, certificate, chunks))
    return figures


def report(figures: dict[str, list[float]]) -> None:
    """Show the figures, and each client's share of google-genai's, round by round."""
    table = Table("client", "µs a chunk, median", "least", "most", "of google-genai")
    ratios = {
        name: statistics.median(own / theirs for own, theirs in zip(values, figures["google-genai"], strict=True))
        for name, values in figures.items()
    }
    for name, values in figures.items():
        us = [value * 1e6 for value in values]
        table.add_row(
            name, f"{statistics.median(us):.0f}", f"{min(us):.0f}", f"{max(us):.0f}", f"{100 * ratios[name]:.0f} %"
        )
    Console().print(table)


def main() -> None:
    """Read the flags, measure, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--chunks", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--client", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.client:
        print(asyncio.run(measured(CLIENTS[arguments.client], arguments.url, arguments.chunks)))  # noqa: T201 - for run_client
        return
    figures = asyncio.run(compare(arguments.rounds, arguments.chunks))
    if arguments.json:
        print(json.dumps(figures))  # noqa: T201 - its output
    else:
        report(figures)


if __name__ == "__main__":
    main()
