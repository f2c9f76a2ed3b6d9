import pytest
from pydantic import ValidationError

from antiphon.config import EngineNames, load_settings
from antiphon.errors import SettingsError


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.delenv("ANTIPHON_CONFIG", raising=False)


def test_flags_beat_the_environment_which_beats_the_file(monkeypatch, tmp_path):
    file = tmp_path / "antiphon.toml"
    file.write_text("[server]\nport = 1\nhost = '::1'\n[limits]\nsessions_max = 3\n")
    monkeypatch.setenv("ANTIPHON_CONFIG", str(file))
    monkeypatch.setenv("ANTIPHON_SERVER__PORT", "2")
    assert load_settings().server.port == 2
    settings = load_settings(server={"port": 3})
    assert (settings.server.port, settings.server.host, settings.limits.sessions_max) == (3, "::1", 3)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"server": {"port": 99_999}}, "server.port: Input should be less than or equal to 65535 (got 99999)"),
        ({"limits": {"sausage": 1}}, "limits.sausage: Extra inputs are not permitted"),
        ({"limits": {"setup_wait_s": 0}}, "limits.setup_wait_s: "),
    ],
)
def test_a_wrong_setting_is_named(flags, said):
    with pytest.raises(SettingsError) as refused:
        load_settings(**flags)
    assert str(refused.value).startswith(said)


def test_a_secret_is_not_repeated():
    with pytest.raises(SettingsError) as refused:
        load_settings(llm={"api_key": ["sk-secret"]})
    assert "sk-secret" not in str(refused.value)
    assert "sk-secret" not in repr(load_settings(llm={"api_key": "sk-secret"}))


def test_an_operator_s_key_that_is_too_short_is_not_repeated():
    with pytest.raises(SettingsError, match=r"server\.operator_key: .*16") as refused:
        load_settings(server={"operator_key": "open-sesame"})
    assert "sesame" not in str(refused.value)
    assert "sesame" not in repr(load_settings(server={"operator_key": "open-sesame-open-sesame"}))


def test_a_misspelt_name_does_not_give_its_value_away(monkeypatch):
    monkeypatch.setenv("ANTIPHON_LLM__APIKEY", "sk-secret")
    with pytest.raises(SettingsError, match=r"llm\.apikey") as refused:
        load_settings()
    assert "sk-secret" not in str(refused.value)


def test_what_is_no_settings_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("ANTIPHON_CONFIG", str(tmp_path / "nowhere.toml"))
    with pytest.raises(SettingsError, match=r"nowhere\.toml, which is no file"):
        load_settings()
    broken = tmp_path / "broken.toml"
    broken.write_text("[server\n")
    monkeypatch.setenv("ANTIPHON_CONFIG", str(broken))
    with pytest.raises(SettingsError, match=r"broken\.toml: "):
        load_settings()


def test_a_list_in_the_environment_is_json(monkeypatch):
    monkeypatch.setenv("ANTIPHON_WEIGHTS__SOURCES", "mirror")
    with pytest.raises(SettingsError, match=r"lists are JSON"):
        load_settings()


def test_marks_must_rise():
    with pytest.raises(SettingsError, match="utterance_s_soft <= utterance_s_max"):
        load_settings(limits={"utterance_s_soft": 28.5, "utterance_s_max": 20.0})
    with pytest.raises(SettingsError, match="silence_ms_min_low <= silence_duration_ms_low"):
        load_settings(endpointing={"silence_duration_ms_low": 200})
    with pytest.raises(SettingsError, match="unfinished_probability < finished_probability"):
        load_settings(endpointing={"finished_probability": 0.7})


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        load_settings().server.port = 1


def test_scripted_engines_replace_all_five():
    assert set(EngineNames.scripted().model_dump().values()) == {"scripted"}
