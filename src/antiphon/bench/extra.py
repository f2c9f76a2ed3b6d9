"""The packages only the bench needs, an extra of antiphon."""

from importlib.util import find_spec

from antiphon.errors import SettingsError

PACKAGES = ("jiwer", "psutil", "whisper_normalizer")


def require_extra() -> None:
    """Raise SettingsError that says what to install when one of them is missing."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise SettingsError(f"the bench needs {', '.join(missing)}: pip install 'antiphon[bench]'")
