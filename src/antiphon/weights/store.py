"""Weight files on disk: placed whole or not at all, and trusted only after their sum was seen.

Beside each file lies a small seal that records what was summed (size, time of change, sha256).
While file and seal agree nothing is read again; when they differ the file is summed anew.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from antiphon.errors import WrongFile
from antiphon.weights.catalogue import Weight, WeightFile

PIECE_BYTES = 1 << 20
"""Read, summed and written at a time."""


class FileState(Enum):
    """What is known of one weight file."""

    MISSING = "missing"
    UNSEALED = "not verified yet"
    """There, but not summed since it changed."""
    SEALED = "verified"
    WRONG = "wrong sum, deleted"


def path_of(cache_dir: Path, weight: Weight, file: WeightFile) -> Path:
    """Where the file is kept."""
    return cache_dir / weight.name / file.name


def look(path: Path, file: WeightFile) -> FileState:
    """Tell the state without reading the file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return FileState.MISSING
    return FileState.SEALED if _read_seal(path) == _seal(found, file) else FileState.UNSEALED


def holds(path: Path, file: WeightFile) -> bool:
    """Whether the verified file is there; sums it when its seal is missing or broken."""
    state = look(path, file)
    return (check(path, file) if state is FileState.UNSEALED else state) is FileState.SEALED


def check(path: Path, file: WeightFile) -> FileState:
    """Sum the file: seal it when the sum is right, delete it when not."""
    try:
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        return FileState.MISSING
    if sha256 != file.sha256:
        _seal_path(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        return FileState.WRONG
    _write_seal(path, file)
    return FileState.SEALED


def place(path: Path, file: WeightFile, pieces: Iterable[bytes]) -> None:
    """Write `pieces` as the file; it appears under its name only if size and sum are right.

    Raises WrongFile with the sum found otherwise, and leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        _write_summed(unfinished, file, pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_directory(path.parent)
    _write_seal(path, file)


def _write_summed(path: Path, file: WeightFile, pieces: Iterable[bytes]) -> None:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        for piece in pieces:
            size += len(piece)
            if size > file.bytes:
                raise WrongFile(f"longer than the {file.bytes} bytes of {file.name}")
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    if digest.hexdigest() != file.sha256:
        raise WrongFile(f"wrong sum: {size} bytes with sha256 {digest.hexdigest()}, not {file.sha256}")


def _sync_directory(path: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows cannot open a directory, and renames durably without it
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _seal_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.sealed")


def _seal(found: os.stat_result, file: WeightFile) -> dict[str, object]:
    return {"bytes": found.st_size, "mtime_ns": found.st_mtime_ns, "sha256": file.sha256}


def _read_seal(path: Path) -> object:
    try:
        return json.loads(_seal_path(path).read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _write_seal(path: Path, file: WeightFile) -> None:
    """Record the sum. In a read-only directory nothing is recorded and the next start sums again."""
    if not os.access(path.parent, os.W_OK):
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.seal")
    unfinished.write_text(json.dumps(_seal(path.stat(), file)))
    unfinished.replace(_seal_path(path))
