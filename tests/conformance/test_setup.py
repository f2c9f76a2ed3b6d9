import pytest

from antiphon.engines.contracts import Sampling
from antiphon.runtime.speaking import sampling_of
from antiphon.session.effects import StartReply
from tests.server.conftest import DEVELOPER, VERTEX
from tests.session.script import SPOKEN, Script

FOREIGN = {
    "explicitVadSignal": True,
    "sessionResumption": {"transparent": True},
    "labels": {"team": "voice"},
    "proactivity": {"proactiveAudio": True},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE", "method": "SEVERITY"}],
    "generationConfig": {"enableAffectiveDialog": True},
}
"""What one product or one version alone has."""


@pytest.mark.requirement("wire.fields_by_version")
@pytest.mark.parametrize("path", [DEVELOPER.replace("v1beta", "v1"), DEVELOPER, VERTEX])
async def test_every_path_knows_all_fields(call, path):
    caller = await call(path, setup={"setup": {"model": "models/x", **FOREIGN}})
    assert await caller.answered()


@pytest.mark.requirement("setup.any_model")
@pytest.mark.parametrize(
    "model", ["models/gemini-2.0-flash-exp", "gemini-live-2.5-flash", "models/gemini-3.8-live", "nobody/knows/it"]
)
async def test_any_model_name_is_served(call, model):
    caller = await call(setup={"setup": {"model": model}})
    await caller.send({"realtimeInput": {"text": "hello"}})
    assert await caller.read_until("turnComplete")


@pytest.mark.requirement("setup.text")
async def test_a_native_audio_model_answers_in_writing(call):
    model = "models/gemini-2.5-flash-native-audio-preview-09-2025"
    caller = await call(setup={"setup": {"model": model, "generationConfig": {"responseModalities": ["TEXT"]}}})
    await caller.send({"realtimeInput": {"text": "hello"}})
    contents = await caller.read_until("turnComplete")
    parts = [part for content in contents for part in content.get("modelTurn", {}).get("parts", [])]
    assert "".join(part["text"] for part in parts) == "You said: hello."


@pytest.mark.requirement("setup.instruction", "setup.instruction_string")
@pytest.mark.parametrize(
    "instruction",
    [
        "Be kind.\nBe brief.",
        {"parts": [{"text": "Be kind."}, {"text": "Be brief."}]},
        {"role": "user", "parts": [{"text": "Be kind."}, {"text": "Be brief."}]},
        {"role": "system", "parts": [{"text": "Be kind."}, {"text": "Be brief."}]},
    ],
    ids=["string", "no role", "user", "system"],
)
def test_a_system_instruction_in_all_its_forms(instruction):
    script = Script(SPOKEN | {"systemInstruction": instruction})
    script.client(realtimeInput={"text": "hello"})
    assert script.last(StartReply).brief.system == "Be kind.\nBe brief."


@pytest.mark.requirement("setup.sampling")
def test_every_generation_parameter_reaches_the_model():
    asked = {
        "temperature": 0.5, "topP": 0.9, "topK": 40.0, "maxOutputTokens": 100, "seed": 7,
        "presencePenalty": 0.1, "frequencyPenalty": 0.2,
    }  # fmt: skip
    script = Script(SPOKEN | {"generationConfig": asked})
    script.client(realtimeInput={"text": "hello"})
    assert sampling_of(script.last(StartReply).brief.generation) == Sampling(
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        max_output_tokens=100,
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=0.2,
    )
