"""How well a model chooses functions: which it calls, with what, and whether it leaves them alone.

Every prompt of `data/tool_prompts.json` is put to a language-model engine with the functions it declares;
half of them need none. `tune` marks those that the embedded engine was tuned on; they are not counted.

    .venv/bin/python benchmarks/tool_choice.py [--llm llama] [--split test] [--json]
"""

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer
from rich.console import Console
from rich.table import Table

from antiphon.config import load_settings
from antiphon.engines.contracts import Llm, Prompt, Sampling, TextDelta
from antiphon.engines.registry import load
from antiphon.wire.content import Content, FunctionCall, Part
from antiphon.wire.tools import FunctionDeclaration

DATA = Path(__file__).parent / "data" / "tool_prompts.json"
Verdict = Literal["right call", "wrong arguments", "wrong function", "missed", "false call", "rightly none"]
VERDICTS: tuple[Verdict, ...] = (
    "right call", "wrong arguments", "wrong function", "missed", "rightly none", "false call",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """What one prompt led to."""

    say: str
    wanted: str | None
    called: list[dict[str, Any]]
    said: str
    verdict: Verdict


def functions_of(data: dict[str, Any]) -> dict[str, FunctionDeclaration]:
    """The declared functions by name."""
    return {each["name"]: FunctionDeclaration(**each) for each in data["functions"]}


def prompt_of(entry: dict[str, Any], functions: dict[str, FunctionDeclaration], system: str) -> Prompt:
    """The conversation so far, then what the user says."""
    said = [(turn["role"], turn["parts"][0]["text"]) for turn in entry.get("history", [])] + [("user", entry["say"])]
    contents = tuple(Content(role=role, parts=(Part(text=text),)) for role, text in said)
    return Prompt(system, contents, tuple(functions[name] for name in entry["functions"]))


def plain(value: object) -> str:
    """Without case, outer spaces and a last stop; numbers in one form."""
    return str(float(value)) if isinstance(value, int | float) else str(value).strip().casefold().rstrip(".")


def judge(entry: dict[str, Any], calls: list[FunctionCall]) -> Verdict:
    """Compare the first call with the one expected; an argument may have several right values."""
    if entry["call"] is None:
        return "false call" if calls else "rightly none"
    if not calls:
        return "missed"
    if calls[0].name != entry["call"]:
        return "wrong function"
    args = calls[0].args or {}
    for name, wanted in entry["args"].items():
        values = wanted if isinstance(wanted, list) else [wanted]
        if plain(args.get(name)) not in map(plain, values):
            return "wrong arguments"
    return "right call"


async def choose(llm: Llm, entry: dict[str, Any], prompt: Prompt) -> Choice:
    """Ask once, at temperature 0."""
    stream = llm.open()
    outputs = [output async for output in stream.generate(prompt, Sampling(temperature=0.0, max_output_tokens=60))]
    stream.close()
    calls = [output for output in outputs if isinstance(output, FunctionCall)]
    return Choice(
        say=entry["say"],
        wanted=entry["call"],
        called=[{"name": call.name, "args": call.args} for call in calls],
        said="".join(output.text for output in outputs if isinstance(output, TextDelta)),
        verdict=judge(entry, calls),
    )


async def measure(llm: Llm, split: str, system: str) -> list[Choice]:
    """Put every prompt of a split to the model, one after the other."""
    data = json.loads(DATA.read_text())
    functions = functions_of(data)
    entries = [entry for entry in data["prompts"] if entry["split"] == split]
    choices = [await choose(llm, entry, prompt_of(entry, functions, system)) for entry in entries]
    await llm.aclose()
    return choices


def show(choices: list[Choice]) -> None:
    """A table of what went wrong and the sums."""
    table = Table("user", "wanted", "called", "said", "verdict")
    for choice in choices:
        if choice.verdict not in ("right call", "rightly none"):
            table.add_row(choice.say, choice.wanted, json.dumps(choice.called), choice.said, choice.verdict)
    console = Console(width=150)
    console.print(table)
    for verdict in VERDICTS:
        console.print(f"{verdict}: {sum(choice.verdict == verdict for choice in choices)}")


def main(
    llm: Annotated[str, typer.Option(help="Name of the engine.")] = "llama",
    split: Annotated[str, typer.Option(help="test or tune")] = "test",
    as_json: Annotated[bool, typer.Option("--json", help="Print every choice as JSON.")] = False,
) -> None:
    """Measure and show."""
    settings = load_settings()
    choices = asyncio.run(measure(cast("Llm", load("llm", llm, settings)), split, settings.system_prompt))
    if as_json:
        print(json.dumps([asdict(choice) for choice in choices], indent=1))  # noqa: T201 - its output
    else:
        show(choices)


if __name__ == "__main__":
    typer.run(main)
