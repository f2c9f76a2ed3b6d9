"""The weights of the engines that are chosen: here and verified, or what is to be fetched and whether it fits."""

import shutil
from collections.abc import AsyncGenerator, Mapping, Sequence
from pathlib import Path

from rich.filesize import decimal

from antiphon.cli.diagnosis.bounded import in_thread
from antiphon.cli.diagnosis.finding import Finding, fault, ok, shown, warning
from antiphon.config import Settings
from antiphon.config import Weights as WeightSettings
from antiphon.errors import EngineError
from antiphon.weights import cache
from antiphon.weights.catalogue import WeightFile
from antiphon.weights.store import FileState

LOOK_WAIT_S = 30.0
"""To import the engines, from a cold disk, and look at the seals."""
READ_WAIT_S = 600.0
"""To read and sum every file."""
SPARE_BYTES = 200_000_000
"""Left on the disk beside the weights: a fetch keeps a package until its files are out of it."""

_States = Sequence[tuple[WeightFile, FileState]]


async def examine_weights(settings: Settings, *, thorough: bool) -> AsyncGenerator[Finding]:
    """Look at the seals; with `thorough`, read the files (one whose sum is wrong is deleted)."""
    from antiphon.engines.registry import weights_needed  # noqa: PLC0415 - imports the engines' libraries

    weights = settings.weights
    try:
        needed = await in_thread(lambda: weights_needed(settings), LOOK_WAIT_S)
    except EngineError as error:
        yield fault("engines", str(error))
        return
    yield ok("engines", ", ".join(dict.fromkeys(settings.engines.model_dump().values())))
    if not needed:
        yield ok("weights", "the engines that are chosen need none")
        return
    look, wait_s = (cache.verify, READ_WAIT_S) if thorough else (cache.look, LOOK_WAIT_S)
    states = await in_thread(lambda: {name: look(name, weights) for name in needed}, wait_s)
    for finding in _findings(states, weights, thorough=thorough):
        yield finding


def _findings(states: Mapping[str, _States], settings: WeightSettings, *, thorough: bool) -> list[Finding]:
    verified = [name for name, files in states.items() if _all(files, FileState.SEALED)]
    found = [_verified(verified, settings, thorough=thorough)] if verified else []
    found += [_amiss(name, files) for name, files in states.items() if name not in verified]
    absent = [file for files in states.values() for file, state in files if state in _ABSENT]
    return [*found, _room(absent, settings.cache_dir)] if absent else found


_ABSENT = {FileState.MISSING, FileState.WRONG}


def _all(files: _States, wanted: FileState) -> bool:
    return all(state is wanted for _, state in files)


def _verified(names: list[str], settings: WeightSettings, *, thorough: bool) -> Finding:
    size = decimal(sum(cache.find(name).bytes for name in names))
    how = "read and verified" if thorough else "verified"
    return ok("weights", f"{', '.join(names)}: {how}, {size} in {shown(settings.cache_dir)}")


def _amiss(name: str, files: _States) -> Finding:
    absent = [file for file, state in files if state in _ABSENT]
    pull = f"antiphon models pull {name}"
    if any(state is FileState.WRONG for _, state in files):
        return fault("weights", f"{name}: the sum was wrong, and the file is deleted; fetch it again:", "", pull)
    if absent:
        size = decimal(sum(file.bytes for file in absent))
        return warning("weights", f"{name}: {size} are missing", "fetched when first needed, or now:", pull)
    verify = f"antiphon models verify {name}"
    return warning("weights", f"{name}: here, but not verified yet", "read when first needed, or now:", verify)


def _room(absent: list[WeightFile], directory: Path) -> Finding:
    wanted = sum(file.bytes for file in absent) + SPARE_BYTES
    there = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    found = f"{decimal(free)} are free in {shown(there)}, {decimal(wanted)} are needed"
    if free >= wanted:
        return ok("disk", found)
    elsewhere = "export ANTIPHON_WEIGHTS__CACHE_DIR=..."
    return fault("disk", found, "make room, or keep the weights on another disk:", elsewhere)
