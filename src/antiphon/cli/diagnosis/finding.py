"""What an examination finds: one line each, with what to do where it is not as it should be."""

from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Mark(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    """Something may not work, or there is a way round it."""
    FAULT = "fault"
    """Something does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. It holds no secret."""

    mark: Mark
    name: str
    found: str
    advice: str = ""
    """What to do next, in words; empty where nothing is to be done."""
    commands: tuple[str, ...] = ()
    """... and as lines for the shell."""

    def as_dict(self) -> dict[str, object]:
        """Its members, for JSON."""
        return asdict(self)


Examination = Callable[[], AsyncGenerator[Finding]]
"""Looks at something, and gives what it finds as it finds it."""


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding(Mark.OK, name, found)


def warning(name: str, found: str, advice: str = "", *commands: str) -> Finding:
    """Something may not work."""
    return Finding(Mark.WARNING, name, found, advice, commands)


def fault(name: str, found: str, advice: str = "", *commands: str) -> Finding:
    """Something does not work."""
    return Finding(Mark.FAULT, name, found, advice, commands)


def worst(marks: Iterable[Mark]) -> Mark:
    """Give the gravest of several marks."""
    return max(marks, key=list(Mark).index, default=Mark.OK)


def shown(path: Path) -> str:
    """Write a path as people do, without the name of whose home it is in."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
