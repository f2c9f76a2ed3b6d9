from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from antiphon.cli.record import recorder_for
from antiphon.client.endpoint import resolve
from antiphon.errors import SettingsError
from antiphon.recording.lines import Side
from antiphon.recording.reader import read_recording

ENDPOINT = resolve("ws://127.0.0.1:8765?key=secret", environment={})


async def test_records_as_long_as_the_stack_lasts(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    async with AsyncExitStack() as stack:
        recorder = recorder_for(stack, path, ENDPOINT, "x")
        assert recorder is not None
        recorder.lost("it broke")
    recorded = read_recording(path)
    assert recorded.header.model == "models/x"
    assert recorded.header.seen_from is Side.CLIENT
    assert "secret" not in path.read_text()


async def test_nothing_is_recorded_unless_asked(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        assert recorder_for(stack, None, ENDPOINT, None) is None
        with pytest.raises(SettingsError, match=r"must end in \.jsonl"):
            recorder_for(stack, tmp_path / "talk.wav", ENDPOINT, None)
