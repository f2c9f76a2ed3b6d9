"""The whole of it: every section at once, told in their order."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from antiphon.cli.diagnosis.configuration import examine_settings
from antiphon.cli.diagnosis.finding import Examination, Finding, fault
from antiphon.cli.diagnosis.machine import examine_machine
from antiphon.cli.diagnosis.port import examine_port
from antiphon.cli.diagnosis.server import Destination, examine_server
from antiphon.cli.diagnosis.sound import examine_sound
from antiphon.cli.diagnosis.trust import AUTHORITY, examine_certificate
from antiphon.cli.diagnosis.weight_files import examine_weights
from antiphon.config import Settings, load_settings
from antiphon.errors import AntiphonError, SettingsError
from antiphon.runtime.channel import Channel, ChannelClosed

FINDINGS_WAITING_MAX = 16
"""Of a section, until those before it are told."""


@dataclass(frozen=True, slots=True)
class Section:
    """Things that are looked at together."""

    title: str
    examine: Examination


class View(Protocol):
    """How findings are shown, while they come."""

    def begin(self, title: str) -> None:
        """The findings of a section follow."""

    def show(self, finding: Finding) -> None: ...


def sections(chosen: Destination, *, thorough: bool) -> list[Section]:
    """All there is to be looked at; without settings, what needs none."""
    settings = _settings()
    machine = Section("This machine", examine_machine)
    read = Section("Settings", lambda: examine_settings(settings))
    sound = Section("Sound", examine_sound)
    if isinstance(settings, SettingsError):
        return [machine, read, sound]
    data_dir = settings.server.data_dir
    return [
        machine,
        read,
        Section("Engines", lambda: examine_weights(settings, thorough=thorough)),
        Section("Server of this machine", lambda: _own_server(settings)),
        sound,
        Section("Endpoint", lambda: examine_server(chosen, settings.client, data_dir / AUTHORITY)),
    ]


async def examine(sections: Sequence[Section], view: View) -> list[tuple[Section, Finding]]:
    """Look at everything at once, and show and give what is found in the sections' order."""
    found: list[tuple[Section, Finding]] = []
    async with asyncio.TaskGroup() as group:
        coming = [(section, Channel[Finding](FINDINGS_WAITING_MAX)) for section in sections]
        for section, findings in coming:
            group.create_task(_fill(findings, section))
        for section, findings in coming:
            view.begin(section.title)
            async for finding in _drained(findings):
                view.show(finding)
                found.append((section, finding))
    return found


async def _fill(findings: Channel[Finding], section: Section) -> None:
    """What an examination does not expect is a finding too; the others go on."""
    try:
        async with aclosing(section.examine()) as coming:
            async for finding in coming:
                await findings.put(finding)
    except (AntiphonError, OSError) as error:
        await findings.put(fault(section.title.lower(), str(error) or type(error).__name__))
    finally:
        findings.close()


async def _drained(findings: Channel[Finding]) -> AsyncGenerator[Finding]:
    while True:
        try:
            yield await findings.get()
        except ChannelClosed:
            return


async def _own_server(settings: Settings) -> AsyncGenerator[Finding]:
    async for finding in examine_port(settings.server):
        yield finding
    async for finding in examine_certificate(settings.server.data_dir):
        yield finding


def _settings() -> Settings | SettingsError:
    try:
        return load_settings()
    except SettingsError as error:
        return error
