"""The machine, described so that figures from two of them are not taken for one another's."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from antiphon import __version__
from antiphon.bench.report import Load, Machine

LIBRARIES = ("ctranslate2", "hibari-tts", "numpy", "onnxruntime", "uvicorn", "uvloop", "websockets", "xllamacpp")
BUSY_OVER_S = 0.2
"""For which the cores are watched, seconds."""


def this_machine() -> Machine:
    """The one this runs on; nothing in it names a host, a user or a path."""
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        versions={"antiphon": __version__} | {name: found for name in LIBRARIES if (found := _version(name))},
    )


def load_now() -> Load:
    """What the machine has to do at this moment; takes a fifth of a second."""
    busy = psutil.cpu_percent(interval=BUSY_OVER_S)
    return Load(average_1m=round(psutil.getloadavg()[0], 2), busy_percent=busy)


def _cpu() -> str:
    """Its model as Linux knows it, else what Python does."""
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
