"""The machine: Python, its cores and memory, and which extras of antiphon are installed."""

import os
import platform
import re
from collections.abc import AsyncGenerator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from rich.filesize import decimal

from antiphon import __version__
from antiphon.cli.diagnosis.finding import Finding, ok, warning

CORES_MIN = 2
"""Fewer, and the embedded engines answer late."""
MEMORY_BYTES_MIN = 2 * 1_024**3
"""The embedded engines take 1.1 GB, their operating system and the user's programs the rest."""

_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
_REQUIREMENT = re.compile(r"([\w.-]+).*;.*extra == ['\"](\w+)['\"]")
_NEEDED_FOR = {"local": "the embedded engines", "talk": "`antiphon talk`"}
"""By extra; the others are for those who ask for them."""


async def examine_machine() -> AsyncGenerator[Finding]:
    """Look at what antiphon runs on."""
    yield ok("antiphon", __version__)
    yield ok("Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield ok("platform", platform.platform())
    yield _cores(_cores_usable())
    yield _memory(_memory_bytes())
    yield _extras(_extras_missing())


def _cores_usable() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cores(cores: int) -> Finding:
    if cores >= CORES_MIN:
        return ok("cores", str(cores))
    return warning(
        "cores", str(cores), f"the embedded engines want {CORES_MIN}: have a bigger machine think, with --llm-url"
    )


def _memory_bytes() -> int | None:
    """What there is, or what this container may have of it; None where the system does not say."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    try:
        limit = _CONTAINER_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdigit() else memory


def _memory(memory: int | None) -> Finding:
    if memory is None:
        return ok("memory", "the system does not say")
    if memory >= MEMORY_BYTES_MIN:
        return ok("memory", decimal(memory))
    return warning(
        "memory",
        decimal(memory),
        f"the embedded engines want {decimal(MEMORY_BYTES_MIN)}: have a bigger machine think, with --llm-url",
    )


def _extras_missing() -> Mapping[str, list[str]]:
    """Packages that are not installed, by the extra that brings them, for every extra there is."""
    missing: dict[str, list[str]] = {}
    for requirement in requires("antiphon") or ():
        if found := _REQUIREMENT.match(requirement):
            package, extra = found.groups()
            missing.setdefault(extra, [])
            if not _is_installed(package):
                missing[extra].append(package)
    return missing


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _extras(missing: Mapping[str, list[str]]) -> Finding:
    whole = ", ".join(extra for extra, packages in missing.items() if not packages) or "none"
    lacking = [f"{extra} ({', '.join(packages)})" for extra, packages in missing.items() if packages]
    found = f"{whole}; without {', '.join(lacking)}" if lacking else whole
    wanted = [extra for extra in _NEEDED_FOR if missing.get(extra)]
    if not wanted:
        return ok("extras", found)
    why = " and ".join(f"{_NEEDED_FOR[extra]} needs {extra}" for extra in wanted).replace(
        "engines needs", "engines need"
    )
    return warning("extras", found, f"{why}:", f"pip install 'antiphon[{','.join(wanted)}]'")
