import pytest

from tests.google.failures import FAILURES, REASON_BYTES_MAX, cut
from tests.google.handshake import Door
from tests.google.strict import Refused, read

DEVELOPER, VERTEX = Door("developer", "v1beta"), Door("vertex", "v1beta1")


def test_products_know_different_fields() -> None:
    message = {"setup": {"explicitVadSignal": True, "sessionResumption": {"transparent": True}}}
    assert read(message, VERTEX) == message
    with pytest.raises(Refused) as refused:
        read(message, DEVELOPER)
    assert refused.value.reason.endswith("Unknown name \"explicitVadSignal\" at 'setup': Cannot find field.")


def test_a_field_may_come_once() -> None:
    with pytest.raises(Refused, match="response_modalities"):
        read({"setup": {"generationConfig": {"responseModalities": [], "response_modalities": []}}}, VERTEX)


@pytest.mark.parametrize("message", [[], "setup", 1, None, {"setup": []}, {"setup": {}, "clientContent": {}}])
def test_a_message_is_an_object_with_one_member(message: object) -> None:
    with pytest.raises(Refused, match="invalid argument"):
        read(message, VERTEX)


def test_empty_members_are_members() -> None:
    message = {"realtimeInput": {"activityStart": {}}}
    assert read(message, DEVELOPER) == message


def test_reasons_fit_a_close_frame() -> None:
    assert all(len(cut(row.reason).encode()) <= REASON_BYTES_MAX for row in FAILURES)
    assert cut("ä" * 100) == "ä" * 61
    assert len({row.name for row in FAILURES}) == len(FAILURES)
