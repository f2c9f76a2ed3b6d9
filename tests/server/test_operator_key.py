import stat

import pytest

from antiphon.config import load_settings
from antiphon.errors import SettingsError
from antiphon.server.operator_key import operator_key


def place(tmp_path, **settings):
    return load_settings(server={"data_dir": tmp_path / "data", **settings}).server


def test_it_is_made_once_and_is_private(tmp_path):
    key = operator_key(place(tmp_path))
    secret = key.file.read_text().strip()
    assert stat.S_IMODE(key.file.stat().st_mode) == 0o600
    assert len(secret) >= 43
    assert operator_key(place(tmp_path)) == key
    assert key.opens(secret)
    assert not key.opens(secret + "x")
    assert not key.opens("")
    assert not key.opens("\ud800")


def test_what_is_set_counts_and_makes_no_file(tmp_path):
    key = operator_key(place(tmp_path, operator_key="correct horse battery"))
    assert key.opens("correct horse battery")
    assert key.file is None
    assert not (tmp_path / "data").exists()


def test_it_is_not_shown(tmp_path):
    set_up = place(tmp_path, operator_key="correct horse battery")
    assert "horse" not in repr(set_up)
    assert "sha256" not in repr(operator_key(set_up))


@pytest.mark.parametrize("kept", [b"", b"short\n", b"\xff" * 40])
def test_a_file_that_holds_no_key_is_named(tmp_path, kept):
    file = operator_key(place(tmp_path)).file
    file.write_bytes(kept)
    with pytest.raises(SettingsError, match=r"operator\.key") as refused:
        operator_key(place(tmp_path))
    assert "short" not in str(refused.value)


def test_a_place_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsError, match=r"operator\.key cannot be used: File exists"):
        operator_key(place(tmp_path))


def test_what_was_left_half_made_is_made_anew(tmp_path):
    settings = place(tmp_path)
    settings.data_dir.mkdir()
    (settings.data_dir / "operator.new").write_text("half")
    assert len(operator_key(settings).file.read_text().strip()) >= 43
