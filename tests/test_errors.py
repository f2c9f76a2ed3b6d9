import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import (
    REASON_BYTES_MAX,
    AntiphonError,
    CloseCode,
    ConnectionClosed,
    EngineBusy,
    EngineError,
    RemoteProtocolError,
    WrongFile,
    fit_reason,
)


@pytest.mark.requirement("errors.reason_length")
@given(st.text(max_size=300))
def test_a_reason_fits_a_close_frame_and_stays_text(reason):
    fitted = fit_reason(reason)
    assert len(fitted.encode()) <= REASON_BYTES_MAX
    assert reason.startswith(fitted)


@pytest.mark.requirement("errors.reason_length")
def test_a_reason_is_cut_on_a_character():
    assert fit_reason("ä" * 100) == "ä" * 61


@pytest.mark.parametrize(
    "error", [RemoteProtocolError("x"), EngineBusy("x"), WrongFile("x"), ConnectionClosed(1000, "")]
)
def test_everything_raised_on_purpose_has_one_root(error):
    assert isinstance(error, AntiphonError)


def test_a_mistake_of_the_peer_carries_its_code():
    assert RemoteProtocolError("x").code is CloseCode.INVALID_ARGUMENT
    assert str(ConnectionClosed(1008, "gone")) == "closed with 1008: gone"
    assert not isinstance(RemoteProtocolError("x"), EngineError)
