"""What a setup may ask for, and what a session allows (protocol.md 2, 4, 5)."""

from tests.google.handshake import PROJECT, Door
from tests.google.strict import Json, Refused

RETIRED = "gemini-live-2.5-flash-preview-native-audio-09-2025"
DEVELOPER_MODELS = {"gemini-3.8-live", "gemini-2.5-flash-native-audio-preview-12-2025"}
VERTEX_MODELS = {"gemini-live-2.5-flash-native-audio", "gemini-3.8-live"}

_EXPRESS = "publishers/google/models/"


def check_setup(setup: Json, door: Door) -> None:
    """Refuse a setup as Google would. Raises Refused."""
    _check_model(setup.get("model", ""), door)
    generation = setup.get("generationConfig", {})
    modalities = generation.get("responseModalities", ["AUDIO"])
    if len(modalities) != 1:
        raise Refused("Error in program Instantiation for language")
    if modalities != ["AUDIO"]:
        raise Refused("Cannot extract voices from a non-audio request.")
    if "thinkingConfig" in generation and setup["model"].endswith("/gemini-3.8-live"):
        raise Refused
    for part in setup.get("systemInstruction", {}).get("parts", []):
        if "text" not in part:
            raise Refused


def _check_model(model: str, door: Door) -> None:
    prefix = "models/"
    if door.vertex:
        prefix = _EXPRESS if door.express else f"projects/{PROJECT}/locations/{door.location}/{_EXPRESS}"
    if not model.startswith("models/") and not door.vertex:
        raise Refused
    name = model.rpartition("/")[2]
    if name == RETIRED:
        raise Refused(f"{name} is not supported in the live api.")
    if model == prefix + name and name in (VERTEX_MODELS if door.vertex else DEVELOPER_MODELS):
        return
    if door.vertex:
        raise Refused(
            f"Publisher Model `{model}` was not found or your project does not have access to it. Please ensure "
            "you are using a valid model version.",
            1008,
        )
    raise Refused(
        f"{model} is not found for API version {door.version}, or is not supported for bidiGenerateContent. "
        "Call ListModels to see the list of available models and their supported methods.",
        1008,
    )


def check_input(message: Json, setup: Json, door: Door) -> None:
    """Refuse what a session that was set up so does not take. Raises Refused."""
    if "setup" in message:
        raise Refused
    realtime = message.get("realtimeInput")
    if realtime is not None:
        _check_realtime(realtime, setup)
    for response in message.get("toolResponse", {}).get("functionResponses", []):
        if not response.get("name") or (not response.get("id") and not door.vertex):
            raise Refused


def _check_realtime(realtime: Json, setup: Json) -> None:
    detection = setup.get("realtimeInputConfig", {}).get("automaticActivityDetection", {})
    manual = detection.get("disabled", False)
    if len(realtime) != 1:
        raise Refused
    if ("activityStart" in realtime or "activityEnd" in realtime) and not manual:
        raise Refused
    if "audioStreamEnd" in realtime and manual:
        raise Refused
    if "mediaChunks" in realtime and "gemini-3." in setup["model"]:
        raise Refused
    audio = realtime.get("audio")
    if audio is not None and not audio.get("mimeType", "").startswith("audio/pcm"):
        raise Refused
