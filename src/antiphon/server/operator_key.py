"""The operator's key: the setting's, or one of this user that is made on first use and kept in a file."""

import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from antiphon.config import OPERATOR_KEY_CHARACTERS_MIN, Server
from antiphon.errors import SettingsError
from antiphon.store.secret import digest, new_secret

LOCK_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """What an operator must know; of it only the digest is kept."""

    sha256: bytes = field(repr=False)
    file: Path | None = None
    """Where it can be read; None when the setting names it."""

    def opens(self, secret: str) -> bool:
        """Whether it is that; takes as long for a wrong one as for the right one."""
        return hmac.compare_digest(digest(secret), self.sha256)


def operator_key(place: Server) -> OperatorKey:
    """The key of `server.operator_key`, or of `operator.key` in the data directory, which its user alone can read.

    Raises SettingsError when that file cannot be used. The text says what to do, and repeats nothing of it.
    """
    if place.operator_key is not None:
        return OperatorKey(digest(place.operator_key.get_secret_value()))
    file = place.data_dir / "operator.key"
    try:
        place.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with FileLock(place.data_dir / "operator.lock", timeout=LOCK_WAIT_S):
            if not file.exists():
                _write(file, new_secret())
            secret = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError, Timeout) as error:
        fault = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(f"{file} cannot be used: {fault}; name another key in server.operator_key") from None
    if len(secret) < OPERATOR_KEY_CHARACTERS_MIN:
        raise SettingsError(f"{file} holds no key: remove it, and a new one is made")
    return OperatorKey(digest(secret), file)


def _write(file: Path, secret: str) -> None:
    """Private from its first moment, and never half there."""
    made = file.with_suffix(".new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as opened:
        opened.write(secret + "\n")
    made.replace(file)
