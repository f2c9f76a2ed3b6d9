import pytest

from antiphon.weights.catalogue import CATALOGUE, Weight

EVERY = pytest.mark.parametrize("weight", CATALOGUE.values(), ids=lambda weight: weight.name)


def test_the_default_set_is_one_model_a_job() -> None:
    default = [weight for weight in CATALOGUE.values() if weight.default]
    assert [(weight.name, weight.kind) for weight in default] == [
        ("silero-vad", "vad"),
        ("smart-turn", "eot"),
        ("whisper-base", "asr"),
        ("qwen2.5-coder-0.5b", "llm"),
    ]


@EVERY
def test_names_are_safe_in_a_path_and_agree(weight: Weight) -> None:
    assert CATALOGUE[weight.name] is weight
    for name in (weight.name, *(file.name for file in weight.files)):
        assert "/" not in name
        assert "\\" not in name
        assert not name.startswith(".")


@EVERY
def test_every_file_has_a_sum_and_somebody_who_carries_it(weight: Weight) -> None:
    assert weight.license in {"MIT", "BSD-2-Clause", "Apache-2.0"}
    for file in weight.files:
        assert len(bytes.fromhex(file.sha256)) == 32
        assert file.parts or file.npm
        assert len(set(file.parts)) == len(file.parts)


def test_parts_are_numbered_in_order() -> None:
    (model,) = CATALOGUE["qwen2.5-coder-0.5b"].files
    assert [part.package[-6:] for part in model.parts] == [f"-part{number}"[-6:] for number in range(1, 7)]


def test_voices_come_through_npm_or_from_the_hub() -> None:
    model, *voices = CATALOGUE["voices"].files
    assert [part.package[-2:] for part in model.parts] == ["-1", "-2", "-3", "-4"]
    assert len({voice.sha256 for voice in voices}) == len(voices) == 28
    for voice in voices:
        assert voice.npm is not None
        assert voice.hub is not None
        assert voice.npm.member == f"/{voice.hub.path}" == f"/voices/{voice.name}"


def test_sizes_add_up() -> None:
    assert CATALOGUE["whisper-base"].bytes == 145_217_532 + 2_203_239 + 459_861 + 2_309


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["mine"] = CATALOGUE["silero-vad"]  # type: ignore[index]
