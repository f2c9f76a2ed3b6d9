"""Have a model's weight files: find them verified, fetch what is missing, verify them again.

A file is placed only when its sha256 is the one in the catalogue, whoever it came from.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from antiphon.config import Weights
from antiphon.errors import EngineUnavailable, SettingsError, WeightsError, WrongFile
from antiphon.weights import store
from antiphon.weights.catalogue import CATALOGUE, Weight, WeightFile
from antiphon.weights.store import FileState

if TYPE_CHECKING:
    from antiphon.weights.sources import Sources
    from antiphon.weights.transfer import Progress


class _Silence:
    """Tells nobody how a fetch goes."""

    def begin(self, label: str, bytes_done: int, bytes_total: int | None) -> None: ...

    def advance(self, bytes_new: int) -> None: ...

    def end(self) -> None: ...

    def say(self, text: str) -> None: ...


SILENCE: "Progress" = _Silence()


def names() -> tuple[str, ...]:
    """Every weight there is."""
    return tuple(CATALOGUE)


def default_names() -> tuple[str, ...]:
    """The weights fetched when nobody names one."""
    return tuple(weight.name for weight in CATALOGUE.values() if weight.default)


def find(name: str) -> Weight:
    """The catalogue's entry; raises SettingsError that lists the names there are."""
    if name not in CATALOGUE:
        raise SettingsError(f"no weights are called {name!r}; there are: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def locate(name: str, settings: Weights) -> Path:
    """The directory that holds the weight's verified files. Cheap after the first call.

    Raises EngineUnavailable when one is missing, WeightsError when its sum was wrong; it is deleted then.
    """
    weight = find(name)
    remedy = f"run `antiphon models pull {name}`"
    for file in weight.files:
        path = store.path_of(settings.cache_dir, weight, file)
        try:
            state = store.look(path, file)
            if state is FileState.UNSEALED:
                state = store.check(path, file)
        except OSError as error:
            raise EngineUnavailable(f"{path} cannot be read: {error}") from error
        if state is FileState.WRONG:
            raise WeightsError(f"{path} was not the file its sum promises and is deleted; {remedy}")
        if state is not FileState.SEALED:
            raise EngineUnavailable(f"the weights {name} are not here ({path} is missing); {remedy}")
    return settings.cache_dir / weight.name


def look(name: str, settings: Weights) -> tuple[tuple[WeightFile, FileState], ...]:
    """The state of each file, told without reading it."""
    weight = find(name)
    return tuple((file, store.look(store.path_of(settings.cache_dir, weight, file), file)) for file in weight.files)


def verify(name: str, settings: Weights) -> tuple[tuple[WeightFile, FileState], ...]:
    """Sum each file again and tell its state; a file whose sum is wrong is deleted."""
    weight = find(name)
    return tuple((file, store.check(store.path_of(settings.cache_dir, weight, file), file)) for file in weight.files)


def pull(names: Iterable[str], settings: Weights, progress: "Progress" = SILENCE) -> None:
    """Fetch every file of the named weights that is not here, from whichever source has the right bytes.

    An interrupted fetch goes on where it stopped; a second process waits for the first.
    Raises WeightsError that gives each source's reason; what was fetched by then stays.
    """
    wanted = [(weight, file) for weight in map(find, names) for file in weight.files]
    try:
        if all(_holds(settings, weight, file) for weight, file in wanted):
            return
        settings.cache_dir.mkdir(parents=True, exist_ok=True)
        with _sole_fetcher(settings, progress):
            _fetch_all(wanted, settings, progress)
    except OSError as error:
        raise WeightsError(f"{settings.cache_dir}: {error}") from error


def _holds(settings: Weights, weight: Weight, file: WeightFile) -> bool:
    return store.holds(store.path_of(settings.cache_dir, weight, file), file)


@contextmanager
def _sole_fetcher(settings: Weights, progress: "Progress") -> Iterator[None]:
    """Hold the lock on the cache directory; waits for another process that has it."""
    lock = FileLock(settings.cache_dir / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.say("another process is fetching weights; waiting for it")
        _wait_for(lock, settings.lock_wait_s)
    try:
        yield
    finally:
        lock.release()


def _wait_for(lock: FileLock, wait_s: float) -> None:
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise WeightsError(f"another process held {lock.lock_file} for {wait_s:.0f} s") from None


def _fetch_all(wanted: list[tuple[Weight, WeightFile]], settings: Weights, progress: "Progress") -> None:
    from antiphon.weights.sources import Sources  # noqa: PLC0415 - 0.3 s to import, not needed to locate

    with Sources(settings, progress) as sources:
        for number, (weight, file) in enumerate(wanted, 1):
            if not _holds(settings, weight, file):
                _fetch(weight, file, sources, settings, progress)
            sources.release(file, still_wanted=[other for _, other in wanted[number:]])


def _fetch(weight: Weight, file: WeightFile, sources: "Sources", settings: Weights, progress: "Progress") -> None:
    """Place the file from the first source whose bytes have the right sum."""
    path = store.path_of(settings.cache_dir, weight, file)
    reasons = []
    for offer in sources.offers(weight, file):
        try:
            store.place(path, file, offer.pieces)
        except WrongFile as error:
            reasons.append(f"{offer.source}: {error}")
            progress.say(f"WRONG FILE: {file.name} from the {reasons[-1]}; nothing of it is kept")
            sources.discard(offer)
        except WeightsError as error:
            reasons.append(f"{offer.source}: {error}")
        else:
            progress.say(f"{weight.name}/{file.name}: verified, from the {offer.source}")
            return
    listed = "".join(f"\n  {reason}" for reason in reasons) or "\n  no source is set (weights.sources)"
    raise WeightsError(f"{weight.name}/{file.name} could not be fetched:{listed}")
