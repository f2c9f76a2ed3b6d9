import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from antiphon.errors import SettingsError
from antiphon.recording import archive as archives
from antiphon.recording.archive import FILES_MAX, picture_of_archive, unpacked
from tests.clock import Clock
from tests.recording.sample import hum
from tests.recording.test_recorder import audio, recorder

LINES = b'{"recording":1,"antiphon":"1","seenFrom":"client","endpoint":"ws://x","startedAt":"2026-01-01T00:00:00Z"}\n'


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_recording_is_drawn(tmp_path: Path) -> None:
    clock = Clock()
    writing = recorder(tmp_path, clock)
    for _ in range(50):
        clock.now += 0.02
        writing.sent(audio(hum(0.02)))
    writing.close()
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert sorted(files) == ["talk.jsonl", "talk.user.wav"]
    told = json.loads(picture_of_archive(zipped(files)))
    assert told["title"] == "talk.jsonl"
    assert told["session"]["seconds"] == pytest.approx(1.0, abs=0.05)
    assert told["sound"]


def test_one_without_sound_is_drawn() -> None:
    assert json.loads(picture_of_archive(zipped({"talk.jsonl": LINES})))["rows"] == []


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "0 .jsonl files"),
        ({"a.jsonl": LINES, "b.jsonl": LINES}, "2 .jsonl files"),
        ({"deep/talk.jsonl": LINES}, "0 .jsonl files"),
        ({"talk.jsonl": LINES, "../evil.wav": b"x"}, "no file of a recording"),
        ({"talk.jsonl": LINES, "talk.../../evil.wav": b"x"}, "no file of a recording"),
        ({"talk.jsonl": LINES, "/etc/passwd": b"x"}, "no file of a recording"),
        ({"talk.jsonl": LINES, "talk.user.exe": b"x"}, "no file of a recording"),
        ({"talk.jsonl": b"{}\n"}, "no recording of antiphon"),
        ({"talk.jsonl": LINES + b'{"at":1,"from":"client","message":{"realtimeInput":7}}\n'}, "line 2"),
    ],
)
def test_what_is_no_recording_is_told_why(files: dict[str, bytes], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        picture_of_archive(zipped(files))


def test_what_is_no_archive_is_told_so() -> None:
    whole = zipped({"talk.jsonl": LINES})
    odd = (zipped({"talk.jsonl": LINES}, zipfile.ZIP_LZMA), zipped({"x" * 300 + ".jsonl": LINES}))
    for broken in (b"", b"PK", whole[: len(whole) // 2], whole.replace(LINES[:9], b"x" * 9), b"{}" * 1_000, *odd):
        with pytest.raises(SettingsError, match="no ZIP file of a recording"):
            picture_of_archive(broken)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"talk.jsonl": LINES, "talk.user.wav": bytes(8 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 16
    with pytest.raises(SettingsError, match="more than 1 MiB"):
        unpacked(bomb, tmp_path, 1 << 20)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 1 << 20


def test_a_fault_names_the_file_and_not_where_it_was_unpacked() -> None:
    with pytest.raises(SettingsError, match=r"^talk\.jsonl, line 2: "):
        picture_of_archive(zipped({"talk.jsonl": LINES + b"[]\n"}))


def test_short_lines_have_a_limit_as_long_ones_have(monkeypatch: pytest.MonkeyPatch) -> None:
    wrote = b'{"at":1,"from":"client","message":{"realtimeInput":{"text":"abcdefghij"}}}\n'
    with monkeypatch.context() as few:
        few.setattr(archives, "LINES_MAX", 100)
        picture_of_archive(zipped({"talk.jsonl": LINES + wrote * 99}))
        with pytest.raises(SettingsError, match=r"^talk\.jsonl has more than 100 lines"):
            picture_of_archive(zipped({"talk.jsonl": LINES + wrote * 100}))
    monkeypatch.setattr(archives, "PICTURE_BYTES_MAX", 1_000)
    with pytest.raises(SettingsError, match="more in it than a page can show"):
        picture_of_archive(zipped({"talk.jsonl": LINES + wrote * 99}))


def test_many_files_are_too_many(tmp_path: Path) -> None:
    names = {f"talk.image-{number}.jpg": b"" for number in range(FILES_MAX)}
    with pytest.raises(SettingsError, match="too many"):
        unpacked(zipped({"talk.jsonl": LINES} | names), tmp_path, 1 << 20)


def test_a_process_of_its_own_says_what_is_wrong_on_stderr() -> None:
    def read(archive: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", archives.__name__], input=archive, capture_output=True, check=False
        )

    good, bad = read(zipped({"talk.jsonl": LINES})), read(b"nonsense")
    assert good.returncode == 0
    assert json.loads(good.stdout)["title"] == "talk.jsonl"
    assert bad.returncode == archives.BAD_RECORDING
    assert bad.stdout == b""
    assert b"no ZIP file of a recording" in bad.stderr
