import pytest

from antiphon.bench import extra
from antiphon.errors import SettingsError


def test_what_is_missing_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    extra.require_extra()
    monkeypatch.setattr(extra, "PACKAGES", ("json", "not_a_package_at_all"))
    with pytest.raises(SettingsError, match=r"needs not_a_package_at_all: pip install 'antiphon\[bench\]'"):
        extra.require_extra()
