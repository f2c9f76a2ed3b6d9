"""A server of the bench's own, in a process of its own: `python -m antiphon.bench.host '{"app": "antiphon"}'`.

Its first line says where it listens. Each line it is sent is answered with a State; it stops when its input ends,
and so never outlives the bench.
"""

import asyncio
import gc
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from tempfile import TemporaryDirectory

import msgspec
import psutil
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.loops.auto import auto_loop_factory

from antiphon.bench import frames
from antiphon.bench.limits import SESSIONS_MAX
from antiphon.bench.orders import Failed, Listens, Serve, State, say
from antiphon.bench.processes import stay_on, take_many_files, told_by_parent
from antiphon.bench.quiet_engines import declared
from antiphon.config import Limits, Settings, load_settings
from antiphon.errors import AntiphonError
from antiphon.runtime.trace import TurnTimes
from antiphon.server.listen import bound_socket, listening
from antiphon.server.protocol import bounded_protocol


class Turns(logging.Handler):
    """Collects the stage times the server logs for each turn."""

    def __init__(self) -> None:
        super().__init__()
        self._times: list[TurnTimes] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._times += [argument for argument in record.args or () if isinstance(argument, TurnTimes)]

    def taken(self) -> tuple[TurnTimes, ...]:
        """Those of the turns since the last time."""
        times, self._times = tuple(self._times), []
        return times


def main(written: str) -> None:
    """Serve what is ordered until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bench, which then ends our input
    order = msgspec.json.decode(written, type=Serve)
    take_many_files()
    if order.core is not None:
        stay_on((order.core,))
    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            runner.run(_serve(order))
    except AntiphonError as error:
        say(Failed(str(error)))


async def _serve(order: Serve) -> None:
    turns = Turns()
    log = logging.getLogger("antiphon.runtime.conductor")
    log.setLevel(logging.INFO)
    log.addHandler(turns)
    log.propagate = False
    process = psutil.Process()
    serving = _echo() if order.app == "echo" else _antiphon(order)
    async with serving as url, told_by_parent() as lines:
        say(Listens(url))
        async for _ in lines:
            say(_state(process, turns))


def _state(process: psutil.Process, turns: Turns) -> State:
    gc.collect()
    return State(
        cpu_s=time.process_time(),
        rss_bytes=process.memory_info().rss,
        tasks=len(asyncio.all_tasks()),
        threads=process.num_threads(),
        files=process.num_fds(),
        turns=turns.taken(),
    )


@asynccontextmanager
async def _antiphon(order: Serve) -> AsyncIterator[str]:
    """A whole server, with a place of its own for keys and sessions."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="antiphon-bench-"))
        sys.path.append(stack.enter_context(declared()))
        async with listening(_settings(order, folder)) as server:
            yield server.url


def _settings(order: Serve, folder: str) -> Settings:
    place = {"host": "127.0.0.1", "port": 0, "tls": False, "data_dir": folder}
    limits = {"sessions_max": SESSIONS_MAX} | order.settings.get("limits", {})
    return load_settings(**{**order.settings, "server": place, "limits": limits})


@asynccontextmanager
async def _echo() -> AsyncIterator[str]:
    """The same library with the same options, and an application that does nothing."""
    limits = Limits()
    with bound_socket("127.0.0.1", 0) as bound:
        config = uvicorn.Config(
            _answer_all,
            ws=bounded_protocol(limits.close_wait_s),
            ws_max_size=limits.message_bytes_max,
            ws_per_message_deflate=False,
            ws_ping_interval=limits.ping_interval_s,
            ws_ping_timeout=limits.ping_wait_s,
            timeout_graceful_shutdown=round(limits.close_wait_s),
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
        )
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[bound]))
            try:
                yield f"ws://127.0.0.1:{bound.getsockname()[1]}"
            finally:
                server.should_exit = True


async def _answer_all(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    answer, next_answer = frames.setup_complete(), frames.sound()
    while (await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": answer})
        answer = next_answer


if __name__ == "__main__":
    main(sys.argv[1])
