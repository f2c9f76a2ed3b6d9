from pathlib import Path

import pytest

from antiphon.errors import SettingsError
from antiphon.recording.lines import file_beside, files_beside, path_for


def test_files_are_beside_the_recording() -> None:
    assert file_beside(Path("a/talk.jsonl"), "user.wav") == Path("a/talk.user.wav")
    assert file_beside(Path("my.talk.jsonl"), "model-2.wav") == Path("my.talk.model-2.wav")
    assert file_beside(Path("talk.jsonl"), "image-12.webp") == Path("talk.image-12.webp")


@pytest.mark.parametrize(
    "name", ["", "user", "../user.wav", "user.wav/..", "user.wav\n", "other.wav", "image-1.j/g", "user-.wav"]
)
def test_and_nowhere_else(name: str) -> None:
    with pytest.raises(SettingsError, match="is no file of a recording"):
        file_beside(Path("talk.jsonl"), name)


def test_finds_those_that_are_there(tmp_path: Path) -> None:
    for name in ("talk.user.wav", "talk.image-1.jpg", "talk.notes.txt", "other.user.wav", "talk.jsonl"):
        (tmp_path / name).touch()
    assert [file.name for file in files_beside(tmp_path / "talk.jsonl")] == ["talk.image-1.jpg", "talk.user.wav"]


def test_each_session_has_a_name_of_its_own() -> None:
    assert path_for(Path("a/talk.jsonl"), "1a2b3c4d-5e6f") == Path("a/talk-1a2b3c4d.jsonl")
    assert path_for(Path("talk.jsonl"), "../../x") == Path("talk-x.jsonl")
