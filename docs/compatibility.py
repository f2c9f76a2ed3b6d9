"""Writes compatibility.md: what antiphon does of the Live API, from the manifest and the client matrix.

python docs/compatibility.py          write the page
python docs/compatibility.py --check  fail if it is not today's
"""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.clients.matrix import CLIENTS, MATRIX, SCENARIOS, Supported
from tests.conformance.requirement import Differs, Gap, Met, Requirement
from tests.conformance.requirements import AREAS, REQUIREMENTS

PAGE = Path(__file__).with_suffix(".md")
PROTOCOL = PAGE.with_name("protocol.md")
STATUSES = {Met: "met", Differs: "differs", Gap: "gap"}
APPENDIX = "Appendix B. Server acceptance list"

OPENING = """# Compatibility

What antiphon does of the Live API that [protocol.md](protocol.md) describes: {total} behaviours, of which {met} are
met, {differs} differ on purpose, and {gap} are missing. Whatever is met or differs has tests that carry its id
(`grep -rn wire.base64_in tests`), and CI checks that no test and no line of this page stands alone.

<!-- written by docs/compatibility.py; do not edit -->"""

LEGEND = """Sources are clauses of [protocol.md](protocol.md) with their evidence: S source of an SDK, R recorded
traffic, P probed, D documentation, I a public issue, M memory, G a guess. *clients*: needed by a client that was run.
*antiphon*: a promise of its own."""


def page() -> str:
    """All of it."""
    counts = {name: sum(type(each) is kind for each in REQUIREMENTS.values()) for kind, name in STATUSES.items()}
    sections = [
        OPENING.format(total=len(REQUIREMENTS), **counts),
        *("## At a glance", table(("area", "", *STATUSES.values()), glance())),
        *("## Clients", *clients()),
        *("## Where antiphon differs", table(("the Live API", "antiphon", "id"), differences())),
        *("## What is missing", table(("the Live API", "why not here", "what a client sees", "id"), gaps())),
        *("## Everything, by area", LEGEND, *areas()),
    ]
    return "\n\n".join(sections) + "\n"


def glance() -> Iterator[tuple[str, ...]]:
    """How each area stands."""
    for name, area in AREAS.items():
        counts = Counter(type(each) for each in area.values())
        yield f"[{name}](#{name})", purpose(name), *(str(counts[kind] or "") for kind in STATUSES)


def purpose(area: str) -> str:
    """What an area is about, from its file."""
    return (sys.modules[f"tests.conformance.requirements.{area}"].__doc__ or "").strip()


def clients() -> Iterator[str]:
    """Which client does what, and why it does not."""
    yield "Unmodified, each over the real socket:\n\n" + "\n".join(
        f"- **{name}**: {version}" for name, version in CLIENTS.items()
    )
    reasons: dict[str, list[str]] = {}
    for (client, _), cell in MATRIX.items():
        if not isinstance(cell, Supported) and client not in reasons.setdefault(cell.reason, []):
            reasons[cell.reason].append(client)
    numbers = {reason: number for number, reason in enumerate(reasons, start=1)}
    yield table(("", *CLIENTS), ((does, *row(scenario, numbers)) for scenario, does in SCENARIOS.items()))
    if reasons:
        explained = (f"{number}. {', '.join(reasons[reason])}: {reason}" for reason, number in numbers.items())
        yield "What a client cannot do, whatever the server does:\n\n" + "\n".join(explained)


def row(scenario: str, numbers: dict[str, int]) -> Iterator[str]:
    """Every client with one scenario."""
    for client in CLIENTS:
        cell = MATRIX[client, scenario]
        yield "yes" if isinstance(cell, Supported) else f"no ({numbers[cell.reason]})"


def differences() -> Iterator[tuple[str, ...]]:
    """What antiphon does instead."""
    for id, each in REQUIREMENTS.items():
        if isinstance(each, Differs):
            yield each.sentence, each.instead, f"`{id}`"


def gaps() -> Iterator[tuple[str, ...]]:
    """What antiphon does not do."""
    for id, each in REQUIREMENTS.items():
        if isinstance(each, Gap):
            yield each.sentence, each.why, each.client, f"`{id}`"


def areas() -> Iterator[str]:
    """Every behaviour with its source."""
    for name, area in AREAS.items():
        rows = ((each.sentence, STATUSES[type(each)], sources(each), f"`{id}`") for id, each in area.items())
        yield f"### {name}\n\n{purpose(name)}\n\n" + table(("behaviour", "", "source", "id"), rows)


def sources(each: Requirement) -> str:
    """The clauses a behaviour comes from, as links."""
    return ", ".join(dict.fromkeys(linked(source) for source in each.source.split(", ")))


def linked(source: str) -> str:
    """One clause with its evidence; what is not of protocol.md is only named."""
    name, _, evidence = source.partition(" ")
    if name in ("antiphon", "clients"):
        return name
    heading = APPENDIX if name.startswith("B.") else HEADINGS[name]
    return f"[{name}](protocol.md#{slug(heading)}) {' '.join(re.findall(r'[A-Z]', evidence))}".strip()


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


HEADINGS = {
    text.split(" ")[0].rstrip("."): text
    for text in re.findall(r"^#{2,3} (\d.*)$", PROTOCOL.read_text(encoding="utf-8"), re.MULTILINE)
}
"""Of protocol.md, by number."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """As Markdown."""
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def main() -> None:
    """Write or check."""
    today = page()
    if "--check" not in sys.argv:
        PAGE.write_text(today, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != today:
        raise SystemExit("docs/compatibility.md is not today's: run python docs/compatibility.py")


if __name__ == "__main__":
    main()
