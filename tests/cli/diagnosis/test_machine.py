import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from antiphon import __version__
from antiphon.cli.diagnosis import machine
from antiphon.cli.diagnosis.finding import Mark
from antiphon.cli.diagnosis.machine import examine_machine
from tests.cli.diagnosis.findings import all_of, named


async def test_says_what_antiphon_runs_on() -> None:
    found = await all_of(examine_machine())
    assert named(found, "antiphon").found == __version__
    assert platform.python_version() in named(found, "Python").found
    assert [finding.name for finding in found] == ["antiphon", "Python", "platform", "cores", "memory", "extras"]


async def test_one_core_is_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    cores = named(await all_of(examine_machine()), "cores")
    assert (cores.mark, cores.found) == (Mark.WARNING, "1")
    assert "--llm-url" in cores.advice


@pytest.mark.parametrize(
    ("limit", "mark"), [("max\n", Mark.OK), (str(1_000_000_000), Mark.WARNING), (str(2**62), Mark.OK), (None, Mark.OK)]
)
async def test_a_container_may_have_less_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str | None, mark: Mark
) -> None:
    file = tmp_path / "memory.max"
    if limit is not None:
        file.write_text(limit)
    monkeypatch.setattr(machine, "_CONTAINER_LIMIT", file)
    monkeypatch.setattr("os.sysconf", {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": 2_000_000}.__getitem__)
    memory = named(await all_of(examine_machine()), "memory")
    assert memory.mark is mark
    assert memory.found == ("1.0 GB" if mark is Mark.WARNING else "8.2 GB")


async def test_a_system_may_not_tell_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> int:
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr("os.sysconf", unknown)
    assert named(await all_of(examine_machine()), "memory").mark is Mark.OK


def without(*absent: str) -> Callable[[str], str]:
    def version(package: str) -> str:
        if package in absent:
            raise PackageNotFoundError(package)
        return "1.0"

    return version


@pytest.mark.parametrize(
    ("absent", "mark", "commands"),
    [
        ((), Mark.OK, ()),
        (("openai",), Mark.OK, ()),
        (("textual",), Mark.WARNING, ("pip install 'antiphon[talk]'",)),
        (("onnxruntime", "sounddevice"), Mark.WARNING, ("pip install 'antiphon[local,talk]'",)),
    ],
)
async def test_names_the_extras_that_are_missing(
    monkeypatch: pytest.MonkeyPatch, absent: tuple[str, ...], mark: Mark, commands: tuple[str, ...]
) -> None:
    monkeypatch.setattr(machine, "version", without(*absent))
    extras = named(await all_of(examine_machine()), "extras")
    assert (extras.mark, extras.commands) == (mark, commands)
    assert all(package in extras.found for package in absent)
