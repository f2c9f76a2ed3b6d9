"""What `antiphon replay` does once its flags are read."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import typer
from msgspec.structs import replace
from rich.console import Console

from antiphon.cli.loop import run
from antiphon.cli.replaying.resend import Resending
from antiphon.cli.replaying.view import show, show_comparison
from antiphon.client.endpoint import resolve
from antiphon.client.live import connect
from antiphon.client.pace import RealTime
from antiphon.config import load_settings
from antiphon.errors import SettingsError
from antiphon.recording.capture import Capture
from antiphon.recording.compare import compared
from antiphon.recording.inputs import setup_of
from antiphon.recording.picture import write_page
from antiphon.recording.reader import Recorded, read_recording
from antiphon.recording.telling import timeline_of
from antiphon.recording.timeline import MarkKind, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the flags ask for."""

    file: Path
    html: Path | None = None
    json: bool = False
    to: str | None = None
    model: str | None = None
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float | None = None


def carry_out(order: Order) -> bool:
    """Show a recording, or send it again; tells whether the words were the same then."""
    if order.to is None and (order.model or order.api_key or order.timeout_s):
        raise SettingsError("--model, --api-key and --timeout say how it is sent again: name a server with --to")
    recorded = read_recording(order.file)
    before = timeline_of(recorded)
    if order.to is None:
        _show(order, before)
        return True
    after = run(_sent_again(order, order.to, recorded, before))
    pairs = compared(before, after)
    if order.json:
        _print_json({"same": all(pair.same for pair in pairs), "turns": [pair.facts() for pair in pairs]})
    else:
        show_comparison(pairs, Console(highlight=False))
    if order.html is not None:
        _write_page(order.html, after, f"{order.file.name}, sent again")
    return all(pair.same for pair in pairs)


def _show(order: Order, timeline: Timeline) -> None:
    if order.json:
        _print_json(timeline.facts())
    elif order.html is None:
        show(timeline, Console(highlight=False))
    if order.html is not None:
        _write_page(order.html, timeline, order.file.name)


def _write_page(path: Path, timeline: Timeline, title: str) -> None:
    write_page(timeline, path, title)
    typer.echo(f"{path}: open it in a browser", err=True)


async def _sent_again(order: Order, to: str, recorded: Recorded, before: Timeline) -> Timeline:
    limits = load_settings().client
    time = RealTime()
    setup = setup_of(recorded)
    endpoint = await asyncio.to_thread(resolve, to, api_key=order.api_key)
    capture = Capture(endpoint.url, time.now)
    ended = sum(mark.kind is MarkKind.TURN_ENDED for mark in before.marks)
    awaited = max(ended, len(before.turns))
    resending = Resending(recorded, awaited, wait_s=order.timeout_s or limits.answer_wait_s, time=time)
    wanted = replace(setup, model=order.model or setup.model)
    async with connect(endpoint, setup=wanted, limits=limits, tap=capture) as session:
        await resending.put_to(session)
    capture.close()
    return timeline_of(capture.recorded())


def _print_json(value: dict[str, object]) -> None:
    typer.echo(msgspec.json.encode(value).decode())
