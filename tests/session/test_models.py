import pytest

from antiphon.session.models import model_id, traits_of
from antiphon.wire.tools import Behavior

KNOWN = (
    "gemini-2.0-flash-exp",
    "gemini-2.0-flash-live-001",
    "gemini-live-2.5-flash-preview",
    "gemini-live-2.5-flash-native-audio",
    "gemini-2.5-flash-native-audio-preview-09-2025",
    "gemini-2.5-flash-preview-native-audio-dialog",
)


@pytest.mark.requirement("transport.hosts", "setup.model_forms", "tools.turn_of_2x")
@pytest.mark.parametrize(
    "prefix", ["", "models/", "publishers/google/models/", "projects/p/locations/l/publishers/google/models/"]
)
@pytest.mark.parametrize("name", KNOWN)
def test_older_models_complete_a_turn_with_its_call(prefix, name):
    assert model_id(prefix + name) == name
    assert traits_of(prefix + name).turn_completes_with_call
    assert traits_of(prefix + name).behavior is Behavior.BLOCKING


@pytest.mark.requirement("tools.turn_of_2x")
@pytest.mark.parametrize("name", ["gemini-3.1-flash-live-preview", "x", "models/gemini", "gemini-flash-latest", ""])
def test_newer_and_unknown_ones_do_not(name):
    assert not traits_of(name).turn_completes_with_call
    assert traits_of(name).behavior is Behavior.BLOCKING


@pytest.mark.requirement("tools.behavior_default")
@pytest.mark.parametrize("name", ["gemini-3.8-live", "models/gemini-3.8-live-extended-thinking", "GEMINI-4.0-live"])
def test_functions_of_the_newest_run_in_the_background(name):
    assert traits_of(name).behavior is Behavior.NON_BLOCKING
