import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from antiphon.cli.diagnosis.examination import FINDINGS_WAITING_MAX, Section, examine, sections
from antiphon.cli.diagnosis.finding import Examination, Finding, Mark, ok
from antiphon.cli.diagnosis.server import Destination
from antiphon.errors import EngineFailed

CHOSEN = Destination(endpoint=None, api_key=None, model=None)


class Notes:
    """What was shown, in order."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def begin(self, title: str) -> None:
        self.seen.append(title)

    def show(self, finding: Finding) -> None:
        self.seen.append(f"{finding.mark} {finding.found}")


def finding(*texts: str, after: asyncio.Event | None = None, then: asyncio.Event | None = None) -> Examination:
    async def examined() -> AsyncGenerator[Finding]:
        if after is not None:
            await after.wait()
        for text in texts:
            yield ok("it", text)
        if then is not None:
            then.set()

    return examined


def failing(error: Exception) -> Examination:
    async def examined() -> AsyncGenerator[Finding]:
        yield ok("it", "half")
        raise error

    return examined


async def shown(*examinations: Examination) -> list[str]:
    notes = Notes()
    parts = [Section(f"section {number}", each) for number, each in enumerate(examinations)]
    async with asyncio.timeout(10):
        await examine(parts, notes)
    return notes.seen


async def test_looks_at_everything_at_once_and_tells_it_in_order() -> None:
    second_is_done = asyncio.Event()
    seen = await shown(finding("a", after=second_is_done), finding("b", then=second_is_done))
    assert seen == ["section 0", "ok a", "section 1", "ok b"]


async def test_a_long_section_waits_until_it_is_its_turn() -> None:
    many = [str(number) for number in range(3 * FINDINGS_WAITING_MAX)]
    assert len(await shown(finding("a"), finding(*many))) == 3 + len(many)


@pytest.mark.parametrize("error", [EngineFailed("broke"), OSError("broke"), TimeoutError("broke")])
async def test_what_breaks_is_a_finding_and_the_others_go_on(error: Exception) -> None:
    assert await shown(failing(error), finding("b")) == ["section 0", "ok half", "fault broke", "section 1", "ok b"]


async def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(ExceptionGroup):
        await shown(failing(KeyError("bug")))


def test_there_is_a_section_for_everything() -> None:
    titles = [section.title for section in sections(CHOSEN, thorough=False)]
    assert titles == ["This machine", "Settings", "Engines", "Server of this machine", "Sound", "Endpoint"]


async def test_without_settings_there_is_little_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_SERVER__PORT", "many")
    parts = sections(CHOSEN, thorough=False)
    assert [section.title for section in parts] == ["This machine", "Settings", "Sound"]
    found = await examine([parts[1]], Notes())
    assert [each.mark for _, each in found] == [Mark.FAULT]


async def test_port_and_certificate_are_of_one_section(
    monkeypatch: pytest.MonkeyPatch, data_dir_of_its_own: Path
) -> None:
    monkeypatch.setenv("ANTIPHON_SERVER__PORT", "0")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    found = await examine([sections(CHOSEN, thorough=False)[3]], Notes())
    assert [each.name for _, each in found] == ["port", "certificate"]
