import os
from pathlib import Path

import pytest

from antiphon.errors import WrongFile
from antiphon.weights import store
from antiphon.weights.catalogue import Weight, WeightFile
from antiphon.weights.store import FileState

from .hosts import sum_of

BODY = b"0123456789" * 1_000
FILE = WeightFile(name="it.bin", bytes=len(BODY), sha256=sum_of(BODY), parts=())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return store.path_of(tmp_path, Weight(name="toy", kind="vad", summary="", license="MIT", files=(FILE,)), FILE)


def test_a_file_is_placed_whole_and_sealed(path: Path) -> None:
    store.place(path, FILE, iter([BODY[:7], BODY[7:]]))
    assert path.read_bytes() == BODY
    assert store.look(path, FILE) is FileState.SEALED
    assert sorted(found.name for found in path.parent.iterdir()) == [".it.bin.sealed", "it.bin"]


@pytest.mark.parametrize("pieces", [[BODY, b"x"], [BODY[:-1]], [BODY[:-1], b"x"], []])
def test_other_bytes_leave_nothing(path: Path, pieces: list[bytes]) -> None:
    with pytest.raises(WrongFile):
        store.place(path, FILE, pieces)
    assert list(path.parent.iterdir()) == []


def test_a_source_without_an_end_is_left_as_soon_as_it_is_too_long(path: Path) -> None:
    asked = iter([BODY, BODY, BODY])
    with pytest.raises(WrongFile, match="longer than the 10000 bytes"):
        store.place(path, FILE, asked)
    assert next(asked) == BODY, "the third piece was never asked for"


def test_a_source_that_breaks_leaves_what_was_there(path: Path) -> None:
    store.place(path, FILE, [BODY])

    def breaking() -> "list[bytes]":
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - only that it passes through
        store.place(path, FILE, (piece for _ in [1] for piece in breaking()))
    assert store.holds(path, FILE)


def test_what_is_not_there_is_missing(path: Path) -> None:
    assert store.look(path, FILE) is FileState.MISSING
    assert store.check(path, FILE) is FileState.MISSING
    assert not store.holds(path, FILE)


def test_a_file_placed_by_hand_is_summed_and_sealed(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(BODY)
    assert store.look(path, FILE) is FileState.UNSEALED
    assert store.holds(path, FILE)
    assert store.look(path, FILE) is FileState.SEALED


def test_a_wrong_file_is_deleted_with_its_seal(path: Path) -> None:
    store.place(path, FILE, [BODY])
    path.write_bytes(b"x" * len(BODY))
    assert store.check(path, FILE) is FileState.WRONG
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"bytes": 1}'])
def test_a_broken_seal_only_costs_a_sum(path: Path, damage: str) -> None:
    store.place(path, FILE, [BODY])
    (path.parent / ".it.bin.sealed").write_text(damage)
    assert store.look(path, FILE) is FileState.UNSEALED
    assert store.holds(path, FILE)


def test_a_seal_for_another_sum_does_not_count(path: Path) -> None:
    store.place(path, FILE, [BODY])
    other = WeightFile(name="it.bin", bytes=len(BODY), sha256=sum_of(b"other"), parts=())
    assert store.look(path, other) is FileState.UNSEALED


def test_a_read_only_directory_is_read_without_a_seal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    path.write_bytes(BODY)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert store.check(path, FILE) is FileState.SEALED
    assert store.look(path, FILE) is FileState.UNSEALED
