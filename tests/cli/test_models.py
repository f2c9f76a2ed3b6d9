import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from antiphon.cli.faults import exit_status, explain
from antiphon.cli.models import app
from antiphon.errors import AntiphonError
from antiphon.weights import cache
from antiphon.weights.catalogue import Weight, WeightFile, WheelMember
from antiphon.weights.store import FileState

BODY = b"a model" * 1_000


def weight(name: str, **more: bool) -> Weight:
    file = WeightFile(
        name=f"{name}.bin",
        bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        parts=(WheelMember("a-toy", "1.0", "x"),),
    )
    return Weight(name=name, kind="vad", summary="a toy", license="MIT", files=(file,), **more)


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only source, with the default weight in it."""
    directory = tmp_path / "mirror"
    directory.mkdir()
    (directory / "toy.bin").write_bytes(BODY)
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": weight("toy"), "extra": weight("extra", default=False)})
    monkeypatch.setenv("ANTIPHON_WEIGHTS__CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("ANTIPHON_WEIGHTS__MIRROR_DIR", str(directory))
    monkeypatch.setenv("ANTIPHON_WEIGHTS__SOURCES", '["mirror"]')
    return directory


@dataclass(frozen=True)
class Result:
    """How the command ended, its errors told as `antiphon` tells them."""

    exit_code: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments)
    if isinstance(done.exception, AntiphonError):
        return Result(exit_status(done.exception), done.stdout, done.stderr + explain(done.exception))
    return Result(done.exit_code, done.stdout, done.stderr)


def row(result: Result, name: str) -> str:
    return next(line for line in result.stdout.splitlines() if line.startswith(name))


def test_list_shows_what_is_here_and_what_is_not(mirror: Path, tmp_path: Path) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert row(result, "toy").split() == ["toy", "voice", "activity", "7.0", "kB", "MIT", "missing"]
    assert row(result, "extra").endswith("missing (optional)")
    assert f"kept in {tmp_path / 'cache'}" in result.stdout
    run("pull")
    assert row(run("list"), "toy").rstrip().endswith("verified")


def test_list_names_the_files_that_are_amiss(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = replace(weight("toy"), files=(*weight("toy").files, *weight("extra").files))
    run("pull")
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": both})
    assert row(run("list"), "toy").endswith("extra.bin missing")


def test_list_of_many_files_stays_short(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = weight("toy").files
    monkeypatch.setattr(
        cache, "CATALOGUE", {"toy": replace(weight("toy"), files=(one, *(replace(one, name=f"{n}") for n in range(9))))}
    )
    monkeypatch.setattr(cache, "look", lambda *_: ((one, FileState.SEALED), *((one, FileState.MISSING),) * 9))
    assert run("list").stdout.count("toy.bin") == 3
    assert "and 6 more" in " ".join(run("list").stdout.split())


def test_pull_fetches_the_default_set_and_says_so(mirror: Path) -> None:
    result = run("pull")
    assert result.exit_code == 0
    assert "toy/toy.bin: verified, from the mirror" in result.stderr
    assert row(result, "toy").rstrip().endswith("verified")
    assert "extra" not in result.stdout + result.stderr


def test_pull_with_nothing_to_do_says_so(mirror: Path) -> None:
    run("pull")
    result = run("pull")
    assert result.exit_code == 0
    assert result.stdout.startswith("nothing to fetch: toy verified")


def test_pull_that_cannot_ends_with_every_reason(mirror: Path) -> None:
    result = run("pull", "toy", "extra")
    assert result.exit_code == 1
    assert "extra/extra.bin could not be fetched:\n  mirror: neither" in result.stderr


def test_pull_tells_what_to_do_next(mirror: Path) -> None:
    assert "docs/models.md" in run("pull", "extra").stderr


@pytest.mark.parametrize("command", ["pull", "verify"])
def test_an_unknown_name_is_bad_usage(mirror: Path, command: str) -> None:
    result = run(command, "tyo")
    assert result.exit_code == 2
    assert "'tyo'; there are: toy, extra" in result.stderr


def test_bad_settings_are_bad_usage(mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_WEIGHTS__RETRIES_MAX", "many")
    assert run("list").exit_code == 2


def test_verify_of_what_is_right(mirror: Path) -> None:
    run("pull")
    result = run("verify")
    assert result.exit_code == 0
    assert row(result, "toy").rstrip().endswith("verified")


def test_verify_of_what_is_wrong_deletes_it_and_tells_the_command(mirror: Path, tmp_path: Path) -> None:
    run("pull")
    placed = tmp_path / "cache" / "toy" / "toy.bin"
    placed.write_bytes(b"x")
    result = run("verify")
    assert result.exit_code == 1
    assert "wrong sum, deleted" in result.stdout
    assert "run `antiphon models pull toy`" in result.stderr
    assert not placed.exists()


def test_verify_of_nothing_tells_the_command(mirror: Path) -> None:
    result = run("verify")
    assert result.exit_code == 1
    assert "run `antiphon models pull toy`" in result.stderr
