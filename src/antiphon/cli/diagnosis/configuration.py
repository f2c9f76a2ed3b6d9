"""The settings: whether they can be read, what was written in vain, and whether the data directory can be used."""

import os
from collections.abc import AsyncGenerator, Mapping
from difflib import get_close_matches
from pathlib import Path

from antiphon.cli.diagnosis.finding import Finding, fault, ok, shown, warning
from antiphon.client.environment import ANTIPHON_KEY, ENDPOINT, URL
from antiphon.config import Settings
from antiphon.errors import SettingsError

CONFIG = "ANTIPHON_CONFIG"

_PREFIX = "ANTIPHON_"
_OTHERS = {CONFIG, "ANTIPHON_DEBUG", ENDPOINT, URL, ANTIPHON_KEY}
"""Variables that are read and are no settings."""


async def examine_settings(settings: Settings | SettingsError) -> AsyncGenerator[Finding]:
    """Look at what was read, or why it could not be."""
    if isinstance(settings, SettingsError):
        yield fault("settings", str(settings), f"correct it in the environment or in the file {CONFIG} names")
    else:
        yield ok("settings", _sources(os.environ))
    for name in sorted(os.environ):
        if _is_in_vain(name):
            yield _in_vain(name)
    if isinstance(settings, Settings):
        yield _directory(settings.server.data_dir)


def _sources(environment: Mapping[str, str]) -> str:
    """Name what changes a setting; values may be secret."""
    file = environment.get(CONFIG)
    stated = [f"{CONFIG} {shown(Path(file))}"] if file else []
    stated += sorted(name for name in environment if _is_ours(name) and name.upper() not in _OTHERS)
    return f"from {', '.join(stated)}" if stated else "the usual ones"


def _is_ours(name: str) -> bool:
    return name.upper().startswith(_PREFIX)


def _is_in_vain(name: str) -> bool:
    """Unknown members of a known setting are an error already; an unknown setting nobody notices."""
    return _is_ours(name) and name.upper() not in _OTHERS and _top(name) not in Settings.model_fields


def _top(name: str) -> str:
    return name[len(_PREFIX) :].lower().partition("__")[0]


def _in_vain(name: str) -> Finding:
    top = _top(name)
    known = {*Settings.model_fields, *(other.removeprefix(_PREFIX).lower() for other in _OTHERS)}
    meant = get_close_matches(top, sorted(known), n=1)
    guess = f"; {_PREFIX}{meant[0].upper()}{name[len(_PREFIX) + len(top) :]} would be one" if meant else ""
    return warning("settings", f"{name} names no setting, and is not read{guess}", "", f"unset {name}")


def _directory(directory: Path) -> Finding:
    there = next(path for path in (directory, *directory.absolute().parents) if path.exists())
    if not there.is_dir():
        return fault("data", f"{shown(there)} is a file, and the data directory is to be there", *_elsewhere())
    if not os.access(there, os.W_OK | os.X_OK):
        return fault("data", f"{shown(there)} cannot be written to, so keys and sessions cannot be kept", *_elsewhere())
    return ok("data", shown(directory) if there == directory else f"{shown(directory)}, made when it is needed")


def _elsewhere() -> tuple[str, str]:
    return "make it writable, or name another one:", "export ANTIPHON_SERVER__DATA_DIR=..."
