"""Draws the path of a chunk of audio for the README, from the modules it really passes.

    python docs/path.py          write the picture into README.md
    python docs/path.py --check  fail if the picture there is not today's

A module that is renamed or loses its docstring breaks this script, and with it CI.
"""

import importlib
import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
MARKS = ("<!-- path of a chunk: drawn by docs/path.py -->", "<!-- end of path -->")

STOPS = (
    "server.connection",
    "wire.codec",
    "session.conversation",
    "session.activity",
    "session.floor",
    "runtime.conductor",
    "runtime.hearing",
    "runtime.speaking",
    "runtime.keeper",
    "runtime.outbox",
    "store.sqlite",
    "engines.silero",
    "engines.smart_turn",
    "engines.whisper",
    "engines.llama",
    "engines.hibari",
)
ARROWS = (
    ("client", "server.connection", "WebSocket"),
    ("server.connection", "wire.codec", "bytes"),
    ("wire.codec", "runtime.conductor", "messages"),
    ("runtime.conductor", "session.conversation", "events"),
    ("session.conversation", "runtime.conductor", "effects"),
    ("session.conversation", "session.activity", ""),
    ("session.conversation", "session.floor", ""),
    ("runtime.conductor", "runtime.hearing", "listen"),
    ("runtime.hearing", "engines.silero", "32 ms"),
    ("runtime.hearing", "engines.smart_turn", "pause"),
    ("runtime.hearing", "engines.whisper", "utterance"),
    ("runtime.conductor", "runtime.speaking", "reply"),
    ("runtime.speaking", "engines.llama", "prompt"),
    ("runtime.speaking", "engines.hibari", "clause"),
    ("runtime.conductor", "runtime.keeper", "keep"),
    ("runtime.keeper", "store.sqlite", "snapshot"),
    ("runtime.conductor", "runtime.outbox", "send"),
    ("runtime.outbox", "server.connection", "24 kHz"),
)


def purpose(stop: str) -> str:
    """The first sentence of a module's docstring, up to a semicolon."""
    text = importlib.import_module(f"antiphon.{stop}").__doc__ or ""
    first = re.split(r"\.(?:\s|$)|[;(]", text.split("\n\n")[0].replace("\n", " "))[0].strip()
    if not first:
        raise SystemExit(f"antiphon.{stop} has no docstring to draw")
    return first


def node(stop: str) -> str:
    """Its name in the diagram, where a dot has a meaning."""
    return stop.replace(".", "_")


def label(stop: str) -> str:
    """Its name and purpose."""
    return f'"<b>{stop.split(".")[1]}</b><br/>{purpose(stop)}"'


def picture() -> str:
    """The diagram, as Mermaid."""
    lines = ["```mermaid", "flowchart LR", '  client(["your app"])']
    for room in dict.fromkeys(stop.split(".")[0] for stop in STOPS):
        lines.append(f"  subgraph {room}")
        lines += [f"    {node(stop)}[{label(stop)}]" for stop in STOPS if stop.startswith(room)]
        lines.append("  end")
    lines += [f"  {node(source)} -->{f'|{what}|' if what else ''} {node(target)}" for source, target, what in ARROWS]
    return "\n".join([MARKS[0], *lines, "```", MARKS[1]])


def main() -> None:
    """Write or check."""
    text = README.read_text()
    start, end = text.index(MARKS[0]), text.index(MARKS[1]) + len(MARKS[1])
    today = text[:start] + picture() + text[end:]
    if "--check" in sys.argv:
        if today != text:
            raise SystemExit("README.md shows an old path of a chunk: run python docs/path.py")
    else:
        README.write_text(today)


if __name__ == "__main__":
    main()
