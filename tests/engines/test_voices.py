import pytest

from antiphon.engines.voices import KOKORO_VOICES, LIVE_VOICES, speaks, substitute
from antiphon.weights.catalogue import CATALOGUE

KOKORO = tuple(KOKORO_VOICES)


def kinds(gender: str, language: str | None) -> list[str]:
    """What stands in for each of the Live API's voices of that gender."""
    return [KOKORO_VOICES[substitute(voice.name, KOKORO, language)] for voice in LIVE_VOICES if voice.gender == gender]


def test_there_are_thirty_and_no_two_are_alike() -> None:
    assert len({voice.name.casefold() for voice in LIVE_VOICES}) == len(LIVE_VOICES) == 30
    assert sum(voice.gender == "f" for voice in LIVE_VOICES) == 14


def test_each_of_kokoros_voices_is_in_the_catalogue() -> None:
    files = {file.name for file in CATALOGUE["voices"].files}
    assert {f"{name}.bin" for name in KOKORO_VOICES.values()} == files - {"kokoro-v1.0.int8.onnx"}


@pytest.mark.parametrize("asked", ["Aoede", "aoede", " AOEDE ", "af_aoede"])
@pytest.mark.parametrize("language", [None, "en-US", "en-GB"])
def test_a_namesake_is_taken_in_any_case_and_language(asked: str, language: str | None) -> None:
    assert substitute(asked, KOKORO, language) == "aoede"
    assert substitute(asked, ("af_heart", "af_aoede"), language) == "af_aoede"


@pytest.mark.parametrize("asked", ["Puck", "Kore", "Fenrir"])
def test_the_others_that_kokoro_has_under_their_own_names(asked: str) -> None:
    assert substitute(asked, KOKORO) == asked.lower()


@pytest.mark.parametrize("gender", ["f", "m"])
@pytest.mark.parametrize("language", [None, "en-US", "en-GB", "de-DE"])
def test_the_gender_is_kept(gender: str, language: str | None) -> None:
    assert {kind[1] for kind in kinds(gender, language)} == {gender}


def test_voices_are_shared_only_when_there_are_too_few() -> None:
    assert len(set(kinds("f", None))) == 14
    assert len(set(kinds("m", None))) == len([name for name in KOKORO_VOICES.values() if name[1] == "m"])


def test_a_namesake_of_one_does_not_stand_in_for_another() -> None:
    stand_ins = [substitute(voice.name, KOKORO) for voice in LIVE_VOICES]
    assert all(stand_ins.count(name) == 1 for name in ("aoede", "puck", "kore", "fenrir"))


@pytest.mark.parametrize(("language", "accent"), [("en-US", "a"), ("en-GB", "b"), ("en_gb", "b"), ("EN-us", "a")])
def test_the_accent_is_the_languages(language: str, accent: str) -> None:
    own = {"af_aoede", "af_kore", "am_puck", "am_fenrir"}
    assert {kind[0] for kind in (*kinds("f", language), *kinds("m", language)) if kind not in own} == {accent}


@pytest.mark.parametrize("asked", [None, "", "no-such-voice"])
def test_nothing_known_asked_for_is_the_default_of_its_accent(asked: str | None) -> None:
    assert substitute(asked, KOKORO) == "heart"
    assert substitute(asked, KOKORO, "fr-FR") == "heart"
    assert substitute(asked, KOKORO, "en-GB") == "emma"


@pytest.mark.parametrize("asked", ["Charon", "Zephyr", None])
@pytest.mark.parametrize("installed", [("heart",), ("somebody", "else"), ("scripted",)])
def test_an_engine_without_a_voice_to_choose_speaks_with_its_first(asked: str, installed: tuple[str, ...]) -> None:
    assert substitute(asked, installed, "en-GB") == installed[0]


@pytest.mark.parametrize(
    ("language", "languages", "spoken"),
    [
        ("en-US", ("en-US",), True),
        ("en-US", ("en",), True),
        ("en-us", ("de", "EN"), True),
        ("en_US", ("en-US",), True),
        ("en", ("en-US",), True),
        ("tlh", ("*",), True),
        (None, ("en-US",), True),
        ("", ("en-US",), True),
        ("en-GB", ("en-US",), False),
        ("de-DE", ("en-US", "en-GB"), False),
        ("eng", ("en",), False),
    ],
)
def test_languages(language: str | None, languages: tuple[str, ...], spoken: bool) -> None:
    assert speaks(language, languages) is spoken
